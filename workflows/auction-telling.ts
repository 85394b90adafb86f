/**
 * What an auction tells while it runs: the store, for those who read, and its arbiter, for the reservations. One coroutine, one thing at
 * a time and with a pause between, so that whatever happens meanwhile goes into the next batch: ten thousand bids are told in a few
 * hundred activities.
 */
import { condition } from '@temporalio/workflow';
import type { AuctionPublication } from '../activities/auctions.ts';
import { leaderOf, minimumOf, newsPauseMs } from '../rules/bidding.ts';
import { writes } from './activities.ts';
import type { Support } from './attempt.ts';
import type { BidBook } from './bid-book.ts';
import { realTime, type Time } from './clock.ts';
import type { AuctionCarried, AuctionInput, AuctionNews } from './messages.ts';

const BATCH = 500;
/** Those who watch are shown what is new twice a second; to publish bids more often would take time from taking them up. */
const BIDS_PAUSE_MS = 400;

type Told = AuctionCarried['told'];

export interface Teller {
  /** Something changed that bids do not show: the end is near, or there. */
  changed(): void;
  /** Leader or end may have moved by a bid of this reservation's. */
  heardBid(leaderBefore: string): void;
  remind(): void;
  /** Nothing is under way, and nothing is to be told at once. */
  idle(): boolean;
  /** Begins nothing more; resolves when nothing is under way. */
  rest(): Promise<void>;
  carry(): Told;
  /** Runs until it is to rest. */
  run(): Promise<void>;
}

interface Telling {
  input: AuctionInput;
  book: BidBook;
  time(): Time;
  support(): Support;
  isClosed(): boolean;
}

/** Nobody is told yet: who bid as it opened and does not lead is outbid from the start. */
function nothingTold({ auction }: BidBook): Told {
  const outbid = auction.standings.flatMap((standing, index) =>
    standing && index !== auction.leader ? [auction.terms.entrants[index]?.reservation ?? ''] : [],
  );
  return { rev: 0, bids: 0, news: 0, newsAt: 0, extensions: 0, closing: false, outbid };
}

export function teller({ input, book, time, support, isClosed }: Telling): Teller {
  const told = input.carried?.told ?? nothingTold(book);
  const outbid = new Set(told.outbid);
  // Before the first bid, and as it goes on where it had stood still.
  let stale = told.bids === 0;
  let closing = false;
  let busy = false;
  let resting = false;

  let publishedAt = 0;

  const never = Number.POSITIVE_INFINITY;
  const hasNews = () => outbid.size > 0 || closing || book.auction.extensions > told.extensions;
  /** Under a test clock nothing may stay untold: time would move on. */
  const newsDueAt = () => {
    if (!hasNews() || isClosed()) return never;
    if (input.clock) return 0;
    return told.newsAt + newsPauseMs(told.news, book.auction.endsAt - time().now(), book.auction.terms.policy);
  };
  const stateDueAt = () => {
    if (stale) return 0;
    if (told.bids === book.count) return never;
    return input.clock || isClosed() ? 0 : publishedAt + BIDS_PAUSE_MS;
  };
  const dueAt = () => Math.min(stateDueAt(), newsDueAt());
  const isDue = () => time().now() >= dueAt();

  async function publish(): Promise<void> {
    stale = false;
    publishedAt = time().now();
    const publication = publicationOf(input, book, told.bids, ++told.rev, isClosed(), time().now());
    told.bids += publication.bids.ids.length;
    await support().attempt({
      name: 'publish_auction',
      skippable: true,
      run: () => writes(`Publish ${publication.bids.ids.length} bid(s) and the state`).publishAuction(publication),
    });
  }

  async function tellArbiter(): Promise<void> {
    const news = newsOf(input, book, ++told.news, time().now(), {
      outbid: [...outbid],
      extended: book.auction.extensions > told.extensions,
      closing,
    });
    outbid.clear();
    closing = false;
    told.newsAt = news.at;
    told.extensions = news.extensions;
    const { name, clock } = input;
    await support().attempt({
      name: 'tell_arbiter',
      skippable: true,
      run: () =>
        writes(`Tell the arbiter of ${name}: ${news.outbid.length} outbid`).tellArbiter({
          name,
          news,
          underClock: clock !== undefined,
        }),
    });
  }

  return {
    changed: () => void (stale = true),
    heardBid: (before) => {
      if (before === book.leader) return;
      outbid.add(before);
      outbid.delete(book.leader);
    },
    remind: () => {
      told.closing = true;
      closing = true;
    },
    idle: () => !busy && !isDue(),
    rest: async () => {
      resting = true;
      await condition(() => !busy);
    },
    carry: () => ({ ...told, outbid: [...outbid], closing: told.closing && !closing }),
    run: async () => {
      while (!resting) {
        const at = dueAt();
        if (isDue() || at === never) await condition(() => resting || isDue() || dueAt() < at);
        else await realTime().until(at, 'held back for the next batch', () => resting || dueAt() < at);
        if (resting) return;
        if (!isDue()) continue;
        busy = true;
        if (time().now() >= stateDueAt()) await publish();
        else await tellArbiter();
        busy = false;
      }
    },
  };
}

function publicationOf(
  input: AuctionInput,
  { auction, kept, count, raises }: BidBook,
  from: number,
  rev: number,
  closed: boolean,
  now: number,
): AuctionPublication {
  const { id, name, tld, livemode, clock, currency, listPrice, startedAt, policy, entrants } = input;
  const to = Math.min(count, from + BATCH);
  const { price, endsAt, extensions } = auction;
  return {
    id,
    rev,
    // Again where it goes on: the first may not have come there.
    ...((rev === 1 || (from === 0 && input.carried)) && {
      opening: { name, tld, livemode, ...(clock && { clock }), currency, listPrice, startedAt, policy, entrants },
    }),
    status: closed && to === count ? 'closed' : 'open',
    price,
    minimum: minimumOf(auction),
    leader: leaderOf(auction).bidder,
    endsAt,
    extensions,
    count,
    raises,
    bids: {
      from,
      ids: kept.ids.slice(from, to),
      entrants: kept.bids.entrants.slice(from, to),
      at: kept.bids.at.slice(from, to),
      maxima: kept.bids.maxima.slice(from, to),
      prices: kept.prices.slice(from, to),
      led: kept.led.slice(from, to),
    },
    at: now,
  };
}

const newsOf = (
  { id }: AuctionInput,
  book: BidBook,
  number: number,
  at: number,
  what: Pick<AuctionNews, 'outbid' | 'extended' | 'closing'>,
): AuctionNews => ({
  auction: id,
  number,
  at,
  price: book.money(book.auction.price),
  minimum: book.money(minimumOf(book.auction)),
  endsAt: book.auction.endsAt,
  extensions: book.auction.extensions,
  leader: book.leader,
  ...what,
});
