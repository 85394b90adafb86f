/**
 * What an operation adds to an account, or why it is refused. An account is a registrar's money in one mode: append-only entries,
 * each with what stands after it. Available = balance + credit limit - held; no operation takes it below zero. Amounts are minor
 * units of the account's currency.
 */
import { heldExactly, withBid, withoutBid, type Hold } from './holds.ts';

export const ENTRY_KINDS = ['deposit', 'refund', 'hold', 'release', 'capture', 'fee', 'give_back'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** What stands after an entry. `owed`: fees that nothing was there for yet; they are taken first from whatever comes. */
export interface Balances {
  balance: number;
  held: number;
  owed: number;
}

export const NOTHING: Balances = { balance: 0, held: 0, owed: 0 };

/** What the operator has set. Caps: null is none. */
export interface Terms {
  creditLimit: number;
  perName: number | null;
  perMonth: number | null;
}

export interface Captured {
  operation: string;
  amount: number;
  month: string;
}

export interface Standing extends Balances {
  /** This reservation's. */
  hold: Hold | null;
  /** Captured less given back, of the month that the operation counts in. */
  spent: number;
}

export type Ask =
  | { kind: 'deposit' | 'refund' | 'hold' | 'capture' | 'fee'; amount: number }
  | { kind: 'bid'; amount: number; standing?: number }
  | { kind: 'undo_bid'; bid: string; standing?: number }
  /** Takes the operation's place, so that whatever else would come under its name comes too late. */
  | { kind: 'bar' }
  | { kind: 'release' }
  | { kind: 'give_back'; amount: number; captured: Captured };

/** An entry as it will be added, but for its place. */
export interface Draft extends Balances {
  kind: EntryKind;
  amount: number;
  /** The operation that this one ends: a hold's or a capture's. */
  settles: string | null;
  /** The reservation's from here on. */
  hold: Hold | null;
  /** Null: it says nothing of what was spent. */
  spent: number | null;
}

export type Decision =
  | { kind: 'add'; draft: Draft }
  | { kind: 'nothing' }
  | { kind: 'insufficient'; available: number }
  | { kind: 'over_cap'; cap: 'per_name' | 'per_month' };

/** What may be held or taken now; negative where the operator has lowered the credit limit below what was given. */
export const availableOf = ({ balance, held, owed }: Balances, creditLimit: number): number =>
  balance + creditLimit - held - owed;

/** The operator pays out what is the registrar's, never credit. */
const payable = (now: Balances, limit: number): number => Math.min(now.balance - now.owed, availableOf(now, limit));

/** The balances after a change; what is owed is taken from what is then available. */
export function after(before: Balances, change: Partial<Balances>, creditLimit: number): Balances {
  const { balance, held, owed } = {
    balance: before.balance + (change.balance ?? 0),
    held: before.held + (change.held ?? 0),
    owed: before.owed + (change.owed ?? 0),
  };
  const taken = Math.min(owed, Math.max(0, balance + creditLimit - held));
  return { balance: balance - taken, held, owed: owed - taken };
}

const notBelowZero = (available: number): number => Math.max(0, available);
const insufficient = (available: number): Decision => ({ kind: 'insufficient', available: notBelowZero(available) });

/** What an entry changes, from its amount, what was held for the reservation before, and what is from now on. */
export function changeOf({ kind, amount }: Pick<Draft, 'kind' | 'amount'>, was: number, is: number): Partial<Balances> {
  switch (kind) {
    case 'deposit':
    case 'give_back':
      return { balance: amount };
    case 'refund':
      return { balance: -amount };
    case 'fee':
      return { owed: amount };
    case 'capture':
      return { balance: -amount, held: is - was };
    case 'hold':
    case 'release':
      return { held: is - was };
  }
}

/** Amounts are positive safe integers (a hold's, a capture's or a fee's may be 0); anything else is a broken invariant and throws. */
export function decide(operation: string, ask: Ask, now: Standing, terms: Terms): Decision {
  if ('amount' in ask && !(Number.isSafeInteger(ask.amount) && ask.amount >= 0))
    throw new RangeError('an amount is a safe integer, and not negative');
  const draft = (kind: EntryKind, amount: number, rest: Partial<Draft> = {}): Decision => {
    const entry = { kind, amount, settles: null, hold: now.hold, spent: null, ...rest };
    const change = changeOf(entry, now.hold?.amount ?? 0, entry.hold?.amount ?? 0);
    return { kind: 'add', draft: { ...entry, ...after(now, change, terms.creditLimit) } };
  };
  const settles = now.hold?.operation ?? null;
  const available = availableOf(now, terms.creditLimit);
  switch (ask.kind) {
    case 'deposit':
    case 'fee':
      return draft(ask.kind, ask.amount);
    case 'refund': {
      const most = payable(now, terms.creditLimit);
      return ask.amount > most ? insufficient(most) : draft('refund', ask.amount);
    }
    case 'hold':
      return held(heldExactly(operation, ask.amount));
    case 'bid':
      return held(withBid(now.hold, { bid: operation, amount: ask.amount }, ask.standing), ask.amount);
    case 'undo_bid': {
      const hold = now.hold && withoutBid(now.hold, ask.bid, operation, ask.standing);
      return hold ? held(hold) : { kind: 'nothing' };
    }
    case 'release':
      return now.hold ? draft('release', now.hold.amount, { settles, hold: null }) : { kind: 'nothing' };
    case 'bar':
      return draft('release', 0);
    case 'capture': {
      const more = ask.amount - (now.hold?.amount ?? 0);
      // A hold is worth what stands behind it: where the credit was cut meanwhile, it covers nothing.
      if (more > available) return insufficient(available);
      return draft('capture', ask.amount, { settles, hold: null, spent: now.spent + ask.amount });
    }
    case 'give_back':
      if (ask.amount > ask.captured.amount) throw new RangeError('more would be given back than was taken');
      return draft('give_back', ask.amount, {
        settles: ask.captured.operation,
        spent: now.spent - ask.amount,
      });
  }

  /** `asked`: what a bid asked for, which may be less than is held for the reservation already. */
  function held(hold: Hold, asked = hold.amount): Decision {
    const more = hold.amount - (now.hold?.amount ?? 0);
    if (more > 0) {
      if (terms.perName !== null && hold.amount > terms.perName) return { kind: 'over_cap', cap: 'per_name' };
      if (terms.perMonth !== null && now.spent + now.held + more > terms.perMonth)
        return { kind: 'over_cap', cap: 'per_month' };
      if (more > available) return insufficient(available);
    }
    if (hold.amount === 0) return draft('release', now.hold?.amount ?? 0, { settles, hold: null });
    return draft('hold', asked, { settles, hold });
  }
}
