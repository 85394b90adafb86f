/** Auctions: what each bid comes to, who leads, when it ends; and for any bids in any order, what a second price written apart says. */
import fc from 'fast-check';
import { DEFAULT_AUCTION_POLICY } from '../../registry/policies/award.ts';
import {
  afterBids,
  emptyBids,
  leaderOf,
  minimumOf,
  noteBid,
  openAuction,
  placeBid,
  ranking,
  recompute,
  stepOver,
  type Auction,
  type AuctionBook,
  type AuctionTerms,
  type Entrant,
} from '../../rules/bidding.ts';

const AT = Date.parse('2026-03-01T14:00:00.000Z');
const LIST = 6_900;
const { steps, durationMs, softCloseMs, maxExtensions } = DEFAULT_AUCTION_POLICY;
const END = AT + durationMs;
const DAY = 86_400_000;

const entrant = (index: number, proxyMax?: number): Entrant => ({
  reservation: `rsv_${index}`,
  ordinal: index,
  bidder: `bidder-${index}`,
  ...(proxyMax !== undefined && { proxyMax }),
});
const termsOf = (entrants: Entrant[]): AuctionTerms => ({
  currency: 'USD',
  listPrice: LIST,
  policy: DEFAULT_AUCTION_POLICY,
  entrants,
  startedAt: AT,
});

/** An auction and its book, bid by bid. */
function held(entrants: Entrant[]) {
  const terms = termsOf(entrants);
  const book: AuctionBook = { terms, bids: emptyBids() };
  let auction: Auction = openAuction(terms);
  return {
    book,
    bid(who: number, max: number, at = AT + 1_000) {
      const placed = placeBid(auction, { reservation: `rsv_${who}`, max }, at);
      if (placed.kind !== 'taken') return placed;
      auction = placed.auction;
      noteBid(book.bids, placed.bid);
      return `${leaderOf(auction).reservation} ${auction.price}`;
    },
    now: () => auction,
    minimum: () => minimumOf(auction),
  };
}

describe('what bids come to', () => {
  test('the earliest opens at the list price, and has it for that where nobody bids', () => {
    const auction = held([entrant(1), entrant(2)]);
    expect(leaderOf(auction.now()).reservation).toBe('rsv_1');
    expect(ranking(auction.book)).toMatchObject({ winner: 'rsv_1', price: { amount: LIST, currency: 'USD' } });
  });

  test.each<[string, [number, number][], string]>([
    ['a second bidder pays one step over the opening bid', [[2, 20_000]], 'rsv_2 7400'],
    [
      'a maximum under a full step more is the price itself',
      [
        [2, 8_000],
        [3, 8_300],
      ],
      'rsv_3 8300',
    ],
    [
      'the higher maximum leads, one step over the other',
      [
        [2, 20_000],
        [3, 15_000],
      ],
      'rsv_2 15500',
    ],
    [
      'a tie is the earlier bid’s, at that maximum',
      [
        [2, 20_000],
        [3, 20_000],
      ],
      'rsv_2 20000',
    ],
    [
      'over a tie one step is enough',
      [
        [2, 20_000],
        [3, 20_000],
        [1, 30_000],
      ],
      'rsv_1 20500',
    ],
    [
      'a raise of one’s own lead changes no price',
      [
        [2, 20_000],
        [3, 15_000],
        [2, 90_000],
      ],
      'rsv_2 15500',
    ],
    [
      'not even where the maximum held it down',
      [
        [2, 20_000],
        [3, 19_800],
        [2, 90_000],
      ],
      'rsv_2 20000',
    ],
    [
      'a raise counts from its own instant',
      [
        [2, 20_000],
        [3, 30_000],
        [2, 30_000],
      ],
      'rsv_3 30000',
    ],
    [
      'steps grow with what they are over',
      [
        [2, 60_000],
        [3, 55_000],
      ],
      'rsv_2 56000',
    ],
  ])('%s', (_title, bids, outcome) => {
    const auction = held([entrant(1), entrant(2), entrant(3)]);
    let last: unknown;
    for (const [who, max] of bids) last = auction.bid(who, max);
    expect(last).toBe(outcome);
    expect(`${ranking(auction.book).winner} ${ranking(auction.book).price.amount}`).toBe(outcome);
  });

  test('budgets placed as one bid each stand as the auction opens, whatever an earlier one brought the price to', () => {
    const auction = held([entrant(1), entrant(2, 15_000), entrant(3, 20_000), entrant(4, 15_200), entrant(5, 20_000)]);
    expect(leaderOf(auction.now()).reservation).toBe('rsv_3');
    expect(auction.now()).toMatchObject({ price: 20_000, extensions: 0 });
    expect(ranking(auction.book).order.map(({ reservation }) => reservation)).toEqual([
      ...['rsv_3', 'rsv_5', 'rsv_4', 'rsv_2', 'rsv_1'],
    ]);
  });

  test('the earliest with its budget as a bid still opens at the list price', () => {
    expect(held([entrant(1, 50_000), entrant(2)]).now()).toMatchObject({ leader: 0, price: LIST });
  });
});

