/**
 * What the engine must remember of a name beyond any workflow run: how many runs of its arbiter began from the store, which
 * registration is watched, and each drop's catch with its award. A catch is one document, so that one write decides each step once.
 */
import mongoose, { Schema } from 'mongoose';
import type { AwardEnd, Delivery } from '../rules/after-award.ts';
import type { Money } from '../rules/money.ts';
import { isDuplicate } from './connection.ts';

interface DomainDoc {
  _id: string;
  /** Runs of the arbiter that began from the store; ordinals and note numbers grow with it. */
  epoch: number;
  watched_roid: string | null;
}

export interface Caught {
  roid: string;
  sponsor: string;
  registeredAt: number;
  expiresAt: number;
}

export interface SentCommand {
  cltrid: string;
  command: 'domain:update' | 'contact:create' | 'domain:delete';
  /** Null: for nobody, who takes it. */
  reservation: string | null;
  at: Date;
}

export interface CatchDoc {
  _id: string;
  name: string;
  registry: string;
  roid_before: string | null;
  /** clTRIDs of this catch start with it; written down before the first byte leaves. */
  cltrid_prefix: string;
  /** The numbered create that may be under way; raised before it is sent, so no clTRID is used twice. */
  attempts: number;
  started: Date;
  caught: Caught | null;
  /** What was sent for it after the award, the latest of it; each written down before it left. */
  commands?: SentCommand[];
  /** The reservation that has it; set once. */
  awarded_to: string | null;
  /** The award as it is watched, from the payment on. */
  watch?: AwardWatch;
  /** What the registry showed once it was the winner's. */
  confirmed?: Confirmed;
  /** The winner's authInfo: that it was asked for, and that it was shown. What it is is nowhere. */
  auth_info?: { asked: Date; shown: Date | null };
  /** Nobody took it: what became of it. */
  unclaimed?: Unclaimed;
}

export interface AwardWatch {
  reservation: string;
  price: Money;
  /** Epoch ms. */
  until: number;
  delivery: Delivery;
  /** Null: it is watched still. */
  ended: AwardEnd | null;
}

export interface Confirmed {
  nameservers: string[];
  registrant: string | null;
  /** Epoch ms. */
  at: number;
}

export interface Unclaimed {
  what: 'deleted' | 'kept';
  /** Why support kept it, in its words. */
  reason?: string;
  /** Epoch ms. */
  at: number;
}

const options = { versionKey: false, minimize: false, strict: 'throw' } as const;

const domainSchema = new Schema<DomainDoc>(
  {
    _id: { type: String, required: true },
    epoch: { type: Number, required: true },
    watched_roid: { type: String, default: null },
  },
  options,
);
const catchSchema = new Schema<CatchDoc>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    registry: { type: String, required: true },
    roid_before: { type: String, default: null },
    cltrid_prefix: { type: String, required: true },
    attempts: { type: Number, required: true },
    started: { type: Date, required: true },
    caught: { type: Schema.Types.Mixed, default: null },
    commands: { type: [Schema.Types.Mixed], default: undefined } as never,
    awarded_to: { type: String, default: null },
    watch: { type: Schema.Types.Mixed, default: undefined },
    confirmed: { type: Schema.Types.Mixed, default: undefined },
    auth_info: { type: Schema.Types.Mixed, default: undefined },
    unclaimed: { type: Schema.Types.Mixed, default: undefined },
  },
  options,
);
catchSchema.index({ name: 1 });
catchSchema.index({ awarded_to: 1 });

const Domains = mongoose.model('Domain', domainSchema, 'domains');
const Catches = mongoose.model('Catch', catchSchema, 'catches');

/** Counts a run of the arbiter that begins from the store, and notes which registration it watches. Answers the count. */
export async function beginRun(name: string, watchedRoid: string | undefined): Promise<number> {
  const doc = await Domains.findOneAndUpdate(
    { _id: name },
    { $inc: { epoch: 1 }, ...(watchedRoid !== undefined && { $set: { watched_roid: watchedRoid } }) },
    { upsert: true, returnDocument: 'after' },
  ).lean<DomainDoc>();
  return doc?.epoch ?? 1;
}

/** The registration that the name's open claims wait for. */
export async function watchedOf(name: string): Promise<string | undefined> {
  return (await Domains.findById(name).lean<DomainDoc>())?.watched_roid ?? undefined;
}

export async function rememberWatched(name: string, roid: string): Promise<void> {
  await Domains.updateOne({ _id: name }, { $set: { watched_roid: roid } }, { upsert: true });
}

