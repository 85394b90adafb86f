/**
 * A stack for tests, held by a process of its own: `stack-host.js [--only mongo,temporal]`. It prints one line of JSON when
 * the stack is up, takes the orders of faults.ts over HTTP (`POST /<order>`, arguments as a JSON array), and ends it all when
 * its stdin closes. So the tests need not share a process with it, and a test run that is killed takes the stack with it.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Faults, ORDERS } from './faults.ts';
import { SmallDisk } from './small-disk.ts';
import { throwawayEnvironment } from './throwaway.ts';
import { startStack, type ProcessName, type Stack } from './stack.ts';

/** What a test is told; see test/stack/stack.ts. */
export interface HostedStack {
  control: string;
  urls: Stack['urls'];
  adminKey: string;
  home: string;
  /** What every process of the stack sees, for loadConfig. */
  env: NodeJS.ProcessEnv;
  /** Why there can be no faults of the disk; null where there can. */
  disk: string | null;
}

/** More than all stories write, and filled in a moment. */
const DISK_BYTES = 384 * 1024 * 1024;

/** The path of the control address is a secret: other users of the machine can reach the port. */
function control(faults: Faults, secret: string): Server {
  const obey = async (path: string, body: string): Promise<unknown> => {
    const [, given, name] = path.split('/');
    const order = ORDERS.find((one) => one === name);
    if (given !== secret || !order) throw new Error(`no order ${name}`);
    const act = faults[order].bind(faults) as (...args: unknown[]) => Promise<unknown>;
    return act(...(JSON.parse(body) as unknown[]));
  };
  return createServer((request, response) => {
    text(request)
      .then((body) => obey(request.url ?? '/', body))
      .then(
        (done = null) => response.writeHead(200).end(JSON.stringify(done)),
        (error: unknown) => {
          const said = error instanceof Error ? error.message : String(error);
          response.writeHead(500).end(JSON.stringify({ error: said }));
        },
      );
  });
}

async function main(): Promise<void> {
  const interrupt = new AbortController();
  const closed = new Promise<void>((resolve) => process.stdin.resume().once('close', resolve));
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => process.stdin.destroy());
  void closed.then(() => interrupt.abort(new Error('interrupted')));
  const given = process.argv[process.argv.indexOf('--only') + 1];
  const only = process.argv.includes('--only') && given ? { only: given.split(',') as ProcessName[] } : {};
  const whole = !('only' in only);
  const home = mkdtempSync(join(tmpdir(), 'backorder-'));
  const disk = SmallDisk.mount(home, DISK_BYTES);
  const mounted = disk instanceof SmallDisk ? disk : undefined;
  try {
    const env = await throwawayEnvironment(home);
    const stack = await startStack({ env, ...only, signal: interrupt.signal, faults: whole });
    const secret = randomBytes(12).toString('hex');
    const server = control(new Faults(stack, mounted), secret);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const told: HostedStack = {
      control: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${secret}`,
      urls: stack.urls,
      adminKey: stack.config.adminKey,
      home,
      env: stack.env,
      disk: typeof disk === 'string' ? disk : null,
    };
    process.stdout.write(`${JSON.stringify(told)}\n`);
    await closed;
    server.closeAllConnections();
    await stack.stop();
  } finally {
    // Kept on request, to read the logs of a story that went wrong.
    if (process.env['BACKORDER_KEEP_HOME'] !== '1') {
      mounted?.unmount();
      rmSync(home, { recursive: true, force: true });
    }
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
