/** API keys, kept as SHA-256 of 256 random bits: enough entropy that a slow hash would add nothing but time to each request. */
import mongoose, { Schema } from 'mongoose';
import { briefly } from './briefly.ts';

export const REGISTRAR_SCOPES = ['reservations', 'bids', 'read'] as const;
export type RegistrarScope = (typeof REGISTRAR_SCOPES)[number];
export const OPERATOR_SCOPES = ['support', 'admin'] as const;
export type OperatorScope = (typeof OPERATOR_SCOPES)[number];

export type Mode = 'test' | 'live';

export interface KeyDoc {
  _id: string;
  /** Null: an operator's. */
  registrar: string | null;
  name: string;
  mode: Mode;
  scopes: (RegistrarScope | OperatorScope)[];
  hash: string;
  /** The last four characters, so that people can tell keys apart. */
  hint: string;
  created: Date;
  /** From then on it opens nothing; ahead while a rolled key still overlaps its successor. */
  revoked: Date | null;
}

const schema = new Schema<KeyDoc>(
  {
    _id: { type: String, required: true },
    registrar: { type: String, default: null },
    name: { type: String, required: true },
    mode: { type: String, required: true },
    scopes: { type: [String], required: true },
    hash: { type: String, required: true },
    hint: { type: String, required: true },
    created: { type: Date, required: true },
    revoked: { type: Date, default: null },
  },
  { versionKey: false, minimize: false, strict: 'throw' },
);
schema.index({ hash: 1 }, { unique: true });
schema.index({ registrar: 1, created: 1 });

const Keys = mongoose.model('Key', schema, 'keys');

export async function insertKey(doc: KeyDoc): Promise<void> {
  await Keys.create(doc);
}

const brief = briefly((hash) => Keys.findOne({ hash }).lean<KeyDoc>().exec());

/** As it was a second ago at most. */
export const findKeyByHash = (hash: string): Promise<KeyDoc | null> => brief.find(hash);

export const findKey = (registrar: string | null, id: string): Promise<KeyDoc | null> =>
  Keys.findOne({ _id: id, registrar }).lean<KeyDoc>().exec();

/** Oldest first, revoked ones too. */
export const listKeys = (registrar: string | null): Promise<KeyDoc[]> =>
  Keys.find({ registrar }).sort({ created: 1 }).limit(1_000).lean<KeyDoc[]>().exec();

/** Only ever earlier: a key that was revoked stays so. */
export async function revokeKey(registrar: string | null, id: string, at: Date): Promise<KeyDoc | null> {
  await Keys.updateOne(
    { _id: id, registrar, $or: [{ revoked: null }, { revoked: { $gt: at } }] },
    { $set: { revoked: at } },
  );
  brief.forget();
  return findKey(registrar, id);
}
