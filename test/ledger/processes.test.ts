/** Several processes on one account: each has a queue, a connection and a view of its own, and they meet only at the store. */
import fc from 'fast-check';
import type { LedgerFinding } from '../../rules/ledger-check.ts';
import { usd } from '../../rules/money.ts';
import type * as Connection from '../../store/connection.ts';
import type * as LedgerEntries from '../../store/ledger-entries.ts';
import type * as Ledger from '../../store/ledger.ts';
import type * as Ledgers from '../../store/ledgers.ts';
import type * as Registrars from './registrar.ts';
import { mongoUri } from '../store/mongo.ts';
import { AT } from './registrar.ts';

interface Process {
  store: Connection.Store;
  ledger: typeof Ledger;
  entries: typeof LedgerEntries;
  ledgers: typeof Ledgers;
  registrars: typeof Registrars;
}

const PROCESSES = 4;
let processes: [Process, ...Process[]];

/** Modules of its own, and so everything that a process keeps in memory. */
async function started(uri: string): Promise<Process> {
  let loaded: [typeof Connection, typeof Ledger, typeof LedgerEntries, typeof Ledgers, typeof Registrars] | undefined;
  await jest.isolateModulesAsync(async () => {
    loaded = await Promise.all([
      import('../../store/connection.ts'),
      import('../../store/ledger.ts'),
      import('../../store/ledger-entries.ts'),
      import('../../store/ledgers.ts'),
      import('./registrar.ts'),
    ]);
  });
  if (!loaded) throw new Error('nothing was loaded');
  const [connection, ledger, entries, ledgers, registrars] = loaded;
  return { store: await connection.openStore(uri), ledger, entries, ledgers, registrars };
}

beforeAll(async () => {
  const uri = await mongoUri();
  // One after another: modules are isolated one set at a time.
  processes = [await started(uri)];
  while (processes.length < PROCESSES) processes.push(await started(uri));
}, 60_000);
afterAll(async () => {
  await Promise.all(processes.map(({ store }) => store.close()));
});

const on = (account: LedgerEntries.AccountKey, operation: string, reservation: string) => ({
  ...account,
  operation: `${operation} ${account.registrar}`,
  reservation,
  name: 'example.test',
  at: AT,
});

test('holds at once from all of them take all there is and no more', async () => {
  const [{ registrars, entries }] = processes;
  const account = await registrars.openAccount(usd(10_000));
  const answers = await Promise.all(
    processes.flatMap(({ ledger }, process) =>
      Array.from({ length: 15 }, (_, index) =>
        ledger.holdFor({ ...on(account, `fund ${process} ${index}`, `rsv_${process}_${index}`), amount: usd(300) }),
      ),
    ),
  );
  expect(answers.filter(({ kind }) => kind === 'held')).toHaveLength(33);
  const last = await entries.lastEntry(entries.accountOf(account));
  expect(last).toMatchObject({ seq: 33, held: 9_900 });
});

test('the same operation from all of them is one entry', async () => {
  const [{ registrars, entries }] = processes;
  const account = await registrars.openAccount(usd(10_000));
  const request = { ...on(account, 'fund', 'rsv_a'), amount: usd(6_900) };
  const answers = await Promise.all(processes.map(({ ledger }) => ledger.holdFor(request)));
  expect(answers).toEqual(processes.map(() => ({ kind: 'held', amount: usd(6_900) })));
  await expect(entries.lastEntry(entries.accountOf(account))).resolves.toMatchObject({ seq: 1, held: 6_900 });
});

