/**
 * What is asked of the ledger. Each call is one operation, and the same operation again is answered as it was and changes nothing;
 * a refusal leaves no trace, so what was refused may be done later under the same name.
 */
import { decide, NOTHING, type Terms } from '../rules/ledger.ts';
import { usd, type Money } from '../rules/money.ts';
import { InvariantViolation } from './event-hash.ts';
import {
  accountOf,
  Entries,
  findEntry,
  lastEntry,
  lastOfReservation,
  monthAt,
  spentIn,
  type AccountKey,
  type EntryDoc,
} from './ledger-entries.ts';
import { operate, termsOf, type Done } from './ledger-operation.ts';

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
  /** Of a bid's hold alone: it was undone, be it before it was done. */
  | { kind: 'undone' };

export type CaptureAnswer = { kind: 'captured' } | { kind: 'insufficient' };

export interface HoldRequest extends Operation {
  name: string;
  amount: Money;
  auction?: string;
  /** The registrar's, where whoever asks has just read them. */
  terms?: Terms;
}

/** Sets the reservation's hold to exactly `amount`, up or down, whatever bids it was made of. */
export async function holdFor(request: HoldRequest): Promise<HoldAnswer> {
  return holdAnswer(await operate(request, { kind: 'hold', amount: request.amount.amount }));
}

/**
 * A hold of at least `amount` for one bid; `operation` is the bid's id. Bids of one reservation may be under way at once: the hold is
 * the most of what was held for good and of all bids not undone. `standing`: the maximum the auction is known to have taken of this
 * reservation, where it is known; smaller bids need not be remembered then.
 */
export async function holdForBid({ standing, ...request }: HoldRequest & { standing?: Money }): Promise<HoldAnswer> {
  const done = await operate(request, { kind: 'bid', amount: request.amount.amount, ...standingOf(standing) });
  if (done.kind === 'there' && (done.entry.kind !== 'hold' || (await findEntry(undoOf(request.operation)))))
    return { kind: 'undone' };
  return holdAnswer(done);
}

export interface UndoBid extends Operation {
  standing?: Money;
  /** The registrar's, where whoever asks has just read them. */
  terms?: Terms;
}

const undoOf = (bid: string): string => `undo:${bid}`;
const standingOf = (standing: Money | undefined) => standing && { standing: standing.amount };

/**
 * The auction refused the bid `operation`, or never heard of it: what only that bid needed is held no longer. Where its hold is yet
 * to come, that will answer `undone`.
 */
export async function undoBidHold({ standing, ...request }: UndoBid): Promise<void> {
  const bid = request.operation;
  const barred = await operate(request, { kind: 'bar' });
  if (barred.kind === 'added') return;
  await operate({ ...request, operation: undoOf(bid) }, { kind: 'undo_bid', bid, ...standingOf(standing) });
}

export interface ReleaseRequest extends Operation {
  reason: string;
}

/** Where nothing is held nothing is done. */
export async function releaseHold(request: ReleaseRequest): Promise<void> {
  await operate(request, { kind: 'release' });
}

export interface CaptureRequest extends Operation {
  name: string;
  amount: Money;
}

/** Ends the hold and takes `amount`; more than was held only where it is available. */
export async function captureHold(request: CaptureRequest): Promise<CaptureAnswer> {
  const done = await operate(request, { kind: 'capture', amount: request.amount.amount });
  return done.kind === 'insufficient' ? { kind: 'insufficient' } : { kind: 'captured' };
}

/** The first of these operations that took a price, and what it took. */
export async function capturedBy(operations: readonly string[]): Promise<{ reservation: string; price: Money } | null> {
  const capture = await Entries.findOne({ _id: { $in: operations }, kind: 'capture' }).lean<EntryDoc>();
  return capture?.reservation === undefined ? null : { reservation: capture.reservation, price: usd(capture.amount) };
}

export interface FeeRequest extends Operation {
  amount: Money;
  reason: string;
}

/** Takes what is available of it; the rest is owed, and taken first from whatever comes. */
export async function chargeFee(request: FeeRequest): Promise<void> {
  await operate(request, { kind: 'fee', amount: request.amount.amount });
}

