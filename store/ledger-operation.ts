/**
 * Operations on an account: what stands is read, the rules decide, one insert does it. The operation is the entry's id, so doing it
 * twice is doing it once; where another process came in between, it is decided anew on what stands then. Operations of one account
 * that meet in this process go in one insert, each decided on what the one before it leaves.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import mongoose, { mongo } from 'mongoose';
import type { Hold } from '../rules/holds.ts';
import { decide, NOTHING, type Ask, type Decision, type Standing as Balances, type Terms } from '../rules/ledger.ts';
import { isDuplicate } from './connection.ts';
import { genesisOfAccount, sealEntry } from './entry-hash.ts';
import { InvariantViolation } from './event-hash.ts';
import {
  accountOf,
  addEntries,
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
import { findRegistrar, type RegistrarDoc } from './registrars.ts';

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
  /** The registrar's, where whoever asks has just read them. */
  terms?: Terms;
}

const TRIES = 200;
const MOST_AT_ONCE = 100;

/** An account at one head, with what has been read of it since: none of that can change until there is another head. */
interface Standing {
  head: EntryDoc | null;
  holds: Map<string, Hold | null>;
  spent: Map<string, number>;
  seenAt: number;
}

/** As this process last knew them. What another process adds to one takes the serial that this one would take next. */
const standings = new LRUCache<string, Standing>({ max: 1_000 });
/** A store that was away may have come back as it was on an earlier day. */
export const forgetAccounts = (): void => standings.clear();
mongoose.connection.on('disconnected', forgetAccounts);
/** An account of more reservations is read anew from time to time. */
const MOST_HOLDS = 10_000;
/** A store that was set back to an earlier day may lack the head: it is asked again after so long. */
const SEEN_FOR_MS = 1_000;

interface Asked {
  facts: Facts;
  ask: Ask;
  answer(done: Done): void;
  fail(error: unknown): void;
}

/** Those that wait, by account: of each one insert at a time in this process. Processes meet at the serial. */
const lines = new Map<string, Asked[]>();

export function operate(facts: Facts, ask: Ask): Promise<Done> {
  return new Promise((answer, fail) => {
    const account = accountOf(facts);
    const asked = { facts, ask, answer, fail };
    const line = lines.get(account);
    if (line) return void line.push(asked);
    const begun = [asked];
    lines.set(account, begun);
    void serve(account, begun);
  });
}

async function serve(account: string, line: Asked[]): Promise<void> {
  for (let tries = 0; line.length > 0;) {
    const batch = line.slice(0, MOST_AT_ONCE);
    try {
      const answered = await doTogether(account, batch);
      line.splice(0, answered);
      tries = answered > 0 ? 0 : tries + 1;
      if (tries === TRIES) throw new LedgerBusy(account);
      if (tries > 0) await pause(Math.random() * Math.min(tries, 20));
    } catch (error) {
      // Nobody knows which of them were added: the store is asked before anything else is.
      standings.delete(account);
      for (const { fail } of line.splice(0, batch.length)) fail(error);
      tries = 0;
    }
  }
  lines.delete(account);
}

type Decided = { asked: Asked } & (
  { entry: EntryDoc } | { refusal: Exclude<Decision, { kind: 'add' }> } | { broken: InvariantViolation }
);

/** Answers those that are done or refused, from the first on; how many. None where another process took the place. */
async function doTogether(account: string, batch: readonly Asked[]): Promise<number> {
  const [first] = batch;
  // A bar is asked for where an operation is most likely there: to insert it in vain would cost all that is known of the account.
  if (first?.ask.kind === 'bar' && (await answerAsBefore(account, first))) return 1;
  const standing = await standingNow(account);
  const { head } = standing;
  const decided = await decideAll(account, standing, batch);
  const entries = decided.flatMap((one) => ('entry' in one ? [one.entry] : []));
  // A refusal rests on what stands and takes no serial: it would not notice what another process has added.
  const isOld = entries.length < decided.length && (await entryAt(account, (head?.seq ?? 0) + 1)) !== null;
  const added = isOld ? 0 : await insert(entries);
  if (isOld || added < entries.length) standings.delete(account);
  if (isOld) return 0;
  let next = 0;
  for (const [index, one] of decided.entries()) {
    if ('entry' in one && next++ < added) {
      one.asked.answer({ kind: 'added', entry: one.entry });
      continue;
    }
    const isAnswered = await answerAsBefore(account, one.asked);
    // All that follows an entry which is not added was decided on what does not stand.
    if ('entry' in one) return isAnswered ? index + 1 : index;
    if (isAnswered) continue;
    if ('broken' in one) one.asked.fail(one.broken);
    else one.asked.answer(one.refusal);
  }
  return decided.length;
}

