/**
 * The ledger: append-only entries, one insert an operation. The operation is the entry's id, so doing it twice is doing it once; the
 * serial of an account lets one operation at a time through; what an entry settles it settles alone.
 */
import type { Money } from '../rules/money.ts';

export interface AccountKey {
  registrar: string;
  livemode: boolean;
}

interface Operation extends AccountKey {
  /** Unique in all of the ledger, made from what it is for: a bid's id, `fund:<reservation>:<drop>`. */
  operation: string;
  reservation: string;
  /** Epoch ms, of the clock that the reservation lives by. */
  at: number;
}

export type HoldAnswer =
  | { kind: 'held'; amount: Money }
  | { kind: 'insufficient'; available: Money }
  | { kind: 'over_cap'; cap: 'per_name' | 'per_month' }
  /** Of a bid's hold alone: it was undone before it was done. */
  | { kind: 'undone' };

export type CaptureAnswer = { kind: 'captured' } | { kind: 'insufficient' };

export interface HoldRequest extends Operation {
  name: string;
  amount: Money;
  auction?: string;
}
/** Sets the reservation's hold to exactly `amount`, up or down, whatever bids it was made of. */
export declare function holdFor(request: HoldRequest): Promise<HoldAnswer>;

/**
 * A hold of at least `amount` for one bid; `operation` is the bid's id. Bids of one reservation may be under way at once: the hold is
 * the most of what was held for good and of all bids not undone. `standing`: the maximum the auction is known to have taken of this
 * reservation, where it is known; smaller bids need not be remembered then.
 */
export declare function holdForBid(request: HoldRequest & { standing?: Money }): Promise<HoldAnswer>;

export interface UndoBid extends Operation {
  /** The bid's id, that is the operation of its hold. `operation` is derived from it (`undo:<bid>`). */
  standing?: Money;
}
/** The auction refused the bid `operation`, or never heard of it. Before its hold: that hold will answer `undone`. */
export declare function undoBidHold(request: UndoBid): Promise<void>;

export interface ReleaseRequest extends Operation {
  reason: string;
}
/** Where nothing is held nothing is done. */
export declare function releaseHold(request: ReleaseRequest): Promise<void>;

export interface CaptureRequest extends Operation {
  name: string;
  amount: Money;
}
/** Ends the hold and takes `amount`; more than was held only where it is available. */
export declare function captureHold(request: CaptureRequest): Promise<CaptureAnswer>;

export interface FeeRequest extends Operation {
  amount: Money;
  reason: string;
}
/** Takes what is available of it; the rest is owed, and taken first from whatever comes. */
export declare function chargeFee(request: FeeRequest): Promise<void>;

export interface GiveBackRequest extends Operation {
  amount: Money;
  /** The operation of the capture; each is given back once. */
  settles: string;
  reason: string;
}
export declare function giveBack(request: GiveBackRequest): Promise<void>;

export declare function holdOf(where: AccountKey & { reservation: string }): Promise<Money | null>;

export interface Claimed extends AccountKey {
  reservation: string;
  amount: Money;
}
/** For each claim, in order: is `amount` held, or would it be if all of them were held now? */
export declare function isFunded(claims: readonly Claimed[], at: number): Promise<boolean[]>;
