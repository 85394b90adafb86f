/**
 * Reservations as asked for (written by the API) and as they stand (a projection written by their workflow's `publish` alone),
 * with the timeline. What is personal lives here and nowhere else.
 */
import mongoose, { Schema } from 'mongoose';
import type { Money } from '../rules/money.ts';
import type { Claim } from '../rules/queue.ts';
import { hasEnded, type Attention, type ReservationState, type TimelineEntry } from '../rules/reservation.ts';
import { isDuplicate } from './connection.ts';

export interface Customer {
  id: string;
  email?: string;
  name?: string;
  locale?: string;
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
  acceptance: 'automatic';
  bidding: 'manual';
  dry_run: boolean;
  metadata: Record<string, string>;
  test_clock?: string;
  created: Date;
}

export interface ReservationProjection {
  open: boolean;
  status: ReservationState['status'];
  stage: string | null;
  ordinal: number | null;
  state: ReservationState;
  seq: number;
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
    created: { type: Date, required: true },
    amendment: { type: Number, default: 0 },
    open: { type: Boolean, required: true },
    status: { type: String, required: true },
    stage: { type: String, default: null },
    ordinal: { type: Number, default: null },
    state: { type: anything, required: true },
    seq: { type: Number, required: true },
    rev: { type: Number, required: true },
    attention: { type: anything, default: null },
    as_of: { type: Date, required: true },
  },
  options,
);
reservationSchema.index({ 'domain.name': 1, open: 1 });
reservationSchema.index({ registrar: 1, livemode: 1, created: -1, _id: -1 });
reservationSchema.index({ owner: 1, open: 1 });

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
  },
  options,
);
eventSchema.index({ reservation: 1, seq: 1 }, { unique: true });

export const Reservations = mongoose.model('Reservation', reservationSchema, 'reservations');
export const Events = mongoose.model('Event', eventSchema, 'events');

export const eventId = (reservation: string, seq: number): string =>
  `evt_${reservation.slice('rsv_'.length)}${String(seq).padStart(4, '0')}`;

/** A request as it stands before its workflow has published anything. */
export const unpublished = (request: ReservationRequest): ReservationDoc => ({
  ...request,
  amendment: 0,
  open: true,
  status: 'placed',
  stage: null,
  ordinal: null,
  state: { status: 'placed' },
  seq: 0,
  rev: 0,
  attention: null,
  as_of: request.created,
});

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

/** Adds to the timeline and brings the projection up to date. Doing it twice is doing it once. Answers null for an unknown reservation. */
export async function publishReservation(
  publication: Publication,
): Promise<{ doc: ReservationDoc; events: EventDoc[] } | null> {
  const { reservation: id, registrar, livemode, state, attention, firstSeq, entries, rev } = publication;
  const events = entries.map(({ type, at, data }, index): EventDoc => {
    const seq = firstSeq + index;
    return { _id: eventId(id, seq), reservation: id, registrar, livemode, seq, type, created: new Date(at), data };
  });
  for (const event of events) await Events.updateOne({ _id: event._id }, { $setOnInsert: event }, { upsert: true });
  const projection: ReservationProjection = {
    open: !hasEnded(state),
    status: state.status,
    stage: 'name' in state && state.name ? state.name.stage : null,
    ordinal: 'ordinal' in state ? (state.ordinal ?? null) : null,
    state,
    seq: firstSeq + entries.length - 1,
    rev,
    attention,
    as_of: new Date(publication.at),
  };
  const newer = { _id: id, rev: { $lt: rev } };
  const doc =
    (await Reservations.findOneAndUpdate(
      newer,
      { $set: projection },
      { returnDocument: 'after' },
    ).lean<ReservationDoc>()) ?? (await findReservation(id));
  return doc && { doc: { ...doc, ...projection }, events };
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
