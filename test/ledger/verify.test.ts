/** Whatever is changed in the ledger by hand is found, and whatever the ledger itself did is whole. */
import fc from 'fast-check';
import { DEFAULT_AUCTION_POLICY } from '../../registry/policies/award.ts';
import { usd } from '../../rules/money.ts';
import { beginAuction, Bids, intendBid } from '../../store/auctions.ts';
import { recordDecision, type StoredDecision } from '../../store/awards.ts';
import { sealEntry } from '../../store/entry-hash.ts';
import { accountOf, Entries, type AccountKey, type EntryDoc } from '../../store/ledger-entries.ts';
import {
  captureHold,
  chargeFee,
  deposit,
  giveBack,
  holdFor,
  holdForBid,
  refund,
  releaseHold,
  undoBidHold,
} from '../../store/ledger.ts';
import type { PriceOf } from '../../store/held-for.ts';
import { verifyLedger } from '../../store/ledgers.ts';
import { insertReservation, Reservations } from '../../store/reservations.ts';
import { reservation as sample } from '../mail/samples.ts';
import { useEmptyStore } from '../store/mongo.ts';
import { AT, openAccount } from './registrar.ts';

useEmptyStore();

const noPrice: PriceOf = async () => undefined;

async function found(pause = async () => {}, priceOf = noPrice): Promise<string[]> {
  const all: string[] = [];
  for await (const { findings } of verifyLedger(priceOf, pause))
    all.push(...findings.map(({ seq, what }) => `${seq} ${what}`));
  return all;
}

async function reserved(id: string): Promise<void> {
  const { open, status, stage, ordinal, state, seq, head, rev, attention, as_of, amendment, ...request } = sample({
    _id: id,
  });
  void [open, status, stage, ordinal, state, seq, head, rev, attention, as_of, amendment];
  await insertReservation(request);
}

const on = (account: AccountKey, operation: string, reservation = 'rsv_a') => ({
  ...account,
  operation,
  reservation,
  name: 'example.test',
  at: AT,
});

/** Eight entries, of which the last two hold something for open reservations. */
async function life(): Promise<AccountKey> {
  const account = await openAccount(usd(1_000));
  await reserved('rsv_a');
  await reserved('rsv_b');
  await deposit({ ...account, operation: 'in', amount: usd(50_000), reference: 'wire', at: AT });
  await holdFor({ ...on(account, 'fund'), amount: usd(6_900) });
  await holdForBid({ ...on(account, 'bid'), amount: usd(9_000) });
  await captureHold({ ...on(account, 'capture'), amount: usd(8_000) });
  await giveBack({ ...on(account, 'back'), amount: usd(8_000), settles: 'capture', reason: 'taken_back' });
  await chargeFee({ ...on(account, 'fee'), amount: usd(100), reason: 'defaulted' });
  await holdFor({ ...on(account, 'fund again'), amount: usd(6_900) });
  await holdFor({ ...on(account, 'fund other', 'rsv_b'), amount: usd(5_000) });
  return account;
}

const change = (operation: string, set: object) => Entries.updateOne({ _id: operation }, { $set: set });

/** As somebody would who knows how hashes are made: the entry and all after it sealed anew. */
async function forge(account: AccountKey, operation: string, set: Partial<EntryDoc>): Promise<void> {
  const all = await Entries.find({ account: accountOf(account) })
    .sort({ seq: 1 })
    .lean<EntryDoc[]>();
  let previous = '';
  for (const entry of all) {
    const { hash: _, ...content } = entry._id === operation ? { ...entry, ...set } : entry;
    const sealed = sealEntry({ ...content, previous_hash: previous || content.previous_hash });
    previous = sealed.hash;
    await Entries.replaceOne({ _id: entry._id }, sealed);
  }
}

test('an account that only the engine wrote is whole', async () => {
  await life();
  await expect(found()).resolves.toEqual([]);
});

test.each<[string, () => Promise<unknown>, string[]]>([
  ['an amount changed', () => change('in', { amount: 60_000 }), ['1 changed']],
  ['a reason changed', () => change('fee', { reason: 'courtesy' }), ['6 changed']],
  ['a reference taken out', () => Entries.updateOne({ _id: 'in' }, { $unset: { reference: 1 } }), ['1 changed']],
  ['an instant moved', () => change('capture', { at: new Date(AT - 1) }), ['4 changed']],
  ['an entry taken out', () => Entries.deleteOne({ _id: 'bid' }), ['3 missing']],
  ['the first entry taken out', () => Entries.deleteOne({ _id: 'in' }), ['1 missing']],
  [
    'a field added',
    () => Entries.collection.updateOne({ _id: 'fee' as never }, { $set: { note: 'x' } }),
    ['6 changed'],
  ],
])('%s is found, once', async (_what, damage, expected) => {
  await life();
  await damage();
  await expect(found()).resolves.toEqual(expected);
});

