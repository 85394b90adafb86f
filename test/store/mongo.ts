/** A MongoDB for store tests: the one of MONGODB_URI, else the embedded one on a free port with a throwaway folder. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { mongoServer } from '../../dev/fetch-mongo.ts';
import { freePort } from '../../dev/ports.ts';
import { openStore, type Store } from '../../store/connection.ts';
import { forgetAccounts } from '../../store/ledger-operation.ts';

export interface TestMongo {
  uri: string;
  stop(): Promise<void>;
}

export async function startMongo(): Promise<TestMongo> {
  const given = process.env['MONGODB_URI'];
  if (given) return { uri: given, stop: () => Promise.resolve() };
  const { command } = await mongoServer();
  const folder = await mkdtemp(join(tmpdir(), 'backorder-mongo-'));
  const port = await freePort();
  const [file, ...args] = command('127.0.0.1', port, folder);
  const child = spawn(file, args, { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    uri: `mongodb://127.0.0.1:${port}/test`,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The tests of a file have a store of their own, from before the first to after the last. */
export function useStore(): void {
  let mongo: TestMongo;
  let store: Store;
  beforeAll(async () => {
    mongo = await startMongo();
    store = await openStore(mongo.uri);
  }, 60_000);
  afterAll(async () => {
    await store.close();
    await mongo.stop();
  });
}

/** As above, and each test finds it empty. */
export function useEmptyStore(): void {
  useStore();
  beforeEach(async () => {
    for (const model of Object.values(mongoose.models)) await model.deleteMany({});
    forgetAccounts();
  });
}