/** Writes the intent down, or answers the one written before. */
export async function intendCatch(
  intent: Pick<CatchDoc, '_id' | 'name' | 'registry' | 'roid_before' | 'cltrid_prefix' | 'started'>,
): Promise<CatchDoc> {
  try {
    await Catches.create({ ...intent, attempts: 0, caught: null, awarded_to: null });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
  return (await findCatch(intent._id)) as CatchDoc;
}

export const findCatch = (id: string): Promise<CatchDoc | null> => Catches.findById(id).lean<CatchDoc>().exec();

/** Takes a run of attempt numbers nobody has used; answers the first. */
export async function takeAttempts(id: string, count: number): Promise<number> {
  const doc = await Catches.findOneAndUpdate(
    { _id: id },
    { $inc: { attempts: count } },
    { returnDocument: 'before' },
  ).lean<CatchDoc>();
  return (doc?.attempts ?? 0) + 1;
}

const COMMANDS_KEPT = 100;

/** Writes down a command that is about to leave, and answers its clTRID; null where nothing of the name was caught. */
export async function noteCommand(id: string, command: Omit<SentCommand, 'cltrid'>): Promise<string | null> {
  const number = await takeAttempts(id, 1);
  const doc = await findCatch(id);
  if (!doc) return null;
  const cltrid = `${doc.cltrid_prefix}-${number}`;
  await Catches.updateOne(
    { _id: id },
    { $push: { commands: { $each: [{ ...command, cltrid }], $slice: -COMMANDS_KEPT } } },
  );
  return cltrid;
}

export async function recordCaught(id: string, caught: Caught): Promise<void> {
  await Catches.updateOne({ _id: id, caught: null }, { $set: { caught } });
}

/** The first award of a catch stands; a later one is answered with it. */
export async function settleAward(id: string, reservation: string): Promise<string | null> {
  await Catches.updateOne({ _id: id, awarded_to: null }, { $set: { awarded_to: reservation } });
  return (await findCatch(id))?.awarded_to ?? null;
}

export type NewWatch = Omit<AwardWatch, 'ended'>;

/** Begins it, or answers the one begun before. Null where nothing was caught. */
export async function beginWatch(id: string, watch: NewWatch): Promise<AwardWatch | null> {
  await Catches.updateOne({ _id: id, watch: { $exists: false } }, { $set: { watch: { ...watch, ended: null } } });
  return (await findCatch(id))?.watch ?? null;
}

/** The latest catch of the name that came to something. */
export const lastCaught = (name: string): Promise<CatchDoc | null> =>
  Catches.findOne({ name, caught: { $ne: null } })
    .sort({ started: -1 })
    .lean<CatchDoc>()
    .exec();

/** The award of the name that is watched. */
export const watchedAward = (name: string): Promise<CatchDoc | null> =>
  Catches.findOne({ name, 'watch.ended': null, watch: { $exists: true } })
    .lean<CatchDoc>()
    .exec();

/** How it ended first stands. */
export async function endWatch(id: string, ended: AwardEnd): Promise<void> {
  await Catches.updateOne({ _id: id, 'watch.ended': null }, { $set: { 'watch.ended': ended } });
}

export async function confirmRegistration(id: string, confirmed: Confirmed): Promise<void> {
  await Catches.updateOne({ _id: id }, { $set: { confirmed } });
}

/** A handle may stand for a person. */
export async function forgetRegistrantsOf(reservations: readonly string[]): Promise<void> {
  const named = { awarded_to: { $in: reservations }, confirmed: { $exists: true } };
  await Catches.updateMany(named, { $set: { 'confirmed.registrant': null } });
}

export async function noteUnclaimed(id: string, unclaimed: Unclaimed): Promise<void> {
  await Catches.updateOne({ _id: id, 'unclaimed.what': { $ne: 'deleted' } }, { $set: { unclaimed } });
}

/** The catch a reservation has won. */
export const catchAwardedTo = (reservation: string): Promise<CatchDoc | null> =>
  Catches.findOne({ awarded_to: reservation }).lean<CatchDoc>().exec();

/** So long whoever asks for an authInfo has the turn alone. */
const ASKING_MS = 30_000;

/** The turn to set and show it; false where it was shown, or where somebody else has the turn. Written down before anything is sent. */
export async function askAuthInfo(id: string, now: number): Promise<boolean> {
  const asked = await Catches.updateOne(
    {
      _id: id,
      'auth_info.shown': null,
      $or: [{ auth_info: { $exists: false } }, { 'auth_info.asked': { $lte: new Date(now - ASKING_MS) } }],
    },
    { $set: { auth_info: { asked: new Date(now), shown: null } } },
  );
  return asked.modifiedCount === 1;
}

/** It came to nothing: the next who asks need not wait. */
export async function giveUpAuthInfo(id: string): Promise<void> {
  await Catches.updateOne({ _id: id, 'auth_info.shown': null }, { $unset: { auth_info: '' } });
}

/** False: it was shown before. */
export async function showAuthInfo(id: string, now: number): Promise<boolean> {
  const shown = await Catches.updateOne(
    { _id: id, 'auth_info.shown': null, auth_info: { $exists: true } },
    { $set: { 'auth_info.shown': new Date(now) } },
  );
  return shown.modifiedCount === 1;
}
