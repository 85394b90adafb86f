/** The ledger on a real store: however many write at once, and whatever is repeated, nobody spends what is not there. */
import fc from 'fast-check';
import { usd } from '../../rules/money.ts';
import { InvariantViolation } from '../../store/event-hash.ts';
import { accountAt } from '../../store/accounts.ts';
import { accountOf, listEntries, type AccountKey, type EntryDoc } from '../../store/ledger-entries.ts';
import {
  captureHold,
  chargeFee,
  deposit,
  giveBack,
  holdFor,
  holdForBid,
  holdOf,
  isFunded,
  refund,
  releaseHold,
  undoBidHold,
} from '../../store/ledger.ts';
import { changeRegistrar } from '../../store/registrars.ts';
import { useStore } from '../store/mongo.ts';
import { AT, openAccount } from './registrar.ts';

useStore();

const all = (account: AccountKey) => listEntries(accountOf(account), {}, undefined, 10_000);
const balances = async (account: AccountKey) => {
  const { balance, held, available, owed } = await accountAt(account, AT);
  return { balance: balance.amount, held: held.amount, available: available.amount, owed: owed.amount };
};
const on = (account: AccountKey, operation: string, reservation = 'rsv_a') => ({
  ...account,
  operation: `${operation} ${account.registrar}`,
  reservation,
  name: 'example.test',
  at: AT,
});
const paying = (account: AccountKey, operation: string, cents: number) => ({
  ...account,
  operation: `${operation} ${account.registrar}`,
  amount: usd(cents),
  reference: operation,
  at: AT,
});

test('a life of an account: paid in, held, raised, captured, given back, paid out', async () => {
  const account = await openAccount(usd(0));
  await deposit(paying(account, 'in', 10_000));
  await expect(holdFor({ ...on(account, 'fund'), amount: usd(6_900) })).resolves.toEqual({
    kind: 'held',
    amount: usd(6_900),
  });
  await expect(holdForBid({ ...on(account, 'bid'), amount: usd(9_000) })).resolves.toMatchObject({ kind: 'held' });
  await expect(balances(account)).resolves.toMatchObject({ balance: 10_000, held: 9_000, available: 1_000 });
  await expect(holdFor({ ...on(account, 'other', 'rsv_b'), amount: usd(1_001) })).resolves.toEqual({
    kind: 'insufficient',
    available: usd(1_000),
  });
  await expect(captureHold({ ...on(account, 'capture'), amount: usd(7_500) })).resolves.toEqual({ kind: 'captured' });
  await expect(balances(account)).resolves.toMatchObject({ balance: 2_500, held: 0, available: 2_500 });
  await expect(holdOf({ ...account, reservation: 'rsv_a' })).resolves.toBeNull();
  await giveBack({
    ...on(account, 'back'),
    amount: usd(7_500),
    settles: `capture ${account.registrar}`,
    reason: 'taken_back',
  });
  await expect(refund(paying(account, 'out', 10_001))).resolves.toMatchObject({ kind: 'insufficient' });
  await expect(refund(paying(account, 'out', 10_000))).resolves.toMatchObject({ kind: 'booked' });
  await expect(balances(account)).resolves.toMatchObject({ balance: 0, held: 0, available: 0 });
  const kinds = (await all(account)).map(({ kind }) => kind).toReversed();
  expect(kinds).toEqual(['deposit', 'hold', 'hold', 'capture', 'give_back', 'refund']);
});

test('many holds at once never take more than there is', async () => {
  const account = await openAccount(usd(0));
  await deposit(paying(account, 'in', 10_000));
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      holdFor({ ...on(account, `fund ${index}`, `rsv_${index}`), amount: usd(300) }),
    ),
  );
  expect(answers.filter(({ kind }) => kind === 'held')).toHaveLength(33);
  await expect(balances(account)).resolves.toMatchObject({ held: 9_900, available: 100 });
});

test('the same operation many times at once is one entry, and each is answered alike', async () => {
  const account = await openAccount(usd(10_000));
  const request = { ...on(account, 'fund'), amount: usd(6_900) };
  const answers = await Promise.all(Array.from({ length: 20 }, () => holdFor(request)));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  await expect(all(account)).resolves.toHaveLength(1);
  await releaseHold({ ...on(account, 'release'), reason: 'outbid' });
  await expect(holdFor(request)).resolves.toEqual(answers[0]);
  await expect(balances(account)).resolves.toMatchObject({ held: 0 });
});

test('a capture and a release at once: one of them ends the hold', async () => {
  const account = await openAccount(usd(10_000));
  await holdFor({ ...on(account, 'fund'), amount: usd(6_900) });
  await Promise.all([
    captureHold({ ...on(account, 'capture'), amount: usd(6_900) }),
    releaseHold({ ...on(account, 'release'), reason: 'by hand' }),
  ]);
  const ended = (await all(account)).filter(({ settles }) => settles === `fund ${account.registrar}`);
  expect(ended).toHaveLength(1);
  await expect(balances(account)).resolves.toMatchObject({ balance: -6_900, held: 0 });
});

