/**
 * An auction between those who reserved: proxy bids, the price they come to, who leads, and when it ends. Pure and total. Winner is the
 * highest maximum, ties go to the bid taken up first; the price is one step over the runner-up's maximum, at most the winner's own.
 */
import type { Currency, Money } from './money.ts';

/** The step over a price below the given amount (null: any). Ascending, the last is for any; minor units. */
export interface Step {
  below: number | null;
  step: number;
}

/** How auctions are held: data of each TLD's (registry/policies). */
export interface AuctionFigures {
  durationMs: number;
  /** A change of leader or price with less than this to go moves the end to this far ahead. */
  softCloseMs: number;
  maxExtensions: number;
  steps: Step[];
  /** Those who bid are reminded so long before the end. */
  closingMs: number;
}

/** As it is fixed for one auction: the version is that of the award's policy. */
export interface AuctionPolicy extends AuctionFigures {
  version: string;
}

/** One that may bid: a funded claim. `bidder` is what others see of it, random for each auction. */
export interface Entrant {
  reservation: string;
  ordinal: number;
  bidder: string;
  /** `bidding: up_to_budget`: its budget, placed as one bid as the auction opens. The hold for it is there already. */
  proxyMax?: number;
}

/** What an auction is held under. `entrants` are in claim order: the earliest opens at `listPrice`, at the first instant. */
export interface AuctionTerms {
  currency: Currency;
  listPrice: number;
  policy: AuctionPolicy;
  entrants: Entrant[];
  startedAt: number;
  /** Each time it stood still and went on, after so many bids: it ends no earlier than that. */
  resumed?: { bids: number; endsAt: number }[];
}

/** A bid that was taken up: whose (index into entrants), its maximum, the instant. Their order is the order they were taken up in. */
export interface TakenBid {
  entrant: number;
  max: number;
  at: number;
}

/** All that decides an auction's outcome, also one without some of its entrants. */
export interface AuctionBook {
  terms: AuctionTerms;
  /** Column by column, so that ten thousand bids stay small, and under a name that is sealed on its way. */
  bids: { entrants: number[]; at: number[]; maxima: number[] };
}

export interface Rank {
  reservation: string;
  max: number;
  takenAt: number;
  seq: number;
}

export interface Ranking {
  winner: string;
  price: Money;
  /** Everyone with a maximum, the winner first. */
  order: Rank[];
}

/** One that has a maximum: `seq` tells bids of one instant apart. */
interface Standing {
  max: number;
  at: number;
  seq: number;
}

/** An auction as it stands. What each bid was is in its book; this is what the next one is measured against. */
export interface Auction {
  terms: AuctionTerms;
  /** By entrant; null: no bid of its own. */
  standings: (Standing | null)[];
  /** Index into entrants. */
  leader: number;
  /** The highest maximum but the leader's; null: there is no other. */
  runnerUp: number | null;
  price: number;
  endsAt: number;
  extensions: number;
  seq: number;
}

export type BidRefusal =
  | { kind: 'auction_closed' }
  | { kind: 'not_an_entrant' }
  /** `minimum` is the least this reservation may bid now. */
  | { kind: 'below_minimum'; minimum: number };

export interface Bid {
  reservation: string;
  max: number;
}

/** Throws a RangeError where there are no entrants or a proxy bid under the list price: that is a broken invariant, not an auction. */
export function openAuction(terms: AuctionTerms): Auction {
  const { entrants, listPrice, startedAt, policy } = terms;
  if (entrants.length === 0) throw new RangeError('an auction needs an entrant');
  if (entrants.some(({ proxyMax = listPrice }) => proxyMax < listPrice))
    throw new RangeError('a proxy bid is at least the list price');
  const opened: Auction = {
    terms,
    standings: entrants.map((_, index) => (index === 0 ? { max: listPrice, at: startedAt, seq: 0 } : null)),
    leader: 0,
    runnerUp: null,
    price: listPrice,
    endsAt: startedAt + policy.durationMs,
    extensions: 0,
    seq: 0,
  };
  return proxyBids(terms).reduce(take, opened);
}

/** The budgets that are placed as it opens, all at one instant: none is too low for what an earlier one brought the price to. */
export const proxyBids = ({ entrants, listPrice, startedAt }: AuctionTerms): TakenBid[] =>
  entrants.flatMap(({ proxyMax }, entrant) =>
    proxyMax === undefined || (entrant === 0 && proxyMax === listPrice)
      ? []
      : [{ entrant, max: proxyMax, at: startedAt }],
  );

export function stepOver(amount: number, steps: readonly Step[]): number {
  const found = steps.find(({ below }) => below === null || amount < below);
  if (!found) throw new RangeError('the last step is for any amount');
  return found.step;
}

/** The least that somebody who does not lead may bid. */
export const minimumOf = ({ price, terms }: Auction): number => price + stepOver(price, terms.policy.steps);

/** Undefined: the bid is good. At `endsAt` it is too late. */
function refusalOf(auction: Auction, { reservation, max }: Bid, now: number): BidRefusal | undefined {
  if (now >= auction.endsAt) return { kind: 'auction_closed' };
  const entrant = entrantOf(auction, reservation);
  if (entrant < 0) return { kind: 'not_an_entrant' };
  const own = auction.standings[entrant];
  // A leader raises above its own maximum: a bid is never withdrawn. What others bid is always above what they bid before.
  const minimum = entrant === auction.leader && own ? own.max + 1 : minimumOf(auction);
  return Number.isSafeInteger(max) && max >= minimum ? undefined : { kind: 'below_minimum', minimum };
}

