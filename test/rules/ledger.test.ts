/** Money, whatever is asked in whatever order: entries add up, a hold ends once, and nothing is taken that is not there. */
import fc from 'fast-check';
import { MAX_BIDS_REMEMBERED, withBid, withoutBid, type Hold } from '../../rules/holds.ts';
import { availableOf, decide, NOTHING, type Ask, type Standing, type Terms } from '../../rules/ledger.ts';
import { inMemory, type Asked } from '../ledger/in-memory.ts';

const free: Terms = { creditLimit: 10_000, perName: null, perMonth: null };
const standing = (over: Partial<Standing> = {}): Standing => ({ ...NOTHING, hold: null, spent: 0, ...over });
const hold = (amount: number, operation = 'before'): Hold => ({ operation, amount, base: amount, bids: [] });

test.each<[string, Ask, Partial<Standing>, Partial<Terms>, object]>([
  ['a hold rests on credit', { kind: 'hold', amount: 6_900 }, {}, {}, { kind: 'add', draft: { held: 6_900 } }],
  ['a hold takes the last cent', { kind: 'hold', amount: 10_000 }, {}, {}, { kind: 'add', draft: { held: 10_000 } }],
  ['and not one more', { kind: 'hold', amount: 10_001 }, {}, {}, { kind: 'insufficient', available: 10_000 }],
  [
    'a raise needs the difference alone, and ends the hold before',
    { kind: 'hold', amount: 9_000 },
    { hold: hold(6_900), held: 6_900, balance: -1_000 },
    {},
    { kind: 'add', draft: { held: 9_000, settles: 'before', hold: { operation: 'op', amount: 9_000 } } },
  ],
  [
    'another reservation’s hold stays',
    { kind: 'hold', amount: 3_100 },
    { held: 6_900 },
    {},
    { kind: 'add', draft: { held: 10_000, settles: null } },
  ],
  [
    'a lower hold is never refused',
    { kind: 'hold', amount: 5_000 },
    { hold: hold(6_900), held: 6_900, balance: -20_000 },
    { perName: 1 },
    { kind: 'add', draft: { held: 5_000 } },
  ],
  [
    'one name may hold its cap',
    { kind: 'hold', amount: 5_000 },
    {},
    { perName: 5_000 },
    { kind: 'add', draft: { held: 5_000 } },
  ],
  ['and not above', { kind: 'hold', amount: 5_001 }, {}, { perName: 5_000 }, { kind: 'over_cap', cap: 'per_name' }],
  [
    'a month counts what was spent and all that is held',
    { kind: 'hold', amount: 3_001 },
    { held: 1_000, spent: 2_000 },
    { perMonth: 6_000 },
    { kind: 'over_cap', cap: 'per_month' },
  ],
  [
    'a capture below the hold gives the rest free',
    { kind: 'capture', amount: 4_000 },
    { hold: hold(6_900), held: 6_900 },
    {},
    { kind: 'add', draft: { balance: -4_000, held: 0, settles: 'before', spent: 4_000, hold: null } },
  ],
  [
    'a capture above the hold takes what is available',
    { kind: 'capture', amount: 10_000 },
    { hold: hold(6_900), held: 6_900 },
    {},
    { kind: 'add', draft: { balance: -10_000, held: 0 } },
  ],
  [
    'and is refused beyond',
    { kind: 'capture', amount: 10_001 },
    { hold: hold(6_900), held: 6_900 },
    {},
    { kind: 'insufficient', available: 3_100 },
  ],
  ['nothing held, nothing released', { kind: 'release' }, {}, {}, { kind: 'nothing' }],
  [
    'a fee takes what is there and is owed for the rest',
    { kind: 'fee', amount: 2_500 },
    { balance: -9_000 },
    {},
    { kind: 'add', draft: { balance: -10_000, owed: 1_500 } },
  ],
  [
    'what is owed is taken first',
    { kind: 'deposit', amount: 2_000 },
    { balance: -10_000, owed: 1_500 },
    {},
    { kind: 'add', draft: { balance: -9_500, owed: 0 } },
  ],
  [
    'who owes holds nothing new',
    { kind: 'hold', amount: 1 },
    { balance: -10_000, owed: 1_500 },
    { creditLimit: 11_500 },
    { kind: 'insufficient', available: 0 },
  ],
  ['credit is not paid out', { kind: 'refund', amount: 1 }, {}, {}, { kind: 'insufficient', available: 0 }],
  [
    'nor what is held',
    { kind: 'refund', amount: 3_001 },
    { balance: 5_000, held: 2_000 },
    { creditLimit: 0 },
    { kind: 'insufficient', available: 3_000 },
  ],
  [
    'what was captured is given back, and the month spent less',
    { kind: 'give_back', amount: 4_000, captured: { operation: 'cap', amount: 4_000, month: '2026-03' } },
    { balance: -4_000, spent: 4_000 },
    {},
    { kind: 'add', draft: { balance: 0, spent: 0, settles: 'cap' } },
  ],
])('%s', (_name, ask, now, terms, expected) => {
  expect(decide('op', ask, standing(now), { ...free, ...terms })).toMatchObject(expected);
});