test('a bid undone before it was held is never held', async () => {
  const account = await openAccount(usd(10_000));
  await holdFor({ ...on(account, 'fund'), amount: usd(6_900) });
  await undoBidHold(on(account, 'bid'));
  await expect(holdForBid({ ...on(account, 'bid'), amount: usd(9_000) })).resolves.toEqual({ kind: 'undone' });
  await expect(holdOf({ ...account, reservation: 'rsv_a' })).resolves.toEqual(usd(6_900));
});

test('a bid undone twice is undone once, and asked for again is said to be undone', async () => {
  const account = await openAccount(usd(10_000));
  await holdFor({ ...on(account, 'fund'), amount: usd(6_900) });
  await holdForBid({ ...on(account, 'bid'), amount: usd(9_000) });
  await Promise.all([undoBidHold(on(account, 'bid')), undoBidHold(on(account, 'bid'))]);
  await expect(holdOf({ ...account, reservation: 'rsv_a' })).resolves.toEqual(usd(6_900));
  await expect(holdForBid({ ...on(account, 'bid'), amount: usd(9_000) })).resolves.toEqual({ kind: 'undone' });
  await expect(all(account)).resolves.toHaveLength(3);
});

test('bids held and undone at once, in any order, leave the most of those taken held', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ amount: fc.integer({ min: 7_000, max: 20_000 }), taken: fc.boolean() }), { maxLength: 8 }),
      async (bids) => {
        const account = await openAccount(usd(1_000_000));
        await holdFor({ ...on(account, 'fund'), amount: usd(6_900) });
        await Promise.all(
          bids.map(async ({ amount, taken }, index) => {
            await holdForBid({ ...on(account, `bid ${index}`), amount: usd(amount) });
            if (!taken) await undoBidHold(on(account, `bid ${index}`));
          }),
        );
        const most = Math.max(6_900, ...bids.filter(({ taken }) => taken).map(({ amount }) => amount));
        await expect(holdOf({ ...account, reservation: 'rsv_a' })).resolves.toEqual(usd(most));
        await expect(balances(account)).resolves.toMatchObject({ held: most });
      },
    ),
    { numRuns: 15 },
  );
});

test('one capture is given back once, whoever asks', async () => {
  const account = await openAccount(usd(10_000));
  await captureHold({ ...on(account, 'capture'), amount: usd(6_900) });
  const back = { amount: usd(6_900), settles: `capture ${account.registrar}`, reason: 'taken_back' };
  await Promise.all(['x', 'y', 'z'].map((which) => giveBack({ ...on(account, `back ${which}`), ...back })));
  await expect(balances(account)).resolves.toMatchObject({ balance: 0 });
  await expect(giveBack({ ...on(account, 'back', 'rsv_b'), ...back })).rejects.toThrow(InvariantViolation);
});

