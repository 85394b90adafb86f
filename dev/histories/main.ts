/**
 * `npm run histories`: lives every story against the whole engine over HTTP and keeps the histories for the replay tests. To be run
 * where no running workflow knows the old code; elsewhere the old histories are the ones that count. `npm run histories -- renews`
 * lives only the stories whose name has the word, and replaces only their files.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { loadConfig } from '../../config.ts';
import { EngineClient } from '../engine-client.ts';
import { Guard } from '../guard.ts';
import { ManagedProcess } from '../managed-process.ts';
import { freePorts } from '../ports.ts';
import { root } from '../root.ts';
import { chooseTemporal } from '../servers.ts';
import { startStack, type Stack } from '../stack.ts';
import { Recorder } from './recorder.ts';
import { dataConverter, replayBundle, STORED_WITH } from './replay.ts';
import { historiesFolder, writeHistories } from './stored.ts';
import { STORIES } from './stories.ts';

/** Low, so that a life of a few months is handed over; every short one stays in one run. */
const SUGGEST_CONTINUE_AS_NEW_AT = 75;

async function main(): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const home = mkdtempSync(join(tmpdir(), 'backorder-histories-'));
  const servers = new Guard();
  try {
    const env = {
      ...(await freePorts()),
      BACKORDER_HOME: home,
      MONGODB_URI: undefined,
      SMTP_URL: undefined,
      BACKORDER_PAYLOAD_KEY: STORED_WITH.toString('base64'),
    };
    const temporal = await temporalServer({ ...env, TEMPORAL_ADDRESS: undefined }, home, servers);
    const address = `127.0.0.1:${env.TEMPORAL_PORT}`;
    const stack = await startStack({ env: { ...env, TEMPORAL_ADDRESS: address } });
    try {
      await live(stack, address);
    } finally {
      await stack.stop();
      await temporal.stop();
    }
  } finally {
    servers.close();
    rmSync(home, { recursive: true, force: true });
  }
}

/** The embedded server as ever, but for when it suggests to continue as new. */
async function temporalServer(given: NodeJS.ProcessEnv, home: string, guard: Guard): Promise<ManagedProcess> {
  const settings = { ...process.env, ...given };
  const { plan } = await chooseTemporal(loadConfig(settings), settings);
  if (!plan) throw new Error('no embedded Temporal server');
  const suggest = `limit.historyCount.suggestContinueAsNew=${SUGGEST_CONTINUE_AS_NEW_AT}`;
  const command: typeof plan.command = [...plan.command, '--dynamic-config-value', suggest];
  const log = join(home, 'logs', 'temporal.log');
  // Its command says it all; the command line would read TEMPORAL_… as a client does.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_')));
  const server = new ManagedProcess({ ...plan, command, env, log, readyLimitMs: 60_000 }, guard);
  await server.start();
  return server;
}

async function live(stack: Stack, address: string): Promise<void> {
  const dist = join(root(), 'dist');
  const bundle = await replayBundle(join(dist, 'workflows/index.js'), join(dist, 'dev/histories/observer.js'));
  const connection = await Connection.connect({ address });
  const temporal = new Client({ connection, dataConverter });
  const recorder = new Recorder(temporal, bundle);
  const operator = new EngineClient(stack.urls.api, stack.config.adminKey);
  const north = (await operator.registrar('Northern Names')).client;
  const south = (await operator.registrar('Southern Domains')).client;
  const wanted = process.argv[2];
  const stories = Object.entries(STORIES).filter(([name]) => wanted === undefined || name.includes(wanted));
  for (const [name, story] of stories) {
    process.stdout.write(`${name}\n`);
    await story({ stack, temporal, recorder, operator, north, south });
  }
  writeHistories(historiesFolder(root()), recorder.histories, wanted === undefined);
  await connection.close();
}

main().then(
  () => process.exit(0),
  (error: Error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
