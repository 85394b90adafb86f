/** What an auction sends through Temporal shows prices, and no maximum. */
import { defaultPayloadConverter } from '@temporalio/common';
import { DEFAULT_AUCTION_POLICY } from '../../registry/policies/award.ts';
import { ranking } from '../../rules/bidding.ts';
import { sealing } from '../../temporal/sealing.ts';
import { BidBook } from '../../workflows/bid-book.ts';
import type { AuctionCarried, AuctionInput, BidMessage } from '../../workflows/messages.ts';

const codec = sealing([Buffer.alloc(32, 7)]);
const PROXY = 733_117;
const MAX = 855_331;

const input: AuctionInput = {
  ...{ id: 'auc_1', name: 'contested.test', tld: 'test', livemode: false, currency: 'USD', listPrice: 6_900 },
  policy: DEFAULT_AUCTION_POLICY,
  entrants: [
    { reservation: 'rsv_1', ordinal: 1, bidder: 'bidder-1' },
    { reservation: 'rsv_2', ordinal: 2, bidder: 'bidder-2', proxyMax: PROXY },
  ],
  startedAt: 0,
  time: { tick: 0, now: 0 },
};

function afterOneBid() {
  const book = new BidBook(input);
  const message: BidMessage = { id: 'bid_1', reservation: 'rsv_1', max: MAX, givenUpAt: 1 };
  const answer = book.take(message, 0);
  const told: AuctionCarried['told'] = {
    ...{ rev: 1, bids: 1, news: 0, newsAt: 0, extensions: 0, closing: false, outbid: [] },
  };
  const carried: AuctionInput = { ...input, carried: { kept: book.kept, told, time: input.time } };
  return { input, message, answer, carried, result: { book: book.book, ranking: ranking(book.book) } };
}

test.each(Object.entries(afterOneBid()))('no maximum can be read in: %s', async (_what, sent) => {
  const payload = defaultPayloadConverter.toPayload(sent);
  const [sealed = payload] = await codec.encode([payload]);
  const text = Buffer.from(sealed.data ?? []).toString();
  expect(text).not.toContain(String(MAX));
  expect(text).not.toContain(String(PROXY));
  const [opened = sealed] = await codec.decode([sealed]);
  expect(defaultPayloadConverter.fromPayload(opened)).toEqual(sent);
});