test.each<[string, string, Partial<EntryDoc>, string[]]>([
  ['a deposit that was more', 'in', { amount: 60_000 }, ['1 not_adding_up']],
  ['a balance that was more', 'in', { balance: 60_000 }, ['1 not_adding_up', '2 not_adding_up']],
  ['a capture that held on', 'capture', { held: 9_000 }, ['4 not_adding_up', '5 not_adding_up']],
  ['a hold of nobody’s', 'capture', { settles: 'nothing' }, ['4 settles_nothing']],
  ['a month that cost less', 'capture', { spent: 0 }, ['4 not_adding_up', '5 not_adding_up']],
  [
    'a hold that is not the most of its bids',
    'fund again',
    { hold: { operation: 'fund again', amount: 6_900, base: 0, bids: [] } },
    ['7 not_adding_up'],
  ],
])('%s is found though all hashes were made anew', async (_what, operation, set, expected) => {
  const account = await life();
  await forge(account, operation, set);
  await expect(found()).resolves.toEqual(expected);
});

test('an operation that ends what was ended is found, where the store let it in', async () => {
  const account = await life();
  await Entries.collection.dropIndex('settles_1');
  try {
    await forge(account, 'fund again', { settles: 'fund' });
    await expect(found()).resolves.toEqual(['7 settled_twice']);
  } finally {
    await Entries.deleteMany({});
    await Entries.createIndexes();
  }
});

test('a hold is found that outlived its reservation, or never had one', async () => {
  await life();
  await Reservations.updateOne({ _id: 'rsv_a' }, { $set: { open: false } });
  await Reservations.deleteOne({ _id: 'rsv_b' });
  await expect(found()).resolves.toEqual(['7 unsettled', '8 unowned']);
});

test('a hold that is released a moment after the end is none', async () => {
  const account = await life();
  await Reservations.updateOne({ _id: 'rsv_a' }, { $set: { open: false } });
  const pause = () => releaseHold({ ...on(account, 'release'), reason: 'outbid' });
  await expect(found(pause)).resolves.toEqual([]);
});