export interface GiveBackRequest extends Operation {
  amount: Money;
  /** The operation of the capture; each is given back once. */
  settles: string;
  reason: string;
}

/** Throws InvariantViolation where there is no such capture of this reservation. */
export async function giveBack({ settles, ...request }: GiveBackRequest): Promise<void> {
  const capture = await findEntry(settles);
  if (capture?.kind !== 'capture' || capture.reservation !== request.reservation || capture.month === undefined)
    throw new InvariantViolation(`${settles} is no capture of ${request.reservation}`);
  const captured = { operation: settles, amount: capture.amount, month: capture.month };
  await operate(request, { kind: 'give_back', amount: request.amount.amount, captured });
}

export interface Payment extends AccountKey {
  operation: string;
  amount: Money;
  reference: string;
  at: number;
}
export type PaymentAnswer =
  | { kind: 'booked'; entry: EntryDoc }
  | { kind: 'insufficient'; available: Money }
  /** The operation was done before, with another amount. */
  | { kind: 'another' };

export const deposit = (payment: Payment): Promise<PaymentAnswer> => pay('deposit', payment);
/** Pays out to the registrar what is its own, never credit and never what is held. */
export const refund = (payment: Payment): Promise<PaymentAnswer> => pay('refund', payment);

async function pay(kind: 'deposit' | 'refund', payment: Payment): Promise<PaymentAnswer> {
  const done = await operate(payment, { kind, amount: payment.amount.amount });
  switch (done.kind) {
    case 'insufficient':
      return { kind: 'insufficient', available: usd(done.available) };
    case 'there':
      return done.entry.amount === payment.amount.amount ? { kind: 'booked', entry: done.entry } : { kind: 'another' };
    case 'added':
      return { kind: 'booked', entry: done.entry };
    case 'nothing':
    case 'over_cap':
      throw new InvariantViolation(`a ${kind} was answered with ${done.kind}`);
  }
}

function holdAnswer(done: Done): HoldAnswer {
  switch (done.kind) {
    case 'insufficient':
      return { kind: 'insufficient', available: usd(done.available) };
    case 'over_cap':
      return { kind: 'over_cap', cap: done.cap };
    case 'added':
    case 'there':
      return { kind: 'held', amount: usd(done.entry.hold?.amount ?? 0) };
    case 'nothing':
      throw new InvariantViolation('a hold that changes nothing');
  }
}

export async function holdOf({ reservation, ...key }: AccountKey & { reservation: string }): Promise<Money | null> {
  const hold = (await lastOfReservation(accountOf(key), reservation))?.hold;
  return hold ? usd(hold.amount) : null;
}

export interface Claimed extends AccountKey {
  reservation: string;
  amount: Money;
}

/** For each claim: is `amount` held, or would it be, if all of these were held now in this order? Changes nothing. */
export async function isFunded(claims: readonly Claimed[], at: number): Promise<boolean[]> {
  const funded = new Set<Claimed>();
  for (const account of new Set(claims.map(accountOf))) {
    const own = claims.filter((claim) => accountOf(claim) === account);
    for (const claim of await fundedOf(account, own, at)) funded.add(claim);
  }
  return claims.map((claim) => funded.has(claim));
}

async function fundedOf(account: string, claims: readonly Claimed[], at: number): Promise<Claimed[]> {
  const [first] = claims;
  if (!first) return [];
  const [head, terms, spent] = await Promise.all([lastEntry(account), termsOf(first), spentIn(account, monthAt(at))]);
  const holds = await Promise.all(claims.map(({ reservation }) => lastOfReservation(account, reservation)));
  let now = head ?? NOTHING;
  return claims.filter(({ amount }, index) => {
    const { balance, held, owed } = now;
    const standing = { balance, held, owed, hold: holds[index]?.hold ?? null, spent };
    const decision = decide('would-be', { kind: 'bid', amount: amount.amount }, standing, terms);
    if (decision.kind === 'add') now = decision.draft;
    return decision.kind === 'add';
  });
}
