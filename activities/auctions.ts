/** What an auction tells the store, and its arbiter. */
import { ApplicationFailure } from '@temporalio/common';
import { QueryNotRegisteredError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { openAuction, proxyBids, take, type AuctionTerms } from '../rules/bidding.ts';
import type { AuctionState, TakenBidDoc } from '../store/auctions.ts';
import {
  auctionNewsUpdate,
  auctionWorkflowId,
  carriedAuction,
  domainWorkflowId,
  type AuctionCarried,
  type AuctionNews,
} from '../workflows/messages.ts';
import type { EngineDeps } from './deps.ts';

/** Bids that were taken up since the last one, and where the auction stands. Column by column, and maxima are sealed. */
export interface AuctionPublication {
  id: string;
  rev: number;
  /** With the first, and with the first of a later run while no bid was published. */
  opening?: AuctionTerms & { name: string; tld: string; livemode: boolean; clock?: string };
  status: 'open' | 'closed';
  price: number;
  minimum: number;
  /** A pseudonym, as all may see it. */
  leader: string;
  endsAt: number;
  extensions: number;
  /** Bids that were taken up so far. */
  count: number;
  /** How many of them raised their bidder's own lead. */
  raises: number;
  bids: {
    /** The place of the first of these. */
    from: number;
    ids: string[];
    entrants: number[];
    at: number[];
    maxima: number[];
    prices: number[];
    /** 0: outbid at once, 1: led, 2: raised its bidder's own lead. */
    led: number[];
  };
  at: number;
}

export const auctionActivities = (deps: EngineDeps) => ({
  /** Doing it twice is doing it once. */
  async publishAuction(publication: AuctionPublication): Promise<void> {
    const { id, opening } = publication;
    const state = stateOf(publication);
    if (opening) {
      const { name, tld, livemode, clock, currency, listPrice, policy, startedAt } = opening;
      const entrants = opening.entrants.map(({ reservation, bidder }) => ({ reservation, bidder }));
      const terms = {
        name,
        tld,
        livemode,
        ...(clock && { test_clock: clock }),
        currency,
        list_price: listPrice,
        policy,
      };
      await deps.store.beginAuction(id, { ...terms, entrants, started: new Date(startedAt) }, state);
    }
    await deps.store.publishAuction(id, state, [...(opening ? openingBids(id, opening) : []), ...takenIn(publication)]);
  },

  /** What an auction that was ended by hand had taken up, published or not: its history tells, as long as Temporal keeps it. */
  async recoverAuction({ id }: { id: string }): Promise<{ carried: AuctionCarried; over: boolean }> {
    try {
      return await deps.client.workflow.getHandle(auctionWorkflowId(id)).query(carriedAuction);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError || error instanceof QueryNotRegisteredError)) throw error;
      throw ApplicationFailure.nonRetryable('nobody knows any more what it had taken up', 'auction_unknown');
    }
  },

  /** The arbiter tells the reservations. One that is gone tells them by what it reads when it comes back. */
  async tellArbiter({
    name,
    news,
    underClock,
  }: {
    name: string;
    news: AuctionNews;
    underClock: boolean;
  }): Promise<void> {
    const answer = await tell(deps.client, name, news, underClock);
    if (underClock && answer === 'pending')
      throw ApplicationFailure.retryable('news is not recorded yet', 'not_recorded');
  },
});

async function tell(client: Client, name: string, news: AuctionNews, untilRecorded: boolean) {
  try {
    const handle = client.workflow.getHandle(domainWorkflowId(name));
    return await handle.executeUpdate(auctionNewsUpdate, { args: [{ news, untilRecorded }] });
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'gone';
    throw error;
  }
}

const stateOf = ({
  rev,
  status,
  price,
  minimum,
  leader,
  endsAt,
  extensions,
  count,
  raises,
  at,
}: AuctionPublication): AuctionState => ({
  rev,
  status,
  price,
  minimum,
  leader,
  ends: new Date(endsAt),
  extensions,
  bids: count,
  raises,
  as_of: new Date(at),
});

const takenIn = ({ bids }: AuctionPublication): TakenBidDoc[] =>
  bids.ids.map((id, index) => ({
    id,
    seq: bids.from + index,
    entrant: bids.entrants[index] as number,
    max: bids.maxima[index] as number,
    at: bids.at[index] as number,
    price: bids.prices[index] as number,
    leading: bids.led[index] !== 0,
    raise: bids.led[index] === 2,
  }));

/** The opening bid and the budgets placed with it, as bids that everybody sees: their places are before the first. */
function openingBids(id: string, terms: AuctionTerms): TakenBidDoc[] {
  const proxies = proxyBids(terms);
  const { entrants, listPrice, startedAt } = terms;
  let auction = openAuction({ ...terms, entrants: entrants.map(({ proxyMax: _, ...entrant }) => entrant) });
  const opened = {
    id: openingId(id, 0),
    entrant: 0,
    max: listPrice,
    at: startedAt,
    price: listPrice,
    leading: true,
    raise: false,
  };
  const placed = proxies.map((bid, index) => {
    const raise = bid.entrant === auction.leader;
    auction = take(auction, bid);
    const leading = auction.leader === bid.entrant;
    return { ...bid, id: openingId(id, index + 1), price: auction.price, leading, raise };
  });
  return [opened, ...placed].map((bid, index) => ({ ...bid, seq: index - placed.length - 1 }));
}

const openingId = (auction: string, index: number): string =>
  `bid_${auction.slice('auc_'.length)}${String(index).padStart(4, '0')}`;
