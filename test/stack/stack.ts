/** A story's hold on the shared stack: where everything is, and orders to its processes, which live elsewhere. */
import type { HostedStack } from '../../dev/stack-host.ts';
import type { ProcessName } from '../../dev/stack.ts';

export interface ProcessState {
  /** Null while it is not running. */
  pid: number | null;
  running: boolean;
  log: string;
}

export interface AttachedStack extends Omit<HostedStack, 'control'> {
  /** SIGKILL; resolves when it is gone. */
  kill9: (name: ProcessName) => Promise<ProcessState>;
  /** Any signal; SIGSTOP and SIGCONT resolve at once, the others when it is gone. */
  kill: (name: ProcessName, signal: NodeJS.Signals) => Promise<ProcessState>;
  /** SIGTERM; resolves when it has ended by itself. */
  stop: (name: ProcessName) => Promise<ProcessState>;
  /** Resolves when it is ready; at once for the workers, who answer nothing. */
  start: (name: ProcessName) => Promise<ProcessState>;
  restart: (name: ProcessName) => Promise<ProcessState>;
  status: (name: ProcessName) => Promise<ProcessState>;
}

/** Throws outside the project `stories`, where there is no stack. */
export async function attachStack(): Promise<AttachedStack> {
  const told = process.env['BACKORDER_TEST_STACK'];
  if (!told) throw new Error('no stack: stories run under `npm test -- --selectProjects stories`');
  const { control, ...stack } = JSON.parse(told) as HostedStack;
  const order = async (name: ProcessName, what: string): Promise<ProcessState> => {
    const response = await fetch(`${control}/${name}/${what}`, { method: 'POST' });
    const body = (await response.json()) as ProcessState & { error?: string };
    if (body.error !== undefined) throw new Error(body.error);
    return body;
  };
  return {
    ...stack,
    kill9: (name) => order(name, 'kill?signal=SIGKILL'),
    kill: (name, signal) => order(name, `kill?signal=${signal}`),
    stop: (name) => order(name, 'stop'),
    start: (name) => order(name, 'start'),
    restart: (name) => order(name, 'restart'),
    status: (name) => order(name, 'status'),
  };
}
