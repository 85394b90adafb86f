/** Lies about bids, prices and holds, each written by hand into books that agree: the audit finds and names them. */
import fc from 'fast-check';
import { standingAmong } from '../../dev/soak/audit-auctions.ts';
import { audit } from '../../dev/soak/audit.ts';
import type { Books } from '../../dev/soak/books.ts';
import { bidsOf, emptyBids, noteBid, openAuction, placeBid, proxyBids, recompute } from '../../rules/bidding.ts';
import type { BidDoc } from '../../store/auctions.ts';
import { agreedBook } from './book.ts';

function find<T extends { _id: string }>(list: T[], id: string): T {
  const found = list.find(({ _id }) => _id === id);
  if (!found) throw new Error(`${id} is not in the book`);
  return found;
}
const drop = <T extends { _id: string }>(list: T[], id: string) => list.splice(list.indexOf(find(list, id)), 1);
const doc = (b: Books, id: string) => find(b.store.reservations, `rsv_${id}`);
const bid = (b: Books, id: string) => find(b.store.bids, `bid_${id}`);
const entry = (b: Books, id: string) => find(b.store.entries, id);
const auction = (b: Books) => find(b.store.auctions, 'auc_1');
const told = (b: Books, id: string) => b.toldBids.find(({ key }) => key === `key-${id}`) as Books['toldBids'][number];
const lost = (b: Books, id: string, reason: string) =>
  Object.assign((doc(b, id).state as { outcome: object }).outcome, { reason });

type Lie = [what: string, lie: (books: Books) => unknown, found: string];

const bids: Lie[] = [
  [
    'a bid was acknowledged and is missing',
    (b) => drop(b.store.bids, 'bid_rival'),
    'bid: key-rival (10002): bid_rival was acknowledged and does not count',
  ],
  [
    'a bid was acknowledged and never taken up',
    (b) => (bid(b, 'rival').seq = null),
    'bid: key-rival (10002): bid_rival was acknowledged and does not count',
  ],
  ['a bid is left between', (b) => (bid(b, 'rival').seq = null), 'bid: bid_rival was neither taken up nor given up'],
  [
    'a bid is there twice',
    (b) => b.store.bids.push({ ...bid(b, 'rival'), _id: 'bid_again', seq: 2 }),
    'bid: key-rival (10002): is in the book 2 times',
  ],
  [
    'one key has two bids',
    (b) => told(b, 'rival').answers.push({ status: 201, id: 'bid_high' }),
    'bid: key-rival (10002): answered with bid_rival and bid_high',
  ],
  [
    'a bid that was refused counts',
    (b) => (told(b, 'rival').answers = [{ status: 409, code: 'auction_closed' }]),
    'bid: key-rival (10002): refused with 409 auction_closed, and bid_rival is in the book',
  ],
  [
    'a bid was acknowledged and refused',
    (b) => told(b, 'rival').answers.push({ status: 409, code: 'bid_given_up' }),
    'bid: key-rival (10002): acknowledged and refused with 409 bid_given_up',
  ],
  ['nobody sent a bid', (b) => b.toldBids.splice(1, 1), 'bid: bid_rival is in the book, and nobody sent it'],
  [
    'a bid counts without a hold',
    (b) => drop(b.store.entries, 'bid_high'),
    'bid: bid_high counts and nothing was held for it',
  ],
  [
    'the hold of a bid that counts was undone',
    (b) => b.store.entries.push({ ...entry(b, 'end:rival'), _id: 'undo:bid_rival' }),
    'bid: bid_rival counts and nothing was held for it',
  ],
];