describe('what is refused', () => {
  test.each<[string, number, number, number, object]>([
    ['under one step over the price', 3, 20_999, 0, { kind: 'below_minimum', minimum: 21_000 }],
    ['a leader’s own maximum again', 2, 30_000, 0, { kind: 'below_minimum', minimum: 30_001 }],
    ['a fraction of the minor unit', 3, 25_000.5, 0, { kind: 'below_minimum', minimum: 21_000 }],
    ['more than can be counted', 3, 2 ** 60, 0, { kind: 'below_minimum', minimum: 21_000 }],
    ['somebody who did not reserve', 9, 90_000, 0, { kind: 'not_an_entrant' }],
    ['exactly at the end', 3, 90_000, durationMs, { kind: 'auction_closed' }],
  ])('%s', (_title, who, max, afterMs, refusal) => {
    const auction = held([entrant(1), entrant(2, 30_000), entrant(3, 20_000)]);
    expect(auction.bid(who, max, AT + afterMs)).toEqual(refusal);
  });

  test('an auction without entrants, and a proxy bid under the list price, are none', () => {
    expect(() => openAuction(termsOf([]))).toThrow(RangeError);
    expect(() => openAuction(termsOf([entrant(1), entrant(2, LIST - 1)]))).toThrow(RangeError);
  });
});

describe('the soft close', () => {
  const contested = () => held([entrant(1), entrant(2), entrant(3)]);

  test.each<[string, number, number]>([
    ['five minutes to go, to the millisecond: nothing moves', END - softCloseMs, END],
    ['a millisecond less: five minutes from the bid', END - softCloseMs + 1, END + 1],
    ['the last millisecond', END - 1, END - 1 + softCloseMs],
  ])('%s', (_title, at, endsAt) => {
    const auction = contested();
    auction.bid(2, 20_000, at);
    expect(auction.now().endsAt).toBe(endsAt);
  });

  test('a raise of one’s own lead moves nothing, a bid that only raises the price does', () => {
    const auction = contested();
    auction.bid(2, 20_000);
    auction.bid(2, 30_000, END - 1_000);
    expect(auction.now()).toMatchObject({ endsAt: END, extensions: 0 });
    auction.bid(3, 10_000, END - 500);
    expect(auction.now()).toMatchObject({ endsAt: END - 500 + softCloseMs, extensions: 1 });
  });

  test('twenty times and no more', () => {
    const auction = contested();
    for (let round = 0; round < maxExtensions; round++) {
      const { endsAt } = auction.now();
      auction.bid(2 + (round % 2), auction.minimum() + 100_000, endsAt - 1);
      expect(auction.now()).toMatchObject({ endsAt: endsAt - 1 + softCloseMs, extensions: round + 1 });
    }
    const { endsAt } = auction.now();
    expect(auction.bid(1, 90_000_000, endsAt - 1)).toMatch(/^rsv_1 /);
    expect(auction.now()).toMatchObject({ endsAt, extensions: maxExtensions });
    expect(auction.bid(2, 95_000_000, endsAt)).toEqual({ kind: 'auction_closed' });
  });
});

/** A run of bids that somebody might send: who, and how far over (or under) the minimum at that moment. */
const scenario = fc.record({
  proxies: fc.array(fc.option(fc.integer({ min: LIST, max: 120_000 }), { nil: undefined }), {
    minLength: 1,
    maxLength: 6,
  }),
  sent: fc.array(
    fc.record({
      who: fc.nat({ max: 5 }),
      over: fc.oneof(fc.integer({ min: -600, max: 1_200 }), fc.integer({ min: 0, max: 60_000 }), fc.constant(0)),
    }),
    { maxLength: 40 },
  ),
});

function play({ proxies, sent }: typeof scenario extends fc.Arbitrary<infer T> ? T : never) {
  const auction = held(proxies.map((proxy, index) => entrant(index, proxy)));
  for (const [index, { who, over }] of sent.entries()) {
    const before = auction.now();
    auction.bid(who % proxies.length, auction.minimum() + over, AT + 1 + index);
    const after = auction.now();
    expect(after.price).toBeGreaterThanOrEqual(before.price);
    if (after.price === before.price) expect(after.leader).toBe(before.leader);
  }
  return auction;
}

interface Said {
  who: string;
  max: number;
}

/** All that was ever said, in order: the opening bid, the budgets, then the bids. */
const saidIn = ({ terms, bids }: AuctionBook): Said[] => [
  { who: terms.entrants[0]?.reservation ?? '', max: LIST },
  ...terms.entrants.flatMap(({ reservation, proxyMax }) =>
    proxyMax === undefined ? [] : [{ who: reservation, max: proxyMax }],
  ),
  ...bids.maxima.map((max, index) => ({
    who: terms.entrants[bids.entrants[index] as number]?.reservation ?? '',
    max,
  })),
];

/**
 * A second-price auction, from what was said alone: no state, no order of events but who was first. The winner's maximum that counts is
 * the one it first stood above the runner-up with: what it added to its own lead later costs it nothing.
 */
