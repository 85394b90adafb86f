/**
 * A stack for tests, held by a process of its own: `stack-host.js [--only mongo,temporal]`. It prints one line of JSON when
 * the stack is up, takes orders over HTTP (`POST /<process>/<order>`), and ends it all when its stdin closes. So the tests
 * need not share a process with it, and a test run that is killed takes the stack with it.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './ports.ts';
import { startStack, type ProcessName, type Stack, type StackProcess } from './stack.ts';

/** What a test is told; see test/stack/stack.ts. */
export interface HostedStack {
  control: string;
  urls: Stack['urls'];
  adminKey: string;
  home: string;
  /** What every process of the stack sees, for loadConfig. */
  env: NodeJS.ProcessEnv;
}

const orders: Record<string, (process: StackProcess, signal: NodeJS.Signals) => Promise<void>> = {
  start: (process) => process.start(),
  stop: (process) => process.stop(),
  restart: (process) => process.restart(),
  kill: (process, signal) => process.kill(signal),
};

/** The path of the control address is a secret: other users of the machine can reach the port. */
function control(stack: Stack, secret: string): Server {
  return createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://control');
    const [, given, name = '', order = ''] = url.pathname.split('/');
    const answer = (status: number, body: unknown): void => void response.writeHead(status).end(JSON.stringify(body));
    const target = stack.processes[name as ProcessName];
    const act = orders[order];
    if (given !== secret || !target) return answer(404, { error: `this stack has no ${name}` });
    if (order === 'status') return answer(200, { pid: target.pid ?? null, running: target.running, log: target.log });
    if (!act) return answer(404, { error: `no order ${order}` });
    const signal = (url.searchParams.get('signal') ?? 'SIGKILL') as NodeJS.Signals;
    act(target, signal).then(
      () => answer(200, { pid: target.pid ?? null, running: target.running, log: target.log }),
      (error: unknown) => answer(500, { error: error instanceof Error ? error.message : String(error) }),
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
  const home = mkdtempSync(join(tmpdir(), 'backorder-'));
  try {
    // Of the developer's own settings none may reach a test's stack: it would use a server that is not a throwaway.
    const theirs = ['TEMPORAL_ADDRESS', 'TEMPORAL_CONFIG_FILE', 'TEMPORAL_PROFILE', 'MONGODB_URI', 'SMTP_URL'];
    const unset = { ...Object.fromEntries(theirs.map((name) => [name, undefined])), NODE_ENV: 'test' };
    const env = { LOG_LEVEL: 'info', ...unset, ...(await freePorts()), BACKORDER_HOME: home };
    const stack = await startStack({ env, ...only, signal: interrupt.signal });
    const secret = randomBytes(12).toString('hex');
    const server = control(stack, secret);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const told: HostedStack = {
      control: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${secret}`,
      urls: stack.urls,
      adminKey: stack.config.adminKey,
      home,
      env: stack.env,
    };
    process.stdout.write(`${JSON.stringify(told)}\n`);
    await closed;
    server.closeAllConnections();
    await stack.stop();
  } finally {
    // Kept on request, to read the logs of a story that went wrong.
    if (process.env['BACKORDER_KEEP_HOME'] !== '1') rmSync(home, { recursive: true, force: true });
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