const auctions: Lie[] = [
  ['an auction never closes', (b) => (auction(b).status = 'open'), 'auction: auc_1 (bid.test): is still open'],
  [
    'an auction closed at another price',
    (b) => (auction(b).price = 12_000),
    'closed at 12000 with bidder-bidder; its bids come to 11002 with bidder-bidder',
  ],
  [
    'somebody else leads',
    (b) => (auction(b).leader = 'bidder-rival'),
    'closed at 11002 with bidder-rival; its bids come to 11002 with bidder-bidder',
  ],
  [
    'a bid was taken up at the end',
    (b) => (bid(b, 'rival').at = auction(b).ends),
    'auction: auc_1 (bid.test): took up bid_rival at 2026-05-01T00:00:10.000Z',
  ],
  ['a place is left out', (b) => (bid(b, 'rival').seq = 2), 'auction: auc_1 (bid.test): has a gap in its bids'],
  [
    'bids are counted that are not there',
    (b) => (auction(b).bids = 3),
    'auction: auc_1 (bid.test): counts 3 bids, and 2 were taken up',
  ],
  [
    'the winner bid less than another',
    (b) => (bid(b, 'rival').max = 20_000),
    'auction: auc_1 (bid.test): comes to rsv_rival for 16001, which is lost for nothing',
  ],
  [
    'the price counts somebody who was passed over',
    (b) => lost(b, 'rival', 'declined'),
    'auction: auc_1 (bid.test): comes to rsv_bidder for 7400, which is won for 11002',
  ],
];

const money: Lie[] = [
  [
    'a charge is above the budget',
    (b) => (doc(b, 'bidder').budget.amount = 11_001),
    'money: rsv_bidder (bid.test): was charged 11002, and 11001 was the most',
  ],
  [
    'a charge is above the highest bid',
    (b) => (bid(b, 'high').max = 11_001),
    'money: rsv_bidder (bid.test): was charged 11002, and 11001 was the most',
  ],
  [
    'another price is charged than was told',
    (b) => (entry(b, 'award:bidder').amount = 11_003),
    'money: rsv_bidder (bid.test): won for 11002, and was charged 11003',
  ],
  [
    'who won was not charged',
    (b) => drop(b.store.entries, 'award:bidder'),
    'money: rsv_bidder (bid.test): won for 11002, and was charged nothing',
  ],
  [
    'who won was charged twice',
    (b) => b.store.entries.push({ ...entry(b, 'award:bidder'), _id: 'again', seq: 7 }),
    'money: rsv_bidder (bid.test): won for 11002, and was charged 11002 and 11002',
  ],
  [
    'who lost was charged',
    (b) => (entry(b, 'award:bidder').reservation = 'rsv_rival'),
    'money: rsv_rival (bid.test): is lost, and was charged 11002',
  ],
  [
    'somebody else’s account was charged',
    (b) => (entry(b, 'award:bidder').account = 'rgr_2/test'),
    'money: rsv_bidder (bid.test): was charged to another account',
  ],
  [
    'the API shows another price',
    (b) => (b.shown.find(({ id }) => id === 'rsv_bidder')!.outcome!.price = { amount: 6_900 }),
    'money: rsv_bidder (bid.test): won for 11002, and is shown 6900',
  ],
  [
    'the event told another price',
    (b) => (find(b.store.events, 'evt_rsv_bidder3').data['price'] = { amount: 6_900 }),
    'money: rsv_bidder (bid.test): won for 11002, and was told 6900',
  ],
  [
    'a fee is owed by nobody who defaulted',
    (b) => b.store.entries.push({ ...entry(b, 'end:rival'), _id: 'fee', kind: 'fee', amount: 6_900, seq: 7 }),
    'money: rsv_rival (bid.test): owes a fee, and did not default',
  ],
  [
    'a hold is left over',
    (b) => drop(b.store.entries, 'end:rival'),
    'ledger: 10002 is held for rsv_rival, which is lost',
  ],
  [
    'more is held than for all claims',
    (b) => (entry(b, 'end:rival').held = 1),
    'ledger: rgr_1/test holds 1, and its claims 0',
  ],
  ['verify-ledger finds something', (b) => b.verified.push('rgr_1/test 3 changed'), 'ledger: rgr_1/test 3 changed'],
];

