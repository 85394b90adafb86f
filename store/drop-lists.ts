/**
 * Drop lists as loaded. A list counts from the one write that marks it complete, and until a newer one of the same scope is: what that one
 * no longer has was taken back. Entries go a while after their instant.
 */
import mongoose, { Schema } from 'mongoose';
import type { ListedDrop } from '../rules/listed.ts';
import { isDuplicate } from './connection.ts';

export interface DropListDoc {
  _id: string;
  /** Whose list it is, and which part of it: a newer one of the same scope replaces it. */
  scope: string;
  format: string;
  registry: string;
  /** Names below these. */
  tlds: string[];
  section: string | null;
  livemode: boolean;
  published: Date;
  loaded: Date;
  by: 'api' | 'folder';
  /** SHA-256 of the file. */
  digest: string;
  state: 'loading' | 'complete';
  rows: number;
  listed: number;
  rejected: number;
  /** The first of them. */
  rejects: { line: number; reason: string; name?: string }[];
  /** Names of the list that reservations wait for here. */
  watched: number;
  /** Of those, and of those it no longer has, the ones whose arbiter was told. Null: not all were told yet. */
  moved: number | null;
  expires: Date;
}

interface EntryDoc {
  name: string;
  list: string;
  scope: string;
  at: Date;
  roid?: string;
  expires: Date;
}

const KEPT_MS = 7 * 86_400_000;
/** Of a list itself, longer than the last of its instants is ahead. */
const LISTS_KEPT_MS = 400 * 86_400_000;

const options = { versionKey: false, strict: 'throw' } as const;
const listSchema = new Schema<DropListDoc>(
  {
    _id: { type: String, required: true },
    scope: { type: String, required: true },
    format: { type: String, required: true },
    registry: { type: String, required: true },
    tlds: { type: [String], required: true },
    section: { type: String, default: null },
    livemode: { type: Boolean, required: true },
    published: { type: Date, required: true },
    loaded: { type: Date, required: true },
    by: { type: String, required: true },
    digest: { type: String, default: '' },
    state: { type: String, required: true },
    rows: { type: Number, required: true },
    listed: { type: Number, required: true },
    rejected: { type: Number, required: true },
    rejects: { type: Schema.Types.Mixed, default: [] },
    watched: { type: Number, required: true },
    moved: { type: Number, default: null },
    expires: { type: Date, required: true },
  },
  options,
);
listSchema.index({ scope: 1, published: -1, loaded: -1 });
listSchema.index({ loaded: -1, _id: -1 });
listSchema.index({ expires: 1 }, { expireAfterSeconds: 0 });
const entrySchema = new Schema<EntryDoc>(
  {
    name: { type: String, required: true },
    list: { type: String, required: true },
    scope: { type: String, required: true },
    at: { type: Date, required: true },
    roid: { type: String },
    expires: { type: Date, required: true },
  },
  options,
);
entrySchema.index({ name: 1, list: 1 });
// A name is on a list once.
entrySchema.index({ list: 1, name: 1 }, { unique: true });
entrySchema.index({ expires: 1 }, { expireAfterSeconds: 0 });

const DropLists = mongoose.model('DropList', listSchema, 'drop_lists');
const Entries = mongoose.model('DropListEntry', entrySchema, 'drop_list_entries');

export type NewDropList = Pick<
  DropListDoc,
  '_id' | 'scope' | 'format' | 'registry' | 'tlds' | 'section' | 'livemode' | 'published' | 'loaded' | 'by'
>;

/** Nobody reads it until it is complete. */
export async function beginDropList(list: NewDropList): Promise<void> {
  const counts = { rows: 0, listed: 0, rejected: 0, rejects: [], watched: 0, moved: null };
  await DropLists.create({
    ...list,
    ...counts,
    state: 'loading',
    expires: new Date(list.loaded.getTime() + LISTS_KEPT_MS),
  });
}

export interface Entry {
  name: string;
  at: number;
  roid?: string;
}

