/**
 * `npm start`: checks before it starts anything, starts the stack, says where everything is, and ends all of it on Ctrl-C.
 * A process that dies is started again, as a supervisor would in production; one that keeps dying ends the whole.
 */
import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError, loadConfig, type Config } from '../config.ts';
import { ServerMissing } from './find-server.ts';
import { holdHome } from './home-lock.ts';
import { ProcessFailed } from './managed-process.ts';
import { portTrouble } from './ports.ts';
import { startStack, type Stack, type StackProcess } from './stack.ts';
import { walkthrough } from './walkthrough.ts';

const EX_UNAVAILABLE = 69;
const EX_CONFIG = 78;
/** npm passes Ctrl-C on to us, and the terminal sends it too: two within this are one. */
const SAME_SIGNAL_MS = 1_000;
const RESTART_AFTER_MS = 1_000;
const DEATHS_PER_MINUTE = 3;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const started = Date.now();
const interrupt = new AbortController();
let stack: Stack | undefined;
let ending = false;

function stop(line: string, code: number): never {
  process.stderr.write(`${line}\n`);
  process.exit(code);
}

async function end(code: number): Promise<void> {
  if (ending) return;
  ending = true;
  if (!stack) return interrupt.abort(new Error('interrupted'));
  say('\nStopping … (Ctrl-C again: at once)');
  await stack.stop();
  process.exit(code);
}

function endOnSignals(): void {
  let first = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      first ||= Date.now();
      if (!ending) void end(0);
      else if (Date.now() - first > SAME_SIGNAL_MS)
        void (stack?.kill() ?? Promise.resolve()).then(() => process.exit(130));
    });
  const npm = npmAbove();
  if (npm !== undefined) setInterval(() => isAlive(npm) || void end(0), 1_000).unref();
}

/** npm, where it runs us: killed with -9 it leaves us running, and nobody could end us but by hand. Often a shell is in between. */
function npmAbove(): number | undefined {
  if (process.env['npm_lifecycle_event'] === undefined || process.platform === 'win32') return undefined;
  const { stdout } = spawnSync('ps', ['-o', 'ppid=', '-o', 'comm=', '-p', String(process.ppid)], { encoding: 'utf8' });
  const [, above, name = ''] = /^\s*(\d+)\s+(.*)$/.exec((stdout ?? '').trim()) ?? [];
  return name.endsWith('sh') ? Number(above) : process.ppid;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const deaths = new Map<string, number[]>();

/** Started again after a second; the third death within a minute is not an accident. */
async function onDeath(dead: StackProcess, how: string): Promise<void> {
  if (ending) return;
  const recent = [...(deaths.get(dead.name) ?? []), Date.now()].filter((at) => at > Date.now() - 60_000);
  deaths.set(dead.name, recent);
  if (recent.length >= DEATHS_PER_MINUTE) {
    process.stderr.write(`${dead.name} ended ${how}, ${recent.length} times within a minute${dead.tail()}\n`);
    return end(1);
  }
  say(`${dead.name} ended ${how}; starting it again. Its log: ${dead.log}`);
  await sleep(RESTART_AFTER_MS);
  if (ending) return;
  await dead.start().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
}

function welcome(config: Config, { urls, processes }: Stack): string {
  const home = relative(process.cwd(), config.home) || '.';
  const places: [string, string | undefined][] = [
    ['API', urls.api],
    ['Ready', `${urls.api}/readyz`],
    ['Temporal UI', processes.temporal && urls.temporalUi],
    ['Mailbox', processes.mail && urls.mail],
    ['RDAP', processes.sandbox && `${urls.rdap}/domain/<name>.test`],
    ['EPP', processes.sandbox && `${urls.epp} (TLS)`],
    ['Operator key', process.env['BACKORDER_ADMIN_KEY'] ? 'as you set it in BACKORDER_ADMIN_KEY' : `${home}/admin-key`],
    ['Data, logs', `${home}, ${home}/logs`],
  ];
  const lines = places.flatMap(([name, where]) => (where ? [`  ${name.padEnd(14)}${where}`] : []));
  const adminKeyCommand = process.env['BACKORDER_ADMIN_KEY']
    ? 'printenv BACKORDER_ADMIN_KEY'
    : `cat '${config.home}/admin-key'`;
  const firstSteps = processes.sandbox
    ? ['Try it: paste this into bash.', '', walkthrough({ urls, adminKeyCommand }), '']
    : [];
  return [
    '',
    `The backorder engine is up (${Math.round((Date.now() - started) / 100) / 10} s).`,
    '',
    ...lines,
    '',
    ...firstSteps,
    'Ctrl-C ends it. The next start goes on with the data.',
  ].join('\n');
}

async function main(): Promise<void> {
  const config = loadConfig();
  endOnSignals();
  const trouble = (await portTrouble(config)) ?? holdHome(config.home);
  if (trouble) stop(trouble, EX_UNAVAILABLE);
  say('Starting …');
  stack = await startStack({
    say: (line) => say(`  ${line}`),
    signal: interrupt.signal,
    onDeath: (dead, how) => void onDeath(dead, how),
  });
  say(welcome(config, stack));
}

main().catch((error: unknown) => {
  if (interrupt.signal.aborted) process.exit(130);
  if (error instanceof ConfigError) stop(error.message, EX_CONFIG);
  if (error instanceof ServerMissing || error instanceof ProcessFailed) stop(error.message, EX_UNAVAILABLE);
  stop(error instanceof Error ? (error.stack ?? error.message) : String(error), 1);
});
