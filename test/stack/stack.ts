/** A story's hold on its stack: where everything is, and orders to it, which lives in another process. */
import { ORDERS, type Orders } from '../../dev/faults.ts';
import type { HostedStack } from '../../dev/stack-host.ts';
import type { ProcessName } from '../../dev/stack.ts';

export interface AttachedStack extends Omit<HostedStack, 'control'> {
  /** Everything that can be made to go wrong. */
  faults: Orders;
  /** SIGKILL; resolves when it is gone. */
  kill9: (name: ProcessName) => Promise<void>;
  /** Resolves when it is ready; at once for the workers, who answer nothing. */
  start: (name: ProcessName) => Promise<void>;
}

/** That of this worker of Jest; workers are numbered from 1. */
const hosted = (): HostedStack => {
  const told = process.env['BACKORDER_TEST_STACK']?.split('\n').at(Number(process.env['JEST_WORKER_ID'] ?? 1) - 1);
  if (!told) throw new Error('no stack: stories run under `npm test -- --selectProjects stories`');
  return JSON.parse(told) as HostedStack;
};

/** Why nothing can be done to the disk here; null where it can. */
export const diskTrouble = (): string | null => hosted().disk;

/** Throws outside the project `stories`, where there is no stack. */
export async function attachStack(): Promise<AttachedStack> {
  const { control, ...stack } = hosted();
  const order = async (name: string, args: unknown[]): Promise<unknown> => {
    const response = await fetch(`${control}/${name}`, { method: 'POST', body: JSON.stringify(args) });
    const body = (await response.json()) as { error?: string } | null;
    if (!response.ok) throw new Error(body?.error ?? `${name}: ${response.status}`);
    return body;
  };
  const faults = Object.fromEntries(
    ORDERS.map((name) => [name, (...args: unknown[]) => order(name, args)]),
  ) as unknown as Orders;
  return { ...stack, faults, kill9: faults.kill, start: faults.start };
}