/** Of a name that the list has already the earliest instant is kept. Answers which of these were such, by their place. */
export async function addEntries({ _id, scope, loaded }: NewDropList, entries: readonly Entry[]): Promise<number[]> {
  const docs = entries.map(({ name, at, roid }): EntryDoc => ({
    ...{ name, scope, list: _id, at: new Date(at), expires: new Date(Math.max(at, loaded.getTime()) + KEPT_MS) },
    ...(roid !== undefined && { roid }),
  }));
  const again = await insertNew(docs);
  const updates = again.map((place) => {
    const { name, list, at, roid, expires } = docs[place] as EntryDoc;
    const update = { $set: { at, expires, ...(roid !== undefined && { roid }) } };
    return { updateOne: { filter: { list, name, at: { $gt: at } }, update } };
  });
  if (updates.length > 0) await Entries.collection.bulkWrite(updates);
  return again;
}

/** Answers the places of those that were there before. */
async function insertNew(docs: readonly EntryDoc[]): Promise<number[]> {
  try {
    await Entries.collection.insertMany([...docs], { ordered: false });
    return [];
  } catch (error) {
    const refused = error instanceof mongoose.mongo.MongoBulkWriteError ? [error.writeErrors].flat() : [];
    if (refused.length === 0 || !refused.every(isDuplicate)) throw error;
    return refused.map(({ index }) => index);
  }
}

/** From here on it counts. */
export async function completeDropList(
  id: string,
  counts: Pick<DropListDoc, 'digest' | 'rows' | 'listed' | 'rejected' | 'rejects'>,
): Promise<void> {
  await DropLists.updateOne({ _id: id }, { $set: { ...counts, state: 'complete' } });
}

export async function noteMoved(id: string, counts: Pick<DropListDoc, 'watched' | 'moved'>): Promise<void> {
  await DropLists.updateOne({ _id: id }, { $set: counts });
}

/** A list that came to nothing, or was replaced: its entries go, and of the former all of it. */
export async function dropEntries(id: string): Promise<void> {
  await Entries.deleteMany({ list: id });
}
export async function discardDropList(id: string): Promise<void> {
  await DropLists.deleteOne({ _id: id });
  await dropEntries(id);
}

export const findDropList = (id: string): Promise<DropListDoc | null> =>
  DropLists.findById(id).lean<DropListDoc>().exec();

/** The newest complete one of a scope. */
export const currentDropList = (scope: string): Promise<DropListDoc | null> =>
  DropLists.findOne({ scope, state: 'complete' }).sort({ published: -1, loaded: -1 }).lean<DropListDoc>().exec();

/** Newest first. */
export function listDropLists(after: { at: number; id: string } | undefined, limit: number): Promise<DropListDoc[]> {
  const older = after && {
    $or: [{ loaded: { $lt: new Date(after.at) } }, { loaded: new Date(after.at), _id: { $lt: after.id } }],
  };
  return DropLists.find({ state: 'complete', ...older })
    .sort({ loaded: -1, _id: -1 })
    .limit(limit)
    .lean<DropListDoc[]>()
    .exec();
}

/** What a list says of these names. */
export async function entriesOf(list: string, names: readonly string[]): Promise<ReadonlyMap<string, Entry>> {
  const docs = await Entries.find({ list, name: { $in: names } }).lean<EntryDoc[]>();
  return new Map(docs.map(({ name, at, roid }) => [name, { name, at: at.getTime(), ...(roid && { roid }) }]));
}

/** What the newest list that has the name says of it; a list that was replaced says nothing. */
export async function listedDrop(name: string): Promise<ListedDrop | undefined> {
  const entries = await Entries.find({ name }).lean<EntryDoc[]>();
  if (entries.length === 0) return undefined;
  const scopes = [...new Set(entries.map(({ scope }) => scope))];
  const current = await Promise.all(scopes.map(currentDropList));
  const newest = current
    .filter((list) => list !== null)
    .toSorted((a, b) => b.published.getTime() - a.published.getTime());
  for (const { _id } of newest) {
    const entry = entries.find(({ list }) => list === _id);
    if (entry) return { at: entry.at.getTime(), list: _id, ...(entry.roid && { roid: entry.roid }) };
  }
  return undefined;
}
