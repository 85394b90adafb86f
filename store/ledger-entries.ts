/**
 * Entries of the ledger as they are stored: added, and never changed. The serial of an account is unique, so one operation at a time
 * goes through; what an entry settles no other settles.
 */
import mongoose, { Schema } from 'mongoose';
import type { Hold } from '../rules/holds.ts';
import type { EntryKind } from '../rules/ledger.ts';
import type { Currency } from '../rules/money.ts';

export interface AccountKey {
  registrar: string;
  livemode: boolean;
}

export interface EntryDoc {
  /** The operation. */
  _id: string;
  account: string;
  /** From 1, without a gap, in its account. */
  seq: number;
  kind: EntryKind;
  amount: number;
  currency: Currency;
  /** The operation that this one ends; absent where it ends none. */
  settles?: string;
  reservation?: string;
  name?: string;
  auction?: string;
  /** The operator's own word for a payment. */
  reference?: string;
  reason?: string;
  /** The reservation's from here on. */
  hold: Hold | null;
  balance: number;
  held: number;
  owed: number;
  /** As it was then. */
  credit_limit: number;
  /** What was spent in this month, with this entry. */
  month?: string;
  spent?: number;
  at: Date;
  previous_hash: string;
  hash: string;
}

const anything = Schema.Types.Mixed;
const text = { type: String, required: true } as const;
const number = { type: Number, required: true } as const;

const schema = new Schema<EntryDoc>(
  {
    _id: text,
    account: text,
    seq: number,
    kind: text,
    amount: number,
    currency: text,
    settles: String,
    reservation: String,
    name: String,
    auction: String,
    reference: String,
    reason: String,
    hold: { type: anything, default: null },
    balance: number,
    held: number,
    owed: number,
    credit_limit: number,
    month: String,
    spent: Number,
    at: { type: Date, required: true },
    previous_hash: text,
    hash: text,
  },
  { versionKey: false, minimize: false, strict: 'throw' },
);
schema.index({ account: 1, seq: 1 }, { unique: true });
schema.index({ settles: 1 }, { unique: true, sparse: true });
schema.index({ account: 1, reservation: 1, seq: 1 });
schema.index({ account: 1, month: 1, seq: 1 });

export const Entries = mongoose.model('Entry', schema, 'ledger');

/** One after another: none that follows one refused. By the driver itself: mongoose would spend more on them than the store does. */
export const addEntries = (entries: readonly EntryDoc[]) =>
  Entries.db.collection<EntryDoc>(Entries.collection.name).insertMany(entries, { ordered: true });

/** One account a registrar and mode. */
export const accountOf = ({ registrar, livemode }: AccountKey): string => `${registrar}/${livemode ? 'live' : 'test'}`;

/** The calendar month in UTC, `2026-03`. */
export const monthAt = (at: number): string => new Date(at).toISOString().slice(0, 7);

const latest = (where: Partial<Pick<EntryDoc, 'account' | 'reservation' | 'month'>>): Promise<EntryDoc | null> =>
  Entries.findOne(where).sort({ seq: -1 }).lean<EntryDoc>().exec();

export const findEntry = (operation: string): Promise<EntryDoc | null> =>
  Entries.findById(operation).lean<EntryDoc>().exec();

/** By its serial, which stays quick however many there are. */
export const entryAt = (account: string, seq: number): Promise<EntryDoc | null> =>
  Entries.findOne({ account, seq }).lean<EntryDoc>().exec();

export const lastEntry = (account: string): Promise<EntryDoc | null> => latest({ account });

export const lastOfReservation = (account: string, reservation: string): Promise<EntryDoc | null> =>
  latest({ account, reservation });

export const spentIn = async (account: string, month: string): Promise<number> =>
  (await latest({ account, month }))?.spent ?? 0;

/** Newest first, those before `beforeSeq`. */
export const listEntries = (
  account: string,
  filter: { reservation?: string; kind?: EntryKind },
  beforeSeq: number | undefined,
  limit: number,
): Promise<EntryDoc[]> =>
  Entries.find({ account, ...filter, ...(beforeSeq !== undefined && { seq: { $lt: beforeSeq } }) })
    .sort({ seq: -1 })
    .limit(limit)
    .lean<EntryDoc[]>()
    .exec();
