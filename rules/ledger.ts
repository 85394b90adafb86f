/**
 * What an operation adds to an account, or why it is refused. An account is a registrar's money in one mode: append-only entries,
 * each with what stands after it. Available = balance + credit limit - held, and no operation of ours takes it below zero.
 */
import type { Currency } from './money.ts';

export const ENTRY_KINDS = ['deposit', 'refund', 'hold', 'release', 'capture', 'fee', 'give_back'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** What stands after an entry, in minor units. `owed`: fees that nothing was there for yet. */
export interface Balances {
  balance: number;
  held: number;
  owed: number;
}

/** What an account is judged by beyond its entries. Caps: null is none. */
export interface AccountTerms {
  currency: Currency;
  creditLimit: number;
  caps: { perName: number | null; perMonth: number | null };
}

/** Money to a bid that has not been decided yet, or was taken: the hold is the most of all. */
export interface BidHold {
  bid: string;
  amount: number;
}

/** One reservation's hold: the operation that made it what it is, and of what it consists. */
export interface Hold {
  operation: string;
  amount: number;
  base: number;
  bids: BidHold[];
}
