/**
 * Reservations as asked for (written by the API) and as they stand (a projection written by their workflow's `publish` alone),
 * with the timeline. What is personal lives here and nowhere else.
 */
import mongoose, { Schema } from 'mongoose';
import type { Money } from '../rules/money.ts';
import type { Claim } from '../rules/queue.ts';
import { hasEnded, type Attention, type ReservationState, type TimelineEntry } from '../rules/reservation.ts';
import type { Head } from '../rules/timeline.ts';
import { isDuplicate } from './connection.ts';
import { genesisOf, hashOfStored, InvariantViolation, seal } from './event-hash.ts';
import { unpublished } from './unpublished.ts';

export interface Customer {
  id: string;
  email?: string;
  name?: string;
  locale?: string;
  /** IANA. */
  time_zone?: string;
}

export interface ReservationRequest {
  _id: string;
  registrar: string;
  livemode: boolean;
  domain: { name: string; unicode: string; tld: string };
  customer: Customer;
  /** HMAC of (registrar, mode, customer id). */
  owner: string;
  registrant?: unknown;
  nameservers?: string[];
  budget: Money;
  on_renewal: Claim['onRenewal'];
  wait_until?: number;
  acceptance: 'automatic' | 'ask';
  bidding: 'manual' | 'up_to_budget';
  dry_run: boolean;
  metadata: Record<string, string>;
  test_clock?: string;
  /** It was answered 202: what becomes of it is told by mail, a refusal too. */
  accepted_unplaced?: boolean;
  created: Date;
}

export interface ReservationProjection {
  open: boolean;
  status: ReservationState['status'];
  stage: string | null;
  ordinal: number | null;
  state: ReservationState;
  seq: number;
  /** The latest event; null before the first. */
  head: Head | null;
  /** Counts publications; an older one never overwrites a newer one. */
  rev: number;
  attention: Attention | null;
  as_of: Date;
}

/** `amendment` counts the changes of the request since it was made. */
export type ReservationDoc = ReservationRequest & ReservationProjection & { amendment: number };

export interface EventDoc {
  _id: string;
  reservation: string;
  registrar: string;
  livemode: boolean;
  seq: number;
  type: string;
  created: Date;
  data: Record<string, unknown>;
  /** SHA-256 over the event as it is shown, in hex; `event-hash.ts` says how. */
  hash: string;
  /** Of the event before, or what stands for it before the first. */
  previous_hash: string;
}

const anything = Schema.Types.Mixed;
const options = { versionKey: false, minimize: false, strict: 'throw' } as const;

const reservationSchema = new Schema<ReservationDoc>(
  {
    _id: { type: String, required: true },
    registrar: { type: String, required: true },
    livemode: { type: Boolean, required: true },
    domain: { type: anything, required: true },
    customer: { type: anything, required: true },
    owner: { type: String, required: true },
    registrant: anything,
    nameservers: { type: [String], default: undefined },
    budget: { type: anything, required: true },
    on_renewal: { type: String, required: true },
    wait_until: Number,
    acceptance: { type: String, required: true },
    bidding: { type: String, required: true },
    dry_run: { type: Boolean, required: true },
    metadata: { type: anything, required: true },
    test_clock: String,
    accepted_unplaced: Boolean,
    created: { type: Date, required: true },
    amendment: { type: Number, default: 0 },
    open: { type: Boolean, required: true },
    status: { type: String, required: true },
    stage: { type: String, default: null },
    ordinal: { type: Number, default: null },
    state: { type: anything, required: true },
    seq: { type: Number, required: true },
    head: { type: anything, default: null },
    rev: { type: Number, required: true },
    attention: { type: anything, default: null },
    as_of: { type: Date, required: true },
  },
  options,
);
reservationSchema.index({ 'domain.name': 1, open: 1 });
reservationSchema.index({ registrar: 1, livemode: 1, created: -1, _id: -1 });
reservationSchema.index({ owner: 1, open: 1 });
reservationSchema.index({ registrar: 1, livemode: 1, 'customer.id': 1 });

const eventSchema = new Schema<EventDoc>(
  {
    _id: { type: String, required: true },
    reservation: { type: String, required: true },
    registrar: { type: String, required: true },
    livemode: { type: Boolean, required: true },
    seq: { type: Number, required: true },
    type: { type: String, required: true },
    created: { type: Date, required: true },
    data: { type: anything, required: true },
    hash: { type: String, required: true },
    previous_hash: { type: String, required: true },
  },
  options,
);
eventSchema.index({ reservation: 1, seq: 1 }, { unique: true });

export const Reservations = mongoose.model('Reservation', reservationSchema, 'reservations');
export const Events = mongoose.model('Event', eventSchema, 'events');

export const eventId = (reservation: string, seq: number): string =>
  `evt_${reservation.slice('rsv_'.length)}${String(seq).padStart(4, '0')}`;

