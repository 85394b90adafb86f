/** A MongoDB for store tests: the one of MONGODB_URI, else the embedded one of this run of Jest, in a database of its own. */
import { randomBytes } from 'node:crypto';
import mongoose from 'mongoose';
import { openStore, type Store } from '../../store/connection.ts';
import { forgetAccounts } from '../../store/ledger-operation.ts';

/** Where a store for one test file is to be had. Throws with the reason why there is none. */
export async function mongoUri(): Promise<string> {
  const given = process.env['MONGODB_URI'];
  if (given) return given;
  const asked = await fetch(process.env['MONGO_ON_DEMAND'] ?? '');
  const answer = await asked.text();
  if (!asked.ok) throw new Error(answer);
  return `${answer}/test_${randomBytes(6).toString('hex')}`;
}

/** The tests of a file have a store of their own, from before the first to after the last. */
export function useStore(): void {
  let store: Store;
  beforeAll(async () => {
    store = await openStore(await mongoUri());
  }, 60_000);
  afterAll(() => store.close());
}

/** As above, and each test finds it empty. */
export function useEmptyStore(): void {
  useStore();
  beforeEach(async () => {
    for (const model of Object.values(mongoose.models)) await model.deleteMany({});
    forgetAccounts();
  });
}
