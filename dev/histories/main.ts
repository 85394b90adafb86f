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
import { EngineClient } from '../engine-client.ts';
import { root } from '../root.ts';
import { startStack, type Stack } from '../stack.ts';
import { throwawayEnvironment } from '../throwaway.ts';
import { Recorder } from './recorder.ts';
import { dataConverter, replayBundle, STORED_WITH } from './replay.ts';
import { historiesFolder, writeHistories } from './stored.ts';
import { STORIES } from './stories.ts';

/** Low, so that a life of a few months is handed over; every short one stays in one run. */
const SUGGEST_CONTINUE_AS_NEW_AT = 75;

async function main(): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const home = mkdtempSync(join(tmpdir(), 'backorder-histories-'));
  try {
    const env = { ...(await throwawayEnvironment(home)), BACKORDER_PAYLOAD_KEY: STORED_WITH.toString('base64') };
    const stack = await startStack({ env, continueAsNewAt: SUGGEST_CONTINUE_AS_NEW_AT });
    try {
      await live(stack);
    } finally {
      await stack.stop();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function live(stack: Stack): Promise<void> {
  const dist = join(root(), 'dist');
  const bundle = await replayBundle(join(dist, 'workflows/index.js'), join(dist, 'dev/histories/observer.js'));
  const connection = await Connection.connect({ address: `127.0.0.1:${stack.config.TEMPORAL_PORT}` });
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