describe('what is held beside what it is for', () => {
  const AUCTION = 'auc_1';
  const held = (operation: string, reservation: string, amount: number) =>
    holdForBid({ ...on(account, operation, reservation), amount: usd(amount), auction: AUCTION });
  const priced = (price: number) =>
    found(
      async () => {},
      async () => price,
    );
  let account: AccountKey;

  /** Three funded at the list price; the first two are in the auction of the name, and the second has bid. */
  beforeEach(async () => {
    account = await openAccount(usd(100_000));
    for (const id of ['rsv_a', 'rsv_b', 'rsv_c']) {
      await reserved(id);
      await Reservations.updateOne({ _id: id }, { $set: { ...account, status: 'in_auction' } });
      await holdFor({ ...on(account, `fund ${id}`, id), amount: usd(6_900) });
    }
    await Reservations.updateOne({ _id: 'rsv_c' }, { $set: { status: 'waiting', 'domain.name': 'other.com' } });
    await award(['rsv_a', 'rsv_b']);
    const entrants = ['rsv_a', 'rsv_b'].map((reservation) => ({ reservation, bidder: `bidder of ${reservation}` }));
    const state = { status: 'open', price: 6_900, minimum: 7_400, leader: 'bidder of rsv_a', extensions: 0 } as const;
    await beginAuction(
      AUCTION,
      {
        ...{ name: 'example.com', tld: 'com', livemode: false, currency: 'USD', list_price: 6_900, entrants },
        ...{ policy: DEFAULT_AUCTION_POLICY, started: new Date(AT) },
      },
      { ...state, ends: new Date(AT), bids: 0, rev: 1, as_of: new Date(AT) },
    );
    await bid('bid_1', 'rsv_b', 9_000);
    await Bids.updateOne({ _id: 'bid_1' }, { $set: { seq: 0 } });
    await held('bid_1', 'rsv_b', 9_000);
  });

  const bid = (_id: string, reservation: string, max: number) =>
    intendBid({
      _id,
      auction: AUCTION,
      reservation,
      registrar: account.registrar,
      bidder: 'bidder',
      max,
      created: new Date(AT),
    });
  const award = (funded: string[]) => {
    const facts = { terms: { funded } } as unknown as StoredDecision['facts'];
    return recordDecision({ _id: 'cat_1', name: 'example.com', livemode: false }, {
      step: 1,
      at: AT,
      setBy: 'tld',
      facts,
    } as StoredDecision);
  };

  test('the list price, the highest bid that stands, and one that is under way, are what it is for', async () => {
    await expect(priced(6_900)).resolves.toEqual([]);
    await bid('bid_2', 'rsv_a', 12_000);
    await expect(priced(6_900)).resolves.toEqual([]);
    await held('bid_2', 'rsv_a', 12_000);
    await expect(priced(6_900)).resolves.toEqual([]);
  });

  test.each<[string, () => Promise<unknown>, string[]]>([
    [
      'a bid of which nothing is held',
      () => Bids.updateOne({ _id: 'bid_1' }, { $set: { max: 9_500 } }),
      ['4 unaccounted'],
    ],
    ['a hold for a bid that is not there', () => Bids.deleteOne({ _id: 'bid_1' }), ['4 unaccounted']],
    ['a bid over the budget', () => budget('rsv_b', 8_000), ['4 over_budget']],
    [
      'money held for a name that stays',
      () => Reservations.updateOne({ _id: 'rsv_c' }, { $set: { stage: 'registered' } }),
      ['3 not_due'],
    ],
    [
      'a claim that was funded and is not any more',
      () => releaseHold({ ...on(account, 'gone'), reason: '-' }),
      ['5 unheld'],
    ],
    ['an account that is gone', () => Entries.deleteMany({}), ['0 unheld', '0 unheld']],
  ])('%s is found', async (_what, damage, expected) => {
    await damage();
    await expect(priced(6_900)).resolves.toEqual(expected);
  });
  const budget = (_id: string, amount: number) => Reservations.updateOne({ _id }, { $set: { budget: usd(amount) } });

  test('outside of an auction it is the list price and nothing else', async () => {
    await expect(priced(7_900)).resolves.toEqual(['3 unaccounted']);
  });

  test('a bid that is taken up a moment later is none, and neither is a price that was taken', async () => {
    await held('bid_2', 'rsv_b', 11_000);
    const taken = async () => {
      await bid('bid_2', 'rsv_b', 11_000);
    };
    await expect(found(taken, async () => 6_900)).resolves.toEqual([]);
    await captureHold({ ...on(account, 'award'), amount: usd(6_900) });
    await expect(priced(6_900)).resolves.toEqual([]);
  });
});

const op = fc.record({
  kind: fc.constantFrom('deposit', 'hold', 'bid', 'undo', 'release', 'capture', 'back', 'fee', 'refund'),
  id: fc.integer({ min: 0, max: 9 }),
  reservation: fc.constantFrom('rsv_a', 'rsv_b'),
  cents: fc.integer({ min: 0, max: 4_000 }),
});

test('whatever was asked in whatever order, what came of it is whole', async () => {
  await reserved('rsv_a');
  await reserved('rsv_b');
  await fc.assert(
    fc.asyncProperty(fc.array(op, { minLength: 5, maxLength: 30 }), async (ops) => {
      const account = await openAccount(usd(5_000));
      const own = (name: string) => `${name} ${account.registrar}`;
      for (const { kind, id, reservation, cents } of ops) {
        const request = {
          ...on(account, own(`${kind} ${id} ${reservation}`), reservation),
          amount: usd(cents),
          reason: '-',
          reference: '-',
        };
        const capture = own(`capture ${id} ${reservation}`);
        if (kind === 'deposit')
          await deposit({ ...account, operation: request.operation, amount: usd(cents), reference: '-', at: AT });
        else if (kind === 'refund')
          await refund({ ...account, operation: request.operation, amount: usd(cents), reference: '-', at: AT });
        else if (kind === 'hold') await holdFor(request);
        else if (kind === 'bid') await holdForBid(request);
        else if (kind === 'undo') await undoBidHold({ ...request, operation: own(`bid ${id} ${reservation}`) });
        else if (kind === 'release') await releaseHold(request);
        else if (kind === 'capture') await captureHold(request);
        else if (kind === 'fee') await chargeFee(request);
        else await giveBack({ ...request, amount: usd(0), settles: capture }).catch(() => undefined);
      }
    }),
    { numRuns: 20 },
  );
  await expect(found()).resolves.toEqual([]);
});