test('bids of one reservation raised here and undone there leave the most of those taken', async () => {
  const [{ registrars, ledger: first }] = processes;
  const account = await registrars.openAccount(usd(100_000));
  await first.holdFor({ ...on(account, 'fund', 'rsv_a'), amount: usd(6_900) });
  const bids = Array.from({ length: 24 }, (_, index) => ({
    index,
    amount: 7_000 + index * 100,
    taken: index % 3 === 0,
  }));
  await Promise.all(
    bids.map(async ({ index, amount, taken }) => {
      const here = processes[index % PROCESSES] as Process;
      const there = processes[(index + 1) % PROCESSES] as Process;
      const held = here.ledger.holdForBid({ ...on(account, `bid ${index}`, 'rsv_a'), amount: usd(amount) });
      if (!taken) await there.ledger.undoBidHold(on(account, `bid ${index}`, 'rsv_a'));
      await held;
    }),
  );
  await expect(first.holdOf({ ...account, reservation: 'rsv_a' })).resolves.toEqual(usd(7_000 + 21 * 100));
});

test('one hold released here, captured there and raised elsewhere at once is ended once', async () => {
  const [{ registrars, ledger: first, entries }, ...others] = processes;
  for (let round = 0; round < 10; round++) {
    const account = await registrars.openAccount(usd(100_000));
    await first.holdFor({ ...on(account, 'fund', 'rsv_a'), amount: usd(6_900) });
    const [second = processes[0], third = processes[0]] = others;
    await Promise.all([
      first.releaseHold({ ...on(account, 'release', 'rsv_a'), reason: 'outbid' }),
      second.ledger.captureHold({ ...on(account, 'capture', 'rsv_a'), amount: usd(6_900) }),
      third.ledger.holdForBid({ ...on(account, 'bid', 'rsv_a'), amount: usd(8_000) }),
    ]);
    const all = await entries.listEntries(entries.accountOf(account), {}, undefined, 100);
    const ended = all.filter(({ settles }) => settles === `fund ${account.registrar}`);
    expect(ended).toHaveLength(1);
    const hold = await first.holdOf({ ...account, reservation: 'rsv_a' });
    expect(all[0]).toMatchObject({ balance: -6_900, held: hold?.amount ?? 0 });
  }
});

test('however many meet in one insert, of whichever process: what was acknowledged is there once, in a chain that is whole', async () => {
  const [{ registrars, entries, ledgers }] = processes;
  // Few operations and reservations: the same one meets itself, and bids meet what undoes them.
  const asked = fc.record({
    process: fc.nat(PROCESSES - 1),
    kind: fc.constantFrom('bid', 'bid', 'bid', 'hold', 'undo'),
    number: fc.nat(25),
    amount: fc.integer({ min: 1, max: 4_000 }),
  });
  const limit = 9_000;
  await fc.assert(
    fc.asyncProperty(fc.array(asked, { minLength: 1, maxLength: 60 }), async (all) => {
      const account = await registrars.openAccount(usd(limit));
      const answers = await Promise.all(
        all.map(async ({ process, kind, number, amount }) => {
          const { ledger } = processes[process] as Process;
          const request = on(account, `${kind === 'hold' ? 'hold' : 'bid'} ${number}`, `rsv_${number % 4}`);
          if (kind === 'undo') {
            await ledger.undoBidHold(request);
            return undefined;
          }
          const answer = await ledger[kind === 'bid' ? 'holdForBid' : 'holdFor']({ ...request, amount: usd(amount) });
          return { operation: request.operation, kind: answer.kind };
        }),
      );
      const added = await entries.listEntries(entries.accountOf(account), {}, undefined, 1_000);
      const operations = added.map(({ _id }) => _id);
      expect(new Set(operations).size).toBe(operations.length);
      const lost = answers.filter((answer) => answer?.kind === 'held' && !operations.includes(answer.operation));
      expect(lost).toEqual([]);
      expect(Math.max(0, ...added.map(({ held }) => held))).toBeLessThanOrEqual(limit);
    }),
    { numRuns: 8 },
  );
  const damage: LedgerFinding[] = [];
  for await (const { findings } of ledgers.verifyLedger(
    () => Promise.resolve(undefined),
    () => Promise.resolve(),
  ))
    damage.push(...findings);
  // Nobody made reservations for these holds.
  expect(damage.filter(({ what }) => what !== 'unowned')).toEqual([]);
});