test('what must never be asked fails alone, and those it met with are done', async () => {
  const account = await openAccount(usd(10_000));
  await captureHold({ ...on(account, 'capture'), amount: usd(100) });
  const tooMuch = { amount: usd(101), settles: `capture ${account.registrar}`, reason: 'taken_back' };
  const answers = await Promise.allSettled([
    holdFor({ ...on(account, 'a', 'rsv_b'), amount: usd(100) }),
    giveBack({ ...on(account, 'back'), ...tooMuch }),
    holdFor({ ...on(account, 'c', 'rsv_c'), amount: usd(-1) }),
    holdFor({ ...on(account, 'd', 'rsv_d'), amount: usd(100) }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
  for (const answer of answers)
    if (answer.status === 'rejected') expect(answer.reason).toBeInstanceOf(InvariantViolation);
  await expect(balances(account)).resolves.toMatchObject({ balance: -100, held: 200 });
});

test('an operation belongs to one reservation for good', async () => {
  const account = await openAccount(usd(10_000));
  await holdFor({ ...on(account, 'fund'), amount: usd(100) });
  await expect(holdFor({ ...on(account, 'fund', 'rsv_b'), amount: usd(100) })).rejects.toThrow(InvariantViolation);
});

test('a fee beyond what is there is owed, and the next deposit pays it first', async () => {
  const account = await openAccount(usd(1_000));
  await chargeFee({ ...on(account, 'fee'), amount: usd(2_500), reason: 'defaulted' });
  await expect(balances(account)).resolves.toEqual({ balance: -1_000, held: 0, available: 0, owed: 1_500 });
  await deposit(paying(account, 'in', 2_000));
  await expect(balances(account)).resolves.toEqual({ balance: -500, held: 0, available: 500, owed: 0 });
});

test('what the operator sets holds from the next operation on; what was held stays', async () => {
  const account = await openAccount(usd(10_000), { per_name: usd(7_000), per_month: usd(9_000) });
  await expect(holdFor({ ...on(account, 'a'), amount: usd(7_001) })).resolves.toEqual({
    kind: 'over_cap',
    cap: 'per_name',
  });
  await holdFor({ ...on(account, 'a'), amount: usd(7_000) });
  await expect(holdFor({ ...on(account, 'b', 'rsv_b'), amount: usd(2_001) })).resolves.toEqual({
    kind: 'over_cap',
    cap: 'per_month',
  });
  await captureHold({ ...on(account, 'capture'), amount: usd(7_000) });
  await expect(holdFor({ ...on(account, 'b', 'rsv_b'), amount: usd(2_001) })).resolves.toMatchObject({
    kind: 'over_cap',
  });
  const april = { at: Date.parse('2026-04-01T00:00:00Z') };
  await expect(holdFor({ ...on(account, 'b', 'rsv_b'), amount: usd(2_001), ...april })).resolves.toMatchObject({
    kind: 'held',
  });
  await changeRegistrar(account.registrar, { credit_limit: { test: usd(0) } });
  await expect(holdFor({ ...on(account, 'c', 'rsv_c'), amount: usd(1), ...april })).resolves.toEqual({
    kind: 'insufficient',
    available: usd(0),
  });
  await expect(holdOf({ ...account, reservation: 'rsv_b' })).resolves.toEqual(usd(2_001));
});

test('who is funded is told of all claims together, in their order', async () => {
  const one = await openAccount(usd(10_000));
  const two = await openAccount(usd(0));
  await holdFor({ ...on(one, 'fund', 'rsv_held'), amount: usd(6_900) });
  const claim = (account: AccountKey, reservation: string, cents: number) => ({
    ...account,
    reservation,
    amount: usd(cents),
  });
  await expect(
    isFunded(
      [
        claim(one, 'rsv_first', 3_000),
        claim(two, 'rsv_poor', 1),
        claim(one, 'rsv_second', 200),
        claim(one, 'rsv_held', 6_900),
        claim(one, 'rsv_third', 100),
      ],
      AT,
    ),
  ).resolves.toEqual([true, false, false, true, true]);
  await expect(all(one)).resolves.toHaveLength(1);
});

test('a live account and a test one of the same registrar have nothing in common', async () => {
  const account = await openAccount(usd(10_000));
  await holdFor({ ...on(account, 'fund'), amount: usd(6_900) });
  const live = { ...account, livemode: true };
  await expect(balances(live)).resolves.toMatchObject({ held: 0, available: 0 });
});

const op = fc.record({
  kind: fc.constantFrom('deposit', 'hold', 'hold', 'bid', 'release', 'capture', 'fee', 'refund'),
  id: fc.integer({ min: 0, max: 25 }),
  reservation: fc.constantFrom('rsv_a', 'rsv_b', 'rsv_c'),
  cents: fc.integer({ min: 0, max: 4_000 }),
});

test('any operations at once: entries add up, each hold ends once, what is available is never negative', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(op, { minLength: 5, maxLength: 40 }), async (ops) => {
      const account = await openAccount(usd(5_000));
      await Promise.all(
        ops.map(({ kind, id, reservation, cents }) => {
          const request = {
            ...on(account, `${kind} ${id} ${reservation}`, reservation),
            amount: usd(cents),
            reason: '-',
          };
          if (kind === 'deposit') return deposit(paying(account, `in ${id}`, cents));
          if (kind === 'refund') return refund(paying(account, `out ${id}`, cents));
          if (kind === 'hold') return holdFor(request);
          if (kind === 'bid') return holdForBid(request);
          if (kind === 'release') return releaseHold(request);
          if (kind === 'capture') return captureHold(request);
          return chargeFee(request);
        }),
      );
      const entries = (await all(account)).toReversed();
      expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
      const ended = entries.flatMap(({ settles }) => settles ?? []);
      expect(new Set(ended).size).toBe(ended.length);
      const sum = (...kinds: EntryDoc['kind'][]) =>
        entries.filter(({ kind }) => kinds.includes(kind)).reduce((total, { amount }) => total + amount, 0);
      const { balance, held, owed } = await balances(account);
      expect(balance - owed).toBe(sum('deposit') - sum('refund', 'capture', 'fee'));
      const holds = await Promise.all(
        ['rsv_a', 'rsv_b', 'rsv_c'].map((reservation) => holdOf({ ...account, reservation })),
      );
      expect(held).toBe(holds.reduce((total, each) => total + (each?.amount ?? 0), 0));
      for (const entry of entries) expect(entry.balance + entry.credit_limit - entry.held).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 25 },
  );
});