export type Placed = { kind: 'taken'; auction: Auction; bid: TakenBid } | BidRefusal;

export function placeBid(auction: Auction, bid: Bid, now: number): Placed {
  const refusal = refusalOf(auction, bid, now);
  if (refusal) return refusal;
  const taken = { entrant: entrantOf(auction, bid.reservation), max: bid.max, at: now };
  return { kind: 'taken', auction: take(auction, taken), bid: taken };
}

/** A bid that is good, or was when it was taken. */
export function take(auction: Auction, { entrant, max, at }: TakenBid): Auction {
  const { leader, runnerUp, standings, terms } = auction;
  const seq = auction.seq + 1;
  const next = { ...auction, seq, standings: standings.with(entrant, { max, at, seq }) };
  // Raising one's own lead changes no price and extends nothing, also where the old maximum was what held the price down.
  if (entrant === leader) return next;
  const highest = standings[leader]?.max ?? terms.listPrice;
  const leads = max > highest;
  const second = leads ? highest : Math.max(runnerUp ?? 0, max);
  if (!leads && second === runnerUp) return next;
  const price = Math.min(Math.max(max, highest), second + stepOver(second, terms.policy.steps));
  return extended({ ...next, leader: leads ? entrant : leader, runnerUp: second, price }, at);
}

/** Leader or price changed at this instant. */
function extended(auction: Auction, at: number): Auction {
  const { softCloseMs, maxExtensions } = auction.terms.policy;
  if (auction.extensions >= maxExtensions || auction.endsAt - at >= softCloseMs) return auction;
  return { ...auction, endsAt: at + softCloseMs, extensions: auction.extensions + 1 };
}

/** As it stands after these. Where it had stood still, bids from then on are measured against the end it was given. */
export function afterBids(terms: AuctionTerms, bids: readonly TakenBid[]): Auction {
  const goneOn = (auction: Auction, count: number): Auction =>
    (terms.resumed ?? [])
      .filter((one) => one.bids === count)
      .reduce((now, { endsAt }) => ({ ...now, endsAt: Math.max(now.endsAt, endsAt) }), auction);
  const taken = bids.reduce((auction, bid, index) => take(goneOn(auction, index), bid), openAuction(terms));
  return goneOn(taken, bids.length);
}

export const entrantOf = ({ terms }: Auction, reservation: string): number =>
  terms.entrants.findIndex((entrant) => entrant.reservation === reservation);

export const leaderOf = ({ terms, leader }: Auction): Entrant => terms.entrants[leader] as Entrant;

export const emptyBids = (): AuctionBook['bids'] => ({ entrants: [], at: [], maxima: [] });

export function noteBid(bids: AuctionBook['bids'], { entrant, max, at }: TakenBid): void {
  bids.entrants.push(entrant);
  bids.at.push(at);
  bids.maxima.push(max);
}

export const bidsOf = ({ entrants, at, maxima }: AuctionBook['bids']): TakenBid[] =>
  entrants.map((entrant, index) => ({ entrant, at: at[index] as number, max: maxima[index] as number }));

/** Whose it is after all bids. Where nobody bid it is the earliest entrant's, at the list price. */
export function ranking({ terms, bids }: AuctionBook): Ranking {
  const { standings, price } = bidsOf(bids).reduce(take, openAuction(terms));
  const order = standings
    .flatMap((standing, index) => {
      const { reservation } = terms.entrants[index] as Entrant;
      return standing ? [{ reservation, max: standing.max, takenAt: standing.at, seq: standing.seq }] : [];
    })
    .toSorted((a, b) => b.max - a.max || a.seq - b.seq);
  return { winner: (order[0] as Rank).reservation, price: { amount: price, currency: terms.currency }, order };
}

/**
 * What the auction would have come to, held without these reservations; undefined: nobody is left. A bid that was good then is good
 * without others too: the price it had to beat is no higher, and who bid twice bid more the second time.
 */
export function recompute(book: AuctionBook, without: readonly string[]): Ranking | undefined {
  const gone = new Set(without);
  const stay = book.terms.entrants.flatMap(({ reservation }, index) => (gone.has(reservation) ? [] : [index]));
  if (stay.length === 0) return undefined;
  const renumbered = new Map(stay.map((index, at) => [index, at]));
  const bids = emptyBids();
  for (const bid of bidsOf(book.bids)) {
    const entrant = renumbered.get(bid.entrant);
    if (entrant !== undefined) noteBid(bids, { ...bid, entrant });
  }
  return ranking({
    terms: { ...book.terms, entrants: stay.map((index) => book.terms.entrants[index] as Entrant) },
    bids,
  });
}

/** How much is told of an open auction by itself: at once as long as little happened, then ever less, and often again near its end. */
const PROMPT_NEWS = 100;
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** The least time between two batches of news, after so many, with so long to go. */
export function newsPauseMs(batches: number, leftMs: number, { softCloseMs }: AuctionPolicy): number {
  if (batches < PROMPT_NEWS) return SECOND_MS;
  return leftMs <= softCloseMs ? 15 * SECOND_MS : 5 * MINUTE_MS;
}

/** When those who bid are reminded of the end; undefined: it was never further off. */
export const closingAt = ({ durationMs, closingMs }: AuctionPolicy, endsAt: number): number | undefined =>
  durationMs > closingMs ? endsAt - closingMs : undefined;