/** What was done before is answered as it was, also where it would be refused by now. */
async function answerAsBefore(account: string, { facts, answer, fail }: Asked): Promise<boolean> {
  const there = await findEntry(facts.operation);
  if (!there) return false;
  // An operation belongs to one account and one reservation for good.
  if (there.account === account && there.reservation === facts.reservation) answer({ kind: 'there', entry: there });
  else fail(new InvariantViolation(`${facts.operation} was done for another account or reservation`));
  return true;
}

/** Up to the first whose serial or operation is there already: how many were added. */
async function insert(entries: EntryDoc[]): Promise<number> {
  if (entries.length === 0) return 0;
  try {
    await addEntries(entries);
    return entries.length;
  } catch (error) {
    if (!(error instanceof mongo.MongoBulkWriteError) || !isDuplicate(error)) throw error;
    const [first] = [error.writeErrors].flat();
    return first?.index ?? 0;
  }
}

/** Changes `standing` to what the last of them leaves. */
async function decideAll(account: string, standing: Standing, batch: readonly Asked[]): Promise<Decided[]> {
  const decided: Decided[] = [];
  const operations = new Set<string>();
  let read: Terms | undefined;
  for (const asked of batch) {
    const { facts, ask } = asked;
    // The same operation once more waits until the first is there, and what is looked up first waits to be the first.
    if (operations.has(facts.operation) || (ask.kind === 'bar' && decided.length > 0)) break;
    operations.add(facts.operation);
    const terms = facts.terms ?? (read ??= await termsOf(facts));
    const one = await decideOne(account, standing, asked, terms);
    decided.push(one);
  }
  return decided;
}

async function decideOne(account: string, standing: Standing, asked: Asked, terms: Terms): Promise<Decided> {
  const { facts, ask } = asked;
  const { operation, reservation, at } = facts;
  const { head } = standing;
  const month = ask.kind === 'give_back' ? ask.captured.month : monthAt(at);
  // Only after the head: what was read of an account before its head may be older than it, and nobody would notice.
  const [hold, spent] = await Promise.all([holdAt(standing, account, reservation), spentAt(standing, account, month)]);
  const { balance, held, owed } = head ?? NOTHING;
  if (ask.kind === 'give_back' && (await Entries.exists({ settles: ask.captured.operation })))
    return { asked, refusal: { kind: 'nothing' } };
  const decision = decided(operation, ask, { balance, held, owed, hold, spent }, terms);
  if (decision instanceof InvariantViolation) return { asked, broken: decision };
  if (decision.kind !== 'add') return { asked, refusal: decision };
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
  standing.head = entry;
  if (reservation !== undefined) standing.holds.set(reservation, entry.hold);
  if (spentNow !== null) standing.spent.set(month, spentNow);
  return { asked, entry };
}

/** What must never be asked fails alone: those that it met with are none the worse. */
function decided(operation: string, ask: Ask, now: Balances, terms: Terms): Decision | InvariantViolation {
  try {
    return decide(operation, ask, now, terms);
  } catch (error) {
    return new InvariantViolation(`${operation}: ${(error as Error).message}`);
  }
}

async function standingNow(account: string): Promise<Standing> {
  const known = standings.get(account);
  if (known?.head && known.holds.size < MOST_HOLDS) {
    if (performance.now() - known.seenAt < SEEN_FOR_MS) return known;
    const still = await entryAt(account, known.head.seq);
    known.seenAt = performance.now();
    if (still?.hash === known.head.hash) return known;
  }
  const head = await lastEntry(account);
  const standing: Standing = { head, holds: new Map(), spent: new Map(), seenAt: performance.now() };
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

/** Throws InvariantViolation for a registrar that is not there. */
export async function termsOf({ registrar, livemode }: AccountKey): Promise<Terms> {
  const doc = await findRegistrar(registrar);
  if (!doc) throw new InvariantViolation(`no registrar ${registrar}`);
  return termsFor(doc, livemode);
}

export const termsFor = ({ credit_limit, spend_caps }: RegistrarDoc, livemode: boolean): Terms => ({
  creditLimit: credit_limit[livemode ? 'live' : 'test'].amount,
  perName: spend_caps?.per_name?.amount ?? null,
  perMonth: spend_caps?.per_month?.amount ?? null,
});