/** Stores the request. False: that id is stored already (the same request before), and nothing was changed. */
export async function insertReservation(request: ReservationRequest): Promise<boolean> {
  try {
    await Reservations.create(unpublished(request));
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

export const findReservation = (id: string): Promise<ReservationDoc | null> =>
  Reservations.findById(id).lean<ReservationDoc>().exec();

/** Those of them that are stored, in the order asked for. */
export async function findReservations(ids: readonly string[]): Promise<ReservationDoc[]> {
  const docs = await Reservations.find({ _id: { $in: ids } }).lean<ReservationDoc[]>();
  const byId = new Map(docs.map((doc) => [doc._id, doc]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

export interface Publication {
  reservation: string;
  registrar: string;
  livemode: boolean;
  state: ReservationState;
  attention: Attention | null;
  /** The number of the first entry; the others follow. */
  firstSeq: number;
  entries: TimelineEntry[];
  rev: number;
  at: number;
}

/**
 * Adds to the timeline and brings the projection up to date. Doing it twice is doing it once, with the very same events and hashes,
 * wherever the first time stopped. What became of notices may have taken the next numbers meanwhile: the entries then follow those,
 * and the events answered carry the numbers they got. Answers null for an unknown reservation. Throws InvariantViolation, and changes
 * no event, where another event is stored under one of these numbers.
 */
export async function publishReservation(
  publication: Publication,
): Promise<{ doc: ReservationDoc; events: EventDoc[] } | null> {
  const { reservation: id, state, attention, firstSeq, entries, rev } = publication;
  const previous = entries.length === 0 ? '' : await hashBefore(id, firstSeq);
  if (previous === null) return null;
  const events = await addEntries(publication, previous);
  const last = events.at(-1);
  const head = last && { seq: last.seq, hash: last.hash };
  const projection: Omit<ReservationProjection, 'seq' | 'head'> = {
    open: !hasEnded(state),
    status: state.status,
    stage: 'name' in state && state.name ? state.name.stage : null,
    ordinal: 'ordinal' in state ? (state.ordinal ?? null) : null,
    state,
    rev,
    attention,
    as_of: new Date(publication.at),
  };
  const newer = { _id: id, rev: { $lt: rev } };
  const write = (filter: object, $set: object) =>
    Reservations.findOneAndUpdate(filter, { $set }, { returnDocument: 'after' }).lean<ReservationDoc>();
  const reached = head && { seq: head.seq, head };
  const doc =
    (await write({ ...newer, ...(head && { seq: { $lte: head.seq } }) }, { ...projection, ...reached })) ??
    // A notice noted meanwhile took the timeline further than that already, or this was published before.
    (await write(newer, projection)) ??
    (await findReservation(id));
  return doc && { doc: { ...doc, ...projection, ...reached }, events };
}

async function addEntries(publication: Publication, follows: string): Promise<EventDoc[]> {
  const { reservation, registrar, livemode, firstSeq, entries } = publication;
  const events: EventDoc[] = [];
  let previous = follows;
  let seq = firstSeq;
  for (const { type, at, data } of entries) {
    for (let isOwn = false; !isOwn; seq++) {
      const _id = eventId(reservation, seq);
      const event = { _id, reservation, registrar, livemode, seq, type, created: new Date(at), data };
      const stored = await addEvent(seal(event, previous));
      isOwn = !isOfNotice(stored);
      previous = stored.hash;
      if (isOwn) events.push(stored);
    }
  }
  return events;
}

/** What became of a notice: noted by whoever attempted it, between and after what the reservation itself publishes. */
export const isOfNotice = ({ type }: Pick<EventDoc, 'type'>): boolean => type.startsWith('notice.');

/** The reservation knows how far its timeline has come; only ever forward. */
export async function advanceTo(id: string, head: Head): Promise<void> {
  await Reservations.updateOne({ _id: id, seq: { $lt: head.seq } }, { $set: { seq: head.seq, head } });
}

/**
 * What the event with this number follows; null for an unknown reservation. Where the one right before it is not there (an older
 * backup was restored), it follows the last there is: a life goes on, and the gap in the numbers stays to be seen.
 */
async function hashBefore(id: string, seq: number): Promise<string | null> {
  if (seq === 1) return genesisOf(id);
  const doc = await Reservations.findById(id).select({ head: 1 }).lean<Pick<ReservationDoc, 'head'>>();
  if (!doc) return null;
  if (doc.head?.seq === seq - 1) return doc.head.hash;
  const before = await Events.findOne({ reservation: id, seq: { $lt: seq } })
    .sort({ seq: -1 })
    .lean<EventDoc>();
  return before?.hash ?? genesisOf(id);
}

/** Inserts the event, or answers the same one that an earlier try inserted, or what became of a notice and has its number. */
async function addEvent(event: EventDoc): Promise<EventDoc> {
  try {
    await Events.create(event);
    return event;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
  const stored = await Events.findById(event._id).lean<EventDoc>();
  const isWhole = stored && hashOfStored(stored) === stored.hash;
  if (isWhole && isOfNotice(stored)) return stored;
  // What it follows was settled by the first try; its content must be what is said now, and what was hashed then.
  if (isWhole && seal(event, stored.previous_hash).hash === stored.hash) return stored;
  throw new InvariantViolation(`another event is stored as ${event._id}`);
}

/** The name's open claims as the arbiter admitted them, in their order. */
export async function openClaims(name: string): Promise<Claim[]> {
  const docs = await Reservations.find({ 'domain.name': name, open: true, ordinal: { $ne: null } })
    .sort({ ordinal: 1 })
    .lean<ReservationDoc[]>();
  return docs.map((doc) => ({
    reservation: doc._id,
    ordinal: doc.ordinal as number,
    owner: doc.owner,
    onRenewal: doc.on_renewal,
    amendment: doc.amendment,
    ...(doc.wait_until !== undefined && { waitUntil: doc.wait_until }),
    dryRun: doc.dry_run,
  }));
}

export const timelineOf = (reservation: string, afterSeq: number, limit: number): Promise<EventDoc[]> =>
  Events.find({ reservation, seq: { $gt: afterSeq } })
    .sort({ seq: 1 })
    .limit(limit)
    .lean<EventDoc[]>()
    .exec();

/** What one report lists: decades of a name that is kept again and again. */
const LATEST = 1_000;

export const latestOf = async (reservation: string): Promise<EventDoc[]> =>
  (await Events.find({ reservation }).sort({ seq: -1 }).limit(LATEST).lean<EventDoc[]>()).toReversed();
