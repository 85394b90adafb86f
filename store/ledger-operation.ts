/**
 * One operation on an account: what stands is read, the rules decide, one insert does it. The operation is the entry's id, so doing it
 * twice is doing it once; where another operation came in between, it is decided anew on what stands then.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import type { Hold } from '../rules/holds.ts';
import { decide, NOTHING, type Ask, type Decision, type Terms } from '../rules/ledger.ts';
import { isDuplicate } from './connection.ts';
import { genesisOfAccount, sealEntry } from './entry-hash.ts';
import { InvariantViolation } from './event-hash.ts';
import {
  accountOf,
  Entries,
  entryAt,
  findEntry,
  lastEntry,
  lastOfReservation,
  monthAt,
  spentIn,
  type AccountKey,
  type EntryDoc,
} from './ledger-entries.ts';
import { findRegistrar } from './registrars.ts';

/** Others wrote to this account faster than we could read it. Nothing was done; later it can be. */
export class LedgerBusy extends Error {
  override readonly name = 'LedgerBusy';
}

export type Done = Exclude<Decision, { kind: 'add' }> | { kind: 'added' | 'there'; entry: EntryDoc };

export interface Facts extends AccountKey {
  operation: string;
  reservation?: string;
  name?: string;
  auction?: string;
  reference?: string;
  reason?: string;
  at: number;
}

const TRIES = 200;

/** An account at one head, with what has been read of it since: none of that can change until there is another head. */
interface Standing {
  head: EntryDoc | null;
  holds: Map<string, Hold | null>;
  spent: Map<string, number>;
}

/** As this process last knew them. The store is asked each time whether that is still the head. */
const standings = new LRUCache<string, Standing>({ max: 1_000 });
/** An account of more reservations is read anew from time to time. */
const MOST_HOLDS = 10_000;

/** One at a time per account in this process; processes meet at the serial. */
const queues = new Map<string, pLimit.Limit>();

export async function operate(facts: Facts, ask: Ask): Promise<Done> {
  const account = accountOf(facts);
  const queue = queues.get(account) ?? pLimit(1);
  queues.set(account, queue);
  try {
    return await queue(() => tryUntilDone(account, facts, ask));
  } finally {
    if (queue.activeCount + queue.pendingCount === 0) queues.delete(account);
  }
}

async function tryUntilDone(account: string, facts: Facts, ask: Ask): Promise<Done> {
  for (let tries = 0; tries < TRIES; tries++) {
    const done = await tryOnce(account, facts, ask);
    if (done) return done;
    await pause(Math.random() * Math.min(tries, 20));
  }
  throw new LedgerBusy(account);
}

/** Undefined: another operation took the place in between. */
async function tryOnce(account: string, facts: Facts, ask: Ask): Promise<Done | undefined> {
  const { operation, reservation, at } = facts;
  const [there, standing, terms] = await Promise.all([findEntry(operation), standingNow(account), termsOf(facts)]);
  if (there) return { kind: 'there', entry: sameOperation(there, account, facts) };
  const { head } = standing;
  const month = ask.kind === 'give_back' ? ask.captured.month : monthAt(at);
  // Only after the head: what was read of an account before its head may be older than it, and nobody would notice.
  const [hold, spent] = await Promise.all([holdAt(standing, account, reservation), spentAt(standing, account, month)]);
  const { balance, held, owed } = head ?? NOTHING;
  if (ask.kind === 'give_back' && (await Entries.exists({ settles: ask.captured.operation })))
    return { kind: 'nothing' };
  const decision = decide(operation, ask, { balance, held, owed, hold, spent }, terms);
  if (decision.kind !== 'add') return decision;
  const { settles, spent: spentNow, ...draft } = decision.draft;
  const entry = sealEntry({
    _id: operation,
    account,
    seq: (head?.seq ?? 0) + 1,
    ...draft,
    currency: 'USD',
    ...(settles !== null && { settles }),
    ...described(facts),
    ...(spentNow !== null && { month, spent: spentNow }),
    credit_limit: terms.creditLimit,
    at: new Date(at),
    previous_hash: head?.hash ?? genesisOfAccount(account),
  });
  try {
    await Entries.create(entry);
    standing.head = entry;
    if (reservation !== undefined) standing.holds.set(reservation, entry.hold);
    if (spentNow !== null) standing.spent.set(month, spentNow);
    return { kind: 'added', entry };
  } catch (error) {
    if (isDuplicate(error)) return undefined;
    throw error;
  }
}

async function standingNow(account: string): Promise<Standing> {
  const known = standings.get(account);
  if (known?.head && known.holds.size < MOST_HOLDS) {
    const { seq, hash } = known.head;
    const [still, next] = await Promise.all([entryAt(account, seq), entryAt(account, seq + 1)]);
    if (still?.hash === hash && !next) return known;
  }
  const standing: Standing = { head: await lastEntry(account), holds: new Map(), spent: new Map() };
  standings.set(account, standing);
  return standing;
}

async function holdAt({ holds }: Standing, account: string, reservation: string | undefined): Promise<Hold | null> {
  if (reservation === undefined) return null;
  const known = holds.get(reservation);
  if (known !== undefined) return known;
  const hold = (await lastOfReservation(account, reservation))?.hold ?? null;
  holds.set(reservation, hold);
  return hold;
}

async function spentAt({ spent }: Standing, account: string, month: string): Promise<number> {
  const known = spent.get(month) ?? (await spentIn(account, month));
  spent.set(month, known);
  return known;
}

function described({ reservation, name, auction, reference, reason }: Facts) {
  return {
    ...(reservation !== undefined && { reservation }),
    ...(name !== undefined && { name }),
    ...(auction !== undefined && { auction }),
    ...(reference !== undefined && { reference }),
    ...(reason !== undefined && { reason }),
  };
}

/** An operation belongs to one account and one reservation for good. */
function sameOperation(entry: EntryDoc, account: string, { operation, reservation }: Facts): EntryDoc {
  if (entry.account !== account || entry.reservation !== reservation)
    throw new InvariantViolation(`${operation} was done for another account or reservation`);
  return entry;
}

/** Throws InvariantViolation for a registrar that is not there. */
export async function termsOf({ registrar, livemode }: AccountKey): Promise<Terms> {
  const doc = await findRegistrar(registrar);
  if (!doc) throw new InvariantViolation(`no registrar ${registrar}`);
  return {
    creditLimit: doc.credit_limit[livemode ? 'live' : 'test'].amount,
    perName: doc.spend_caps?.per_name?.amount ?? null,
    perMonth: doc.spend_caps?.per_month?.amount ?? null,
  };
}
