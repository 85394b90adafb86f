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

export interface AuctionPolicy {
  version: string;
  durationMs: number;
  /** A change of leader or price with less than this to go moves the end to this far ahead. */
  softCloseMs: number;
  maxExtensions: number;
  steps: Step[];
  /** Those who bid are reminded so long before the end. */
  closingMs: number;
  /** How long a winner has to pay what the holds do not cover. */
  paymentMs: number;
  /** How long each of the remaining has, once the winner defaulted. */
  offerMs: number;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** facts: GoDaddy's steps; NameJet's, DropCatch's and HEXONET's length; Dynadot's soft close and its cap. */
export const DEFAULT_AUCTION_POLICY: AuctionPolicy = {
  version: '2026-11-24',
  durationMs: 3 * DAY_MS,
  softCloseMs: 5 * MINUTE_MS,
  maxExtensions: 20,
  steps: [
    { below: 50_000, step: 500 },
    { below: 100_000, step: 1_000 },
    { below: 250_000, step: 2_500 },
    { below: 500_000, step: 5_000 },
    { below: 1_000_000, step: 10_000 },
    { below: null, step: 10_000 },
  ],
  closingMs: HOUR_MS,
  paymentMs: 48 * HOUR_MS,
  offerMs: 24 * HOUR_MS,
};

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

/** Whose it is after all bids. Without a single maximum over the list price it is the earliest entrant's, at the list price. */
export declare function ranking(book: AuctionBook): Ranking;

/** What the auction would have come to, held without these reservations; undefined: nobody is left. */
export declare function recompute(book: AuctionBook, without: readonly string[]): Ranking | undefined;
