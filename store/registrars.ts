/** Registrars: the tenants. Limits and accounts are per mode; a test registrar's mistakes cost nothing live. */
import mongoose, { Schema } from 'mongoose';
import type { Money } from '../rules/money.ts';
import type { OwnAward } from '../rules/tlds.ts';
import { briefly } from './briefly.ts';

export interface Notices {
  /** Who is written to about a reservation. */
  to: 'customer' | 'registrar' | 'nobody';
  from_name: string | null;
  reply_to: string | null;
  act_url: string | null;
}

export interface SpendCaps {
  /** The most that may be held for one name. */
  per_name: Money | null;
  /** The most that may be spent and held in a calendar month, in UTC. */
  per_month: Money | null;
}

/** `award` and what follows from it: by which policy a name is awarded that only its own customers wait for; null: by its TLD's. */
export interface RegistrarDoc extends OwnAward {
  _id: string;
  name: string;
  billing: 'postpaid' | 'prepaid';
  credit_limit: { test: Money; live: Money };
  /** Null, or absent in older ones: no cap. In each mode by itself. */
  spend_caps?: SpendCaps;
  notices: Notices;
  /** Open reservations in one mode; null: no limit. */
  max_open: number | null;
  suspended: boolean;
  created: Date;
}

const anything = Schema.Types.Mixed;

const schema = new Schema<RegistrarDoc>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    billing: { type: String, required: true },
    credit_limit: { type: anything, required: true },
    spend_caps: anything,
    notices: { type: anything, required: true },
    max_open: { type: Number, default: null },
    suspended: { type: Boolean, required: true },
    award: { type: String, default: null },
    offer_s: { type: Number, default: null },
    payment_s: { type: Number, default: null },
    auction: { type: anything, default: null },
    created: { type: Date, required: true },
  },
  { versionKey: false, minimize: false, strict: 'throw' },
);
schema.index({ created: -1, _id: -1 });

const Registrars = mongoose.model('Registrar', schema, 'registrars');

/** The registrar as stored: the one there already, where the same request came before. */
export async function insertRegistrar(doc: RegistrarDoc): Promise<RegistrarDoc> {
  await Registrars.updateOne({ _id: doc._id }, { $setOnInsert: doc }, { upsert: true });
  return (await findRegistrar(doc._id)) ?? doc;
}

export const findRegistrar = (id: string): Promise<RegistrarDoc | null> =>
  Registrars.findById(id).lean<RegistrarDoc>().exec();

const brief = briefly(findRegistrar);

/** As it was a second ago at most: for whoever calls, where money and notices are decided on what is stored. */
export const findRegistrarBriefly = (id: string): Promise<RegistrarDoc | null> => brief.find(id);

export type RegistrarChange = Partial<
  Omit<RegistrarDoc, '_id' | 'created' | 'notices' | 'credit_limit' | 'spend_caps'>
> & {
  notices?: Partial<Notices>;
  spend_caps?: Partial<SpendCaps>;
  credit_limit?: Partial<RegistrarDoc['credit_limit']>;
};

/** Null: no such registrar. `no_reply_to`: it would take its notices itself and have no address. */
export async function changeRegistrar(
  id: string,
  change: RegistrarChange,
): Promise<RegistrarDoc | 'no_reply_to' | null> {
  const { notices = {}, credit_limit = {}, spend_caps = {}, ...plain } = change;
  const set = {
    ...plain,
    ...fieldsOf('notices', notices),
    ...fieldsOf('credit_limit', credit_limit),
    ...fieldsOf('spend_caps', spend_caps),
  };
  if (Object.keys(set).length === 0) return findRegistrar(id);
  const changed = await Registrars.findOneAndUpdate(
    { _id: id, ...storedBefore(notices) },
    { $set: set },
    { returnDocument: 'after' },
  ).lean<RegistrarDoc>();
  brief.forget();
  return changed ?? ((await findRegistrar(id)) && 'no_reply_to');
}

/** Asked of what is stored in the change itself: of two changes at once neither can take from the other what it relies on. */
function storedBefore({ to, reply_to }: Partial<Notices>): object {
  if (to === 'registrar' && reply_to === undefined) return { 'notices.reply_to': { $ne: null } };
  return to === undefined && reply_to === null ? { 'notices.to': { $ne: 'registrar' } } : {};
}

const fieldsOf = (field: string, given: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(given).map(([key, value]) => [`${field}.${key}`, value]));

/** Newest first. */
export function listRegistrars(after: { at: number; id: string } | undefined, limit: number): Promise<RegistrarDoc[]> {
  const older = after && {
    $or: [{ created: { $lt: new Date(after.at) } }, { created: new Date(after.at), _id: { $lt: after.id } }],
  };
  return Registrars.find(older ?? {})
    .sort({ created: -1, _id: -1 })
    .limit(limit)
    .lean<RegistrarDoc[]>()
    .exec();
}

/** Who is written to about this registrar's reservations, and how; nobody where it is unknown. */
export async function noticeSettingsOf(registrar: string) {
  const { to, from_name, reply_to, act_url } = (await findRegistrar(registrar))?.notices ?? NOBODY;
  return { to, ...(from_name && { from_name }), ...(reply_to && { reply_to }), ...(act_url && { act_url }) };
}

const NOBODY: Notices = { to: 'nobody', from_name: null, reply_to: null, act_url: null };