test.each([-1, 0.5, Number.NaN, 2 ** 53])('%p is no amount', (amount) => {
  expect(() => decide('op', { kind: 'hold', amount }, standing(), free)).toThrow(RangeError);
});

test('more than was taken is not given back', () => {
  const captured = { operation: 'cap', amount: 10, month: '2026-03' };
  expect(() => decide('op', { kind: 'give_back', amount: 11, captured }, standing(), free)).toThrow(RangeError);
});

const amount = fc.integer({ min: 0, max: 6_000 });
const operation = fc.integer({ min: 0, max: 60 }).map((number) => `op${number}`);
const asked: fc.Arbitrary<Asked> = fc.oneof(
  fc.record({ kind: fc.constantFrom('deposit', 'refund', 'hold', 'hold', 'bid', 'bid', 'capture', 'fee'), amount }),
  fc.record({ kind: fc.constant('undo_bid' as const), bid: operation }),
  fc.constant({ kind: 'release' as const }),
  fc.constant({ kind: 'bar' as const }),
  fc.record({ kind: fc.constant('give_back' as const), amount, settles: operation }),
);
const steps = fc.array(
  fc.record({
    operation,
    asked,
    reservation: fc.constantFrom('rsv_a', 'rsv_b', 'rsv_c'),
    creditLimit: fc.constantFrom(10_000, 10_000, 10_000, 2_000),
  }),
  { minLength: 1, maxLength: 60 },
);
const ofReservation = ({ kind }: Asked) => kind !== 'deposit' && kind !== 'refund';

test('entries add up: the balances are the sums of what came, went and is held, counted apart', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const account = inMemory(free);
      for (const { operation: id, asked: what, reservation, creditLimit } of all)
        account.run(id, what, ofReservation(what) ? reservation : undefined, creditLimit);
      const sum = (...kinds: string[]) =>
        account.entries.filter(({ kind }) => kinds.includes(kind)).reduce((total, entry) => total + entry.amount, 0);
      const { balance, held, owed } = account.now();
      expect(balance - owed).toBe(sum('deposit', 'give_back') - sum('refund', 'capture', 'fee'));
      expect(account.spent()).toBe(sum('capture') - sum('give_back'));
      const open = ['rsv_a', 'rsv_b', 'rsv_c'].map((reservation) => account.holdOf(reservation)?.amount ?? 0);
      expect(held).toBe(open.reduce((total, each) => total + each, 0));
    }),
    { numRuns: 500 },
  );
});

test('each hold and each capture is ended at most once, and a hold that was not is still held', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const account = inMemory(free);
      for (const { operation: id, asked: what, reservation } of all)
        account.run(id, what, ofReservation(what) ? reservation : undefined);
      const ended = account.entries.flatMap(({ settles }) => settles ?? []);
      expect(new Set(ended).size).toBe(ended.length);
      const open = account.entries.filter(({ operation: id, hold: is }) => is?.operation === id && !ended.includes(id));
      const held = ['rsv_a', 'rsv_b', 'rsv_c'].flatMap((reservation) => account.holdOf(reservation)?.operation ?? []);
      expect(open.map(({ operation: id }) => id).toSorted()).toEqual(held.toSorted());
    }),
    { numRuns: 500 },
  );
});

test('no operation takes what is available below zero, nor further below where the limit was lowered', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const account = inMemory(free);
      for (const { operation: id, asked: what, reservation, creditLimit } of all) {
        const free = (now = account.now()) => now.balance + creditLimit - now.held;
        const before = free();
        const answer = account.run(id, what, ofReservation(what) ? reservation : undefined, creditLimit);
        expect(free()).toBeGreaterThanOrEqual(Math.min(0, before));
        // Who owes has nothing left, or it would have been taken.
        if (answer === 'add' && account.now().owed > 0) expect(free()).toBeLessThanOrEqual(0);
      }
    }),
    { numRuns: 500 },
  );
});