const reasons: Lie[] = [
  ...(['behind_in_order', 'declined', 'defaulted', 'blocked', 'dry_run'] as const).map((reason): Lie => [
    `${reason} is told to one of whom it is not so`,
    (b) => lost(b, 'opener', reason),
    `award: rsv_opener (bid.test): was told ${reason}, and that is not so`,
  ]),
  [
    'outbid is told where nobody bid',
    (b) => lost(b, 'second', 'outbid'),
    'award: rsv_second (won.test): was told outbid, and that is not so',
  ],
  [
    'unfunded is told to one whose money was held at the cut-off',
    (b) => {
      lost(b, 'rival', 'unfunded');
      entry(b, 'end:rival').at = new Date(Date.UTC(2026, 4, 3));
      const facts = { terms: { fixedAt: Date.UTC(2026, 4, 2) } };
      b.store.awards.push({ _id: 'c', name: 'bid.test', livemode: false, decisions: [{ facts }] } as never);
    },
    'award: rsv_rival (bid.test): was told unfunded, and that is not so',
  ],
];

test.each([...bids, ...auctions, ...money, ...reasons])('%s: the audit says so', (_what, lie, found) => {
  const books = agreedBook();
  lie(books);
  expect(audit(books)).toContainEqual(expect.stringContaining(found));
});

test('a bid that was never answered may count', () => {
  const books = agreedBook();
  told(books, 'rival').answers = [];
  expect(audit(books)).toEqual([]);
});

test('raising an own lead changes no price, a tie goes to the earlier bid, and the audit counts so without the rules', () => {
  const {
    auctions: [book],
    bids: [opening, high, rival],
  } = agreedBook().store as Required<Books['store']>;
  if (!book || !opening || !high || !rival) throw new Error('the book has changed');
  const count = (...maxima: [who: typeof high, max: number][]) =>
    standingAmong(book, [opening, ...maxima.map(([who, max], seq) => ({ ...who, max, seq }))], () => true);
  expect(count()).toEqual({ winner: 'rsv_opener', price: 6_900 });
  expect(count([high, 15_000], [rival, 14_500], [high, 30_000])).toEqual({ winner: 'rsv_bidder', price: 15_000 });
  expect(count([high, 15_000], [rival, 15_000])).toEqual({ winner: 'rsv_bidder', price: 15_000 });
  expect(count([high, 15_000], [rival, 20_000])).toEqual({ winner: 'rsv_rival', price: 16_000 });
});

test('whatever is bid and whoever is passed over, the audit counts what the rules come to', () => {
  const book = auction(agreedBook());
  const amount = fc.integer({ min: 6_900, max: 16_000 });
  const budgets = fc.tuple(...book.entrants.map(() => fc.option(amount, { nil: undefined })));
  const sent = fc.array(fc.record({ who: fc.nat({ max: 2 }), max: amount }), { maxLength: 12 });
  fc.assert(
    fc.property(budgets, sent, fc.subarray(book.entrants, { minLength: 1 }), (proxies, tried, left) => {
      const entrants = book.entrants.map((one, ordinal) => {
        const proxyMax = proxies[ordinal];
        return { ...one, ordinal, ...(proxyMax !== undefined && { proxyMax }) };
      });
      const terms = { currency: 'USD' as const, listPrice: 6_900, policy: book.policy, entrants, startedAt: 0 };
      const bids = emptyBids();
      let stands = openAuction(terms);
      for (const { who, max } of tried) {
        const placed = placeBid(stands, { reservation: book.entrants[who]?.reservation ?? '', max }, 1);
        if (placed.kind !== 'taken') continue;
        stands = placed.auction;
        noteBid(bids, placed.bid);
      }
      const [opening] = agreedBook().store.bids;
      const all = [{ entrant: 0, max: 6_900 }, ...proxyBids(terms), ...bidsOf(bids)];
      const docs = all.map(({ entrant, max }, seq) => ({ ...opening, ...book.entrants[entrant], max, seq }) as BidDoc);
      const remain = (id: string) => left.some(({ reservation }) => reservation === id);
      const gone = entrants.flatMap(({ reservation }) => (remain(reservation) ? [] : [reservation]));
      const came = recompute({ terms, bids }, gone);
      expect(standingAmong(book, docs, remain)).toEqual({ winner: came?.winner, price: came?.price.amount });
    }),
  );
});
