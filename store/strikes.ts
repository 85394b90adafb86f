/** Strikes as they are kept: one for an award that was not paid. A lifted one stays, with who lifted it. */
import { createHash } from 'node:crypto';
import mongoose, { Schema } from 'mongoose';
import { isBlockedBy } from '../rules/strikes.ts';
import { isDuplicate } from './connection.ts';

export interface StrikeDoc {
  _id: string;
  registrar: string;
  livemode: boolean;
  /** HMAC of (registrar, mode, customer). */
  owner: string;
  reservation: string;
  auction: string | null;
  reason: string;
  at: Date;
  lifted: { at: Date; by: string; reason: string | null } | null;
}

export interface StrikeKeys {
  registrar: string;
  livemode: boolean;
  owner: string;
}

const text = { type: String, required: true } as const;

const schema = new Schema<StrikeDoc>(
  {
    _id: text,
    registrar: text,
    livemode: { type: Boolean, required: true },
    owner: text,
    reservation: text,
    auction: { type: String, default: null },
    reason: text,
    at: { type: Date, required: true },
    lifted: { type: Schema.Types.Mixed, default: null },
  },
  { versionKey: false, minimize: false, strict: 'throw' },
);
schema.index({ registrar: 1, livemode: 1, at: -1, _id: -1 });
schema.index({ at: -1, _id: -1 });

const Strikes = mongoose.model('Strike', schema, 'strikes');

const strikeId = (operation: string): string =>
  `stk_${createHash('sha256').update(operation).digest('hex').slice(0, 26)}`;

export interface NewStrike extends StrikeKeys {
  operation: string;
  reservation: string;
  auction?: string;
  reason: string;
  /** Epoch ms, of the clock that the reservation lives by. */
  at: number;
}

/** Answers its id; the same operation is the same strike. */
export async function addStrike({ operation, at, auction, ...strike }: NewStrike): Promise<string> {
  const _id = strikeId(operation);
  try {
    await Strikes.create({ _id, ...strike, auction: auction ?? null, at: new Date(at), lifted: null });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
  return _id;
}

export const findStrike = (id: string): Promise<StrikeDoc | null> => Strikes.findById(id).lean<StrikeDoc>().exec();

/** Null: no such strike. One that was lifted before stays as it was lifted then. */
export async function liftStrike(id: string, by: string, at: number, reason?: string): Promise<StrikeDoc | null> {
  const lifted = { at: new Date(at), by, reason: reason ?? null };
  await Strikes.updateOne({ _id: id, lifted: null }, { $set: { lifted } });
  return findStrike(id);
}

/** All of this customer. */
export const strikesOf = ({ registrar, livemode, owner }: StrikeKeys): Promise<StrikeDoc[]> =>
  Strikes.find({ registrar, livemode, owner }).sort({ at: -1, _id: -1 }).lean<StrikeDoc[]>().exec();

export interface StrikeFilter {
  registrar?: string;
  livemode?: boolean;
  reservation?: string;
  lifted?: boolean;
}

/** Newest first; `after` is the last row of the page before. */
export function listStrikes(
  { lifted, ...plain }: StrikeFilter,
  after: { at: number; id: string } | undefined,
  limit: number,
): Promise<StrikeDoc[]> {
  const where = {
    ...plain,
    ...(lifted !== undefined && { lifted: lifted ? { $ne: null } : null }),
    ...(after && { $or: [{ at: { $lt: new Date(after.at) } }, { at: new Date(after.at), _id: { $lt: after.id } }] }),
  };
  return Strikes.find(where).sort({ at: -1, _id: -1 }).limit(limit).lean<StrikeDoc[]>().exec();
}

/** Whether strikes keep this customer from bidding. */
export async function isBlocked({ registrar, livemode, owner }: StrikeKeys, now: number): Promise<boolean> {
  const docs = await Strikes.find({ registrar, livemode, lifted: null })
    .sort({ at: -1 })
    .limit(MOST_COUNTED)
    .lean<StrikeDoc[]>();
  const strikes = docs.map((doc) => ({ owner: doc.owner, at: doc.at.getTime(), lifted: doc.lifted !== null }));
  return isBlockedBy(strikes, owner, now);
}
const MOST_COUNTED = 1_000;
