/** Money as workflows ask for it: by reservation, in batches, each operation once. Whose account it is the store knows. */
import type { Money } from '../rules/money.ts';

export interface MoneyClaim {
  reservation: string;
  /** Unique in the whole ledger; the same again changes nothing. */
  operation: string;
}

export type Funding =
  | { reservation: string; kind: 'held' }
  | { reservation: string; kind: 'insufficient' }
  | { reservation: string; kind: 'over_cap'; cap: 'per_name' | 'per_month' };

export interface MoneyActivities {
  /** Would each be held if all were held now, in this order? Changes nothing. */
  checkFunds(input: { claims: { reservation: string; amount: Money }[]; at: number }): Promise<{ unfunded: string[] }>;
  /** Holds exactly `amount` for each, in this order. */
  fundClaims(input: { claims: (MoneyClaim & { amount: Money; auction?: string })[]; at: number }): Promise<{
    answers: Funding[];
  }>;
  releaseClaims(input: { claims: (MoneyClaim & { reason: string })[]; at: number }): Promise<void>;
  captureAward(input: { claims: (MoneyClaim & { amount: Money })[]; at: number }): Promise<{
    answers: { reservation: string; kind: 'captured' | 'insufficient' }[];
  }>;
  /** Releases what is held, charges the fee, and notes a strike. Amount 0: no fee. */
  chargeDefault(input: {
    claims: (MoneyClaim & { amount: Money; reason: string; auction?: string })[];
    at: number;
  }): Promise<{
    strikes: string[];
  }>;
  /** `settles`: the operation of the capture. */
  giveBackAward(input: {
    claims: (MoneyClaim & { amount: Money; settles: string; reason: string })[];
    at: number;
  }): Promise<void>;
  /** Those of the reservations that strikes keep from bidding. */
  blockedClaims(input: { reservations: string[]; at: number }): Promise<{ blocked: string[] }>;
}
