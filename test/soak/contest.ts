/** The part of the book that an auction writes: three bid, the second wins at one step over the third, and its price is taken. */
import type { Books, ToldBid } from '../../dev/soak/books.ts';
import type { BidDoc } from '../../store/auctions.ts';
import type { EntryDoc } from '../../store/ledger-entries.ts';

const START = Date.UTC(2026, 4, 1);
const ACCOUNT = 'rgr_1/test';
const AUCTION = 'auc_1';
const entrants = ['opener', 'bidder', 'rival'].map((who) => ({
  reservation: `rsv_${who}`,
  registrar: 'rgr_1',
  bidder: `bidder-${who}`,
}));

const bid = (id: string, who: string, max: number, seq: number): BidDoc => ({
  ...{ _id: `bid_${id}`, auction: AUCTION, reservation: `rsv_${who}`, registrar: 'rgr_1', bidder: `bidder-${who}` },
  ...{ max, created: new Date(START), seq, at: new Date(START + Math.max(0, seq)), price: null, leading: null },
  given_up: null,
  raise: false,
});

const toldBid = (id: string, who: string, max: number, answer: ToldBid['answers'][number]): ToldBid => ({
  ...{ key: `key-${id}`, registrar: 'rgr_1', auction: AUCTION, reservation: `rsv_${who}`, max, sent: 1 },
  answers: [answer],
});

/** Money as far as the audit looks at it: whether entries add up is the ledger's own check. */
function entry(id: string, kind: EntryDoc['kind'], who: string, amount: number, held: number, seq: number): EntryDoc {
  const hold = kind === 'hold' ? { operation: id, amount, base: amount, bids: [] } : null;
  return {
    ...{ _id: id, account: ACCOUNT, seq, kind, amount, currency: 'USD', reservation: `rsv_${who}`, hold, held },
    ...{ balance: 0, owed: 0, credit_limit: 1_000_000, at: new Date(START), previous_hash: '', hash: '' },
  };
}

/** `first` is who won the other name for the list price. */
export const contested = (): Pick<Books['store'], 'auctions' | 'bids' | 'awards' | 'entries' | 'strikes'> => ({
  auctions: [
    {
      ...{ _id: AUCTION, name: 'bid.test', tld: 'test', livemode: false, currency: 'USD', list_price: 6_900, entrants },
      policy: {
        ...{ version: '1', durationMs: 10_000, softCloseMs: 0, maxExtensions: 0, closingMs: 0 },
        steps: [
          { below: 10_000, step: 500 },
          { below: null, step: 1_000 },
        ],
      },
      ...{ started: new Date(START), status: 'closed', price: 11_002, minimum: 12_002, leader: 'bidder-bidder' },
      ...{ ends: new Date(START + 10_000), extensions: 0, bids: 2, rev: 3, as_of: new Date(START) },
    },
  ],
  bids: [bid('opening', 'opener', 6_900, -1), bid('high', 'bidder', 15_001, 0), bid('rival', 'rival', 10_002, 1)],
  awards: [],
  entries: [
    entry('fund:first', 'hold', 'first', 6_900, 6_900, 1),
    entry('award:first', 'capture', 'first', 6_900, 0, 2),
    entry('bid_high', 'hold', 'bidder', 15_001, 15_001, 3),
    entry('bid_rival', 'hold', 'rival', 10_002, 25_003, 4),
    entry('award:bidder', 'capture', 'bidder', 11_002, 10_002, 5),
    entry('end:rival', 'release', 'rival', 10_002, 0, 6),
  ],
  strikes: [],
});

export const toldBids = (): ToldBid[] => [
  toldBid('high', 'bidder', 15_001, { status: 201, id: 'bid_high' }),
  toldBid('rival', 'rival', 10_002, { status: 201, id: 'bid_rival' }),
  toldBid('low', 'opener', 7_001, { status: 422, code: 'bid_below_minimum' }),
  { ...toldBid('lost', 'opener', 30_003, { status: 503 }), answers: [] },
];
