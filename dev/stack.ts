/**
 * The whole engine on one machine, as the processes it has in production: used by `npm start`, the demo, the bench and the
 * story tests. Ends only what it started, in the opposite order, and any one process can be killed or started again.
 */
import { mkdirSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { loadConfig, type Config } from '../config.ts';
import { Guard } from './guard.ts';
import type { Links } from './links.ts';
import { ManagedProcess, type ProcessSpec } from './managed-process.ts';
import { root } from './root.ts';
import { accepts, answers, chooseMongo, chooseTemporal, reachableHost, suggestingContinueAsNew } from './servers.ts';

export type ProcessName = 'temporal' | 'mongo' | 'mail' | 'sandbox' | 'workers' | 'catcher' | 'api';

/** In the order of starting; each wave is up before the next begins. Ending goes the other way. */
const WAVES: ProcessName[][] = [
  ['temporal', 'mongo', 'mail', 'sandbox'],
  ['workers', 'catcher', 'api'],
];
const READY_LIMIT_MS = 90_000;

export interface StackOptions {
  /** Over `process.env`: ports, BACKORDER_HOME and every other setting by its name. */
  env?: Record<string, string | undefined>;
  /** These alone; all when absent. */
  only?: ProcessName[];
  /** Told in one line which server was taken. */
  say?: (line: string) => void;
  /** A process ended that nobody asked to. */
  onDeath?: (process: StackProcess, how: string) => void;
  signal?: AbortSignal;
  /** Where the embedded Temporal suggests to continue as new, in events; where it does by itself when absent. */
  continueAsNewAt?: number;
  /** Connections between the processes go through proxies, for faults.ts to break. Only where every server is embedded. */
  faults?: boolean;
}

export type StackProcess = ManagedProcess<ProcessName>;

export interface StackUrls {
  api: string;
  temporalUi: string;
  mail: string;
  rdap: string;
  epp: string;
  metrics: string;
}

export interface Stack {
  config: Config;
  urls: StackUrls;
  /** What every process of the stack sees. */
  env: NodeJS.ProcessEnv;
  /** Only those that were started: a server given by address is not among them. */
  processes: Partial<Record<ProcessName, StackProcess>>;
  /** The process, or a plain error where it is not ours. */
  process: (name: ProcessName) => StackProcess;
  /** With `faults` alone. */
  links?: Links;
  /** Those that do not run, in their order. */
  start: () => Promise<void>;
  stop: () => Promise<void>;
  /** SIGKILL to all, for those in a hurry. */
  kill: () => Promise<void>;
}

/** Throws ConfigError, ServerMissing, ProcessFailed, or the signal's reason; then nothing is left running. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { say = () => undefined, signal } = options;
  const given: NodeJS.ProcessEnv = { ...process.env, ...options.env };
  const config = loadConfig(given);
  const env = environment(given, config);
  mkdirSync(join(config.home, 'logs'), { recursive: true });
  const wanted = (name: ProcessName): boolean => options.only?.includes(name) ?? true;
  const servers = await together(signal, (during) => [
    wanted('temporal') ? chooseTemporal(config, given, during) : Promise.resolve(undefined),
    wanted('mongo') ? chooseMongo(config, during) : Promise.resolve(undefined),
  ]);
  for (const choice of servers) if (choice) say(choice.said);
  const plans = servers.flatMap((choice) => (choice?.plan ? [choice.plan] : []));
  const guard = new Guard();
  const links = options.faults ? await openLinks(config, guard, signal) : undefined;
  if (options.continueAsNewAt !== undefined)
    plans.find(({ name }) => name === 'temporal')?.command.push(...suggestingContinueAsNew(options.continueAsNewAt));
  const specs = [...plans, ...ours(config).filter(({ name }) => wanted(name))].map((plan) => ({
    ...plan,
    env: plan.name === 'temporal' ? serverEnvironment(env) : { ...env, ...links?.environmentOf(plan.name) },
    log: join(config.home, 'logs', `${plan.name}.log`),
    readyLimitMs: READY_LIMIT_MS,
  }));
  return launch(config, env, specs, options, { guard, ...(links && { links }) });
}

/** Loaded on demand: `npm start` needs no proxy. */
async function openLinks(config: Config, guard: Guard, signal: AbortSignal | undefined): Promise<Links> {
  const { Links } = await import('./links.ts');
  return Links.open(config, guard, signal).catch((error: unknown) => {
    guard.close();
    throw error;
  });
}

/** Where one server cannot be had the other is no longer fetched, and what fetched it has ended before this rejects. */
async function together<T>(
  signal: AbortSignal | undefined,
  begin: (during: AbortSignal) => Promise<T>[],
): Promise<T[]> {
  const inVain = new AbortController();
  const begun = begin(signal ? AbortSignal.any([signal, inVain.signal]) : inVain.signal);
  try {
    return await Promise.all(begun);
  } catch (error) {
    inVain.abort(error);
    await Promise.allSettled(begun);
    throw error;
  }
}

async function launch(
  config: Config,
  env: NodeJS.ProcessEnv,
  specs: ProcessSpec<ProcessName>[],
  options: StackOptions,
  { guard, links }: { guard: Guard; links?: Links },
): Promise<Stack> {
  const processes: Stack['processes'] = {};
  for (const spec of specs) processes[spec.name] = new ManagedProcess(spec, guard);
  const waves = WAVES.map((wave) => wave.flatMap((name) => processes[name] ?? []));
  const all = waves.flat();
  const end = async (how: (process: StackProcess) => Promise<void>): Promise<void> => {
    for (const wave of waves.toReversed()) await Promise.all(wave.map(how));
    await links?.close();
    guard.close();
  };
  const start = async (): Promise<void> => {
    for (const wave of waves) await Promise.all(wave.map((process) => process.start(options.signal)));
  };
  const stack: Stack = {
    config,
    urls: urlsOf(config),
    env,
    processes,
    process: (name) => processes[name] ?? unknownProcess(name, all),
    ...(links && { links }),
    start,
    stop: () => end((process) => process.stop()),
    kill: async () => {
      await Promise.all(all.map((process) => process.kill()));
      await links?.close();
      guard.close();
    },
  };
  try {
    // A worker has nothing to answer on; when it ends while the API is still awaited, waiting on would be in vain.
    const death = new Promise<never>((_resolve, reject) => {
      for (const process of all)
        process.onDeath = (how) => reject(new Error(`${process.name} ended ${how}${process.tail()}`));
    });
    await Promise.race([death, start()]);
  } catch (error) {
    for (const process of all) process.onDeath = undefined;
    await stack.stop();
    throw error;
  }
  for (const process of all) process.onDeath = (how) => options.onDeath?.(process, how);
  return stack;
}

function unknownProcess(name: ProcessName, all: StackProcess[]): never {
  throw new Error(`this stack did not start ${name}; it has ${all.map((process) => process.name).join(', ')}`);
}

/** The processes of this repository that this configuration needs. */
function ours(config: Config): Pick<ProcessSpec<ProcessName>, 'name' | 'command' | 'ready'>[] {
  const urls = urlsOf(config);
  const program = (path: string): [string, ...string[]] => [process.execPath, join(root(), 'dist', path)];
  const nothingToAsk = (): Promise<void> => Promise.resolve();
  return [
    ...(config.SMTP_URL
      ? []
      : [
          {
            name: 'mail' as const,
            command: program('dev/mail-sink.js'),
            ready: () => answers(`${urls.mail}/api/messages`),
          },
        ]),
    ...(config.sandbox
      ? [{ name: 'sandbox' as const, command: program('registry/sandbox/main.js'), ready: () => sandboxReady(config) }]
      : []),
    { name: 'workers', command: program('workers/main.js'), ready: nothingToAsk },
    { name: 'catcher', command: program('workers/catcher.js'), ready: nothingToAsk },
    { name: 'api', command: program('api/main.js'), ready: () => answers(`${urls.api}/readyz`) },
  ];
}

async function sandboxReady(config: Config): Promise<void> {
  await answers(`${urlsOf(config).rdap}/help`);
  await accepts(config.EPP_PORT, reachableHost(config.BIND_ADDRESS));
}

function urlsOf(config: Config): StackUrls {
  const host = reachableHost(config.BIND_ADDRESS);
  const at = host.includes(':') ? `[${host}]` : host;
  return {
    api: `http://${at}:${config.API_PORT}`,
    temporalUi: `http://${at}:${config.TEMPORAL_UI_PORT}`,
    mail: `http://${at}:${config.MAIL_PORT}`,
    rdap: `http://${at}:${config.RDAP_PORT}`,
    epp: `${at}:${config.EPP_PORT}`,
    metrics: `http://${at}:${config.METRICS_PORT}/metrics`,
  };
}

/** The embedded servers are named by address too, so that no process has to guess where BIND_ADDRESS put them. */
export function environment(given: NodeJS.ProcessEnv, config: Config): NodeJS.ProcessEnv {
  const host = reachableHost(config.BIND_ADDRESS);
  return {
    ...(config.embeddedTemporal ? embeddedTemporal(given, `${host}:${config.TEMPORAL_PORT}`) : given),
    BACKORDER_ROOT: root(),
    BACKORDER_HOME: config.home,
    ...(config.MONGODB_URI ? {} : { MONGODB_URI: `mongodb://${host}:${config.MONGO_PORT}/backorder` }),
    ...(config.SMTP_URL ? {} : { SMTP_URL: `smtp://${host}:${config.SMTP_PORT}` }),
  };
}

/** A user's key, certificates and profile are for their server; beside the embedded one they would only keep us out. */
function embeddedTemporal(given: NodeJS.ProcessEnv, address: string): NodeJS.ProcessEnv {
  const theirs = /^(TEMPORAL_(API_KEY|TLS|GRPC_META|PROFILE)|BACKORDER_BUILD_ID$)/;
  const rest = Object.fromEntries(Object.entries(given).filter(([name]) => !theirs.test(name)));
  return { ...rest, TEMPORAL_ADDRESS: address, TEMPORAL_CONFIG_FILE: devNull };
}

/** The Temporal CLI reads TEMPORAL_… as a client would; its server must not. */
function serverEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}