test('an operation repeated at any later time changes nothing', () => {
  fc.assert(
    fc.property(steps, fc.array(fc.nat(), { maxLength: 20 }), (all, repeats) => {
      const once = inMemory(free);
      const often = inMemory(free);
      const run = (account: typeof once, step: (typeof all)[number]) =>
        account.run(step.operation, step.asked, ofReservation(step.asked) ? step.reservation : undefined);
      const done: typeof all = [];
      for (const [index, step] of all.entries()) {
        if (run(once, step) === 'add') done.push(step);
        run(often, step);
        const again = done[(repeats[index] ?? 0) % Math.max(1, done.length)];
        if (again) expect(run(often, again)).toBe('there');
      }
      expect(often.entries).toEqual(once.entries);
    }),
    { numRuns: 300 },
  );
});

test('what is available is what a hold of one reservation can take', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const account = inMemory(free);
      for (const { operation: id, asked: what, reservation } of all)
        account.run(id, what, ofReservation(what) ? reservation : undefined);
      const available = Math.max(0, availableOf(account.now(), free.creditLimit));
      const more = { kind: 'hold', amount: available + 1 } as const;
      expect(account.run('one more', more, 'rsv_new')).toBe('insufficient');
      expect(account.run('all', { kind: 'hold', amount: available }, 'rsv_new')).toBe('add');
      expect(availableOf(account.now(), free.creditLimit)).toBeLessThanOrEqual(0);
    }),
    { numRuns: 300 },
  );
});

describe('bids of one reservation under way at once', () => {
  const bids = fc.array(fc.record({ amount: fc.integer({ min: 1, max: 500 }), taken: fc.boolean() }), {
    maxLength: 12,
  });

  test('whatever order they end in, what is held is the most of the list price and of those taken', () => {
    fc.assert(
      fc.property(bids, fc.infiniteStream(fc.nat()), fc.integer({ min: 1, max: 300 }), (all, picks, price) => {
        const ids = all.map((bid, index) => ({ ...bid, bid: `bid${index}` }));
        let is: Hold = { operation: 'fund', amount: price, base: price, bids: [] };
        const waiting = [...ids];
        const under: typeof ids = [];
        const most = (over: typeof ids) => Math.max(price, ...over.map(({ amount: each }) => each));
        const decided: typeof ids = [];
        while (waiting.length + under.length > 0) {
          const pick = picks.next().value as number;
          const starts = waiting.length > 0 && (under.length === 0 || pick % 2 === 0);
          if (starts) {
            const bid = waiting.shift() as (typeof ids)[number];
            under.push(bid);
            is = withBid(is, bid);
          } else {
            const [bid] = under.splice(pick % under.length, 1) as [(typeof ids)[number]];
            if (bid.taken) decided.push(bid);
            else is = withoutBid(is, bid.bid, `undo:${bid.bid}`, pick % 3 === 0 ? most(decided) : 0) ?? is;
          }
          // Never less than what was taken, nor less than any that may yet be.
          expect(is.amount).toBe(most([...decided, ...under]));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('what is remembered is bounded, and then rather too much is held', () => {
    let is: Hold | null = null;
    for (let bid = 1; bid <= 3 * MAX_BIDS_REMEMBERED; bid++) is = withBid(is, { bid: `bid${bid}`, amount: bid });
    expect(is?.bids).toHaveLength(MAX_BIDS_REMEMBERED);
    expect(is).toMatchObject({ amount: 300, base: 200 });
  });

  test('a bid that comes after the hold was let go brings nothing back', () => {
    const late = withBid(null, { bid: 'late', amount: 900 }, 400);
    expect(late).toMatchObject({ amount: 900, base: 0 });
    expect(withoutBid(late, 'late', 'undo:late', 400)).toMatchObject({ amount: 0, bids: [] });
  });

  test('what the auction is known to have taken needs no smaller bids', () => {
    const first = withBid(hold(100), { bid: 'a', amount: 200 });
    expect(withBid(first, { bid: 'b', amount: 300 }, 200)).toEqual({
      operation: 'b',
      amount: 300,
      base: 200,
      bids: [{ bid: 'b', amount: 300 }],
    });
  });
});