function secondPrice(said: Said[]): { winner: string; price: number } {
  const best = new Map<string, { max: number; index: number }>();
  for (const [index, { who, max }] of said.entries())
    if (max > (best.get(who)?.max ?? 0)) best.set(who, { max, index });
  const [first, second] = [...best].toSorted(([, a], [, b]) => b.max - a.max || a.index - b.index);
  if (!first) throw new Error('nobody said anything');
  if (!second) return { winner: first[0], price: LIST };
  const [winner] = first;
  const rival = second[1];
  const own = said.map(({ who, max }, index) => ({ who, max, index })).filter(({ who }) => who === winner);
  const before = own.filter(({ index, max }) => index < rival.index && max >= rival.max).at(-1);
  const after = own.find(({ index, max }) => index > rival.index && max > rival.max);
  const counts = (before ?? after)?.max ?? 0;
  return { winner, price: Math.min(counts, rival.max + stepOver(rival.max, steps)) };
}

describe('for any bids in any order', () => {
  test('the outcome is that of a second price written apart, and nobody pays over its maximum', () =>
    fc.assert(
      fc.property(scenario, (given) => {
        const { book, now } = play(given);
        const { winner, price, order } = ranking(book);
        expect({ winner, price: price.amount }).toEqual(secondPrice(saidIn(book)));
        expect({ winner, price: price.amount }).toEqual({
          winner: leaderOf(now()).reservation,
          price: now().price,
        });
        expect(price.amount).toBeGreaterThanOrEqual(LIST);
        expect(price.amount).toBeLessThanOrEqual(order[0]?.max ?? 0);
      }),
      { numRuns: 500 },
    ));

  test('without some of them it is the auction held without them, to which none of the other bids is too low', () =>
    fc.assert(
      fc.property(scenario, fc.array(fc.nat({ max: 5 }), { maxLength: 4 }), (given, absent) => {
        const { book } = play(given);
        const without = new Set(absent.map((index) => `rsv_${index}`));
        const left = book.terms.entrants.filter(({ reservation }) => !without.has(reservation));
        const recomputed = recompute(book, [...without]);
        if (left.length === 0) return expect(recomputed).toBeUndefined();
        const again = held(left);
        for (const [index, max] of book.bids.maxima.entries()) {
          const { ordinal } = book.terms.entrants[book.bids.entrants[index] as number] as Entrant;
          if (!without.has(`rsv_${ordinal}`)) expect(again.bid(ordinal, max, book.bids.at[index])).toMatch(/^rsv_/);
        }
        expect(recomputed).toEqual(ranking(again.book));
        expect(recomputed?.order.map(({ reservation }) => reservation)).not.toContain([...without][0]);
        expect(recomputed?.price.amount).toBeLessThanOrEqual(
          without.size === 0 ? ranking(book).price.amount : Number.MAX_SAFE_INTEGER,
        );
        return undefined;
      }),
      { numRuns: 500 },
    ));

  test('whoever defaults in turn, the next pays no more than it bid, nor more than the one before was asked for', () =>
    fc.assert(
      fc.property(scenario, (given) => {
        const { book } = play(given);
        const most = new Map<string, number>();
        for (const { who, max } of saidIn(book)) most.set(who, Math.max(max, most.get(who) ?? 0));
        const gone: string[] = [];
        let asked = Number.MAX_SAFE_INTEGER;
        for (let left = recompute(book, gone); left; left = recompute(book, gone)) {
          const { winner, price } = left;
          // Who never bid has it for the list price, where all who did are gone.
          expect(price.amount).toBeLessThanOrEqual(most.get(winner) ?? LIST);
          expect(price.amount).toBeLessThanOrEqual(asked);
          expect(gone).not.toContain(winner);
          asked = price.amount;
          gone.push(winner);
        }
        expect(gone).toHaveLength(book.terms.entrants.length);
      }),
      { numRuns: 300 },
    ));
});

describe('an auction that stood still', () => {
  const terms = { ...termsOf([entrant(0), entrant(1), entrant(2)]), resumed: [{ bids: 1, endsAt: END + 100_000 }] };
  const early = { entrant: 1, max: 10_000, at: END - 1_000 };

  test('ends no earlier than it was given, and bids after that are measured against that end', () => {
    const late = { entrant: 2, max: 20_000, at: END + 90_000 };
    expect(afterBids(terms, [])).toMatchObject({ endsAt: END });
    expect(afterBids(terms, [early])).toMatchObject({ endsAt: END - 1_000 + softCloseMs, extensions: 1 });
    expect(afterBids({ ...terms, resumed: [{ bids: 1, endsAt: END + DAY }] }, [early, late])).toMatchObject({
      ...{ endsAt: END + DAY, extensions: 1, price: 10_500 },
    });
    expect(afterBids({ ...terms, resumed: [{ bids: 1, endsAt: END + DAY }] }, [early])).toMatchObject({
      extensions: 1,
    });
  });
});
