/**
 * What became of each notice: one document per (event, channel), so that an event published twice is told once. What was sent is
 * never sent again, nor what was overtaken before it could be. An attempt that died midway is made again once its lease is over,
 * with the same Message-ID: at least once, and whoever gets it twice can tell. No personal data: whom it went to is in the reservation.
 */
import mongoose, { Schema } from 'mongoose';
import type { DropWindow } from '../rules/tlds.ts';
import { leads } from './auctions.ts';
import { isDuplicate } from './connection.ts';
import { noteNotice } from './notices.ts';
import { Events, findReservation, latestOf, type EventDoc, type ReservationDoc } from './reservations.ts';

export type Channel = 'mail';

/** An event as a delivery names it. */
export type Numbered = Pick<EventDoc, '_id' | 'seq'>;

/** What the calendar of whoever got it was told of the drop. */
export interface CalendarEntry {
  method: 'REQUEST' | 'CANCEL';
  drop: DropWindow;
}

export interface DeliveryDoc {
  /** `<event>:<channel>` */
  _id: string;
  event: string;
  reservation: string;
  seq: number;
  channel: Channel;
  /** `due`: not begun. `refused`: for good, as the other side says. An attempt somebody asks for is made all the same. */
  status: 'due' | 'sending' | 'sent' | 'failed' | 'refused' | 'overtaken';
  attempts: number;
  /** Nobody else attempts before this. */
  leased_until: Date;
  /** When it was first to be sent. */
  since: Date;
  sent: Date | null;
  calendar: CalendarEntry | null;
  /** A type and a code of the last failure, never a foreign text. */
  error: string | null;
}

/** `busy`: another attempt is under way, or died less than `LEASE_MS` ago. */
export type DeliveryClaim =
  { kind: 'claimed'; attempt: number } | { kind: 'settled'; status: 'sent' | 'overtaken' } | { kind: 'busy' };

/** Longer than any attempt may take. */
export const LEASE_MS = 15_000;

const deliverySchema = new Schema<DeliveryDoc>(
  {
    _id: { type: String, required: true },
    event: { type: String, required: true },
    reservation: { type: String, required: true },
    seq: { type: Number, required: true },
    channel: { type: String, required: true },
    status: { type: String, required: true },
    attempts: { type: Number, required: true },
    leased_until: { type: Date, required: true },
    since: { type: Date, required: true },
    sent: { type: Date, default: null },
    calendar: { type: Schema.Types.Mixed, default: null },
    error: { type: String, default: null },
  },
  { versionKey: false, minimize: false, strict: 'throw' },
);
deliverySchema.index({ reservation: 1, seq: 1 });
const Deliveries = mongoose.model('Delivery', deliverySchema, 'deliveries');

const FINAL = ['sent', 'overtaken'] as const;

const deliveryId = (event: string, channel: Channel): string => `${event}:${channel}`;

/** Notes what is to be sent, so that newer events of the reservation wait for it. What is noted already stays as it is. */
export async function noteDue(
  reservation: string,
  events: readonly Numbered[],
  channel: Channel,
  now = Date.now(),
): Promise<void> {
  for (const { _id: event, seq } of events) {
    const $setOnInsert = {
      ...{ event, reservation, seq, channel, status: 'due', attempts: 0, leased_until: new Date(0) },
      ...{ since: new Date(now), sent: null, calendar: null, error: null },
    } as const;
    const filter = { _id: deliveryId(event, channel) };
    await Deliveries.updateOne(filter, { $setOnInsert }, { upsert: true }).catch(unlessDuplicate);
  }
}

function unlessDuplicate(error: unknown): void {
  if (!isDuplicate(error)) throw error;
}

/** Takes the next attempt for the caller alone, for `LEASE_MS`. */
export async function claimDelivery(
  reservation: string,
  event: Numbered,
  channel: Channel,
  now = Date.now(),
): Promise<DeliveryClaim> {
  const take = () =>
    Deliveries.findOneAndUpdate(
      { _id: deliveryId(event._id, channel), status: { $nin: FINAL }, leased_until: { $lte: new Date(now) } },
      { $set: { status: 'sending', leased_until: new Date(now + LEASE_MS) }, $inc: { attempts: 1 } },
      { returnDocument: 'after' },
    ).lean<DeliveryDoc>();
  let taken = await take();
  if (!taken) {
    await noteDue(reservation, [event], channel, now);
    taken = await take();
  }
  if (taken) return { kind: 'claimed', attempt: taken.attempts };
  const status = (await findDelivery(event._id, channel))?.status;
  return status === 'sent' || status === 'overtaken' ? { kind: 'settled', status } : { kind: 'busy' };
}

/** True whichever attempt says so, and final. */
export async function markSent(
  event: string,
  channel: Channel,
  calendar: CalendarEntry | null,
  now = Date.now(),
): Promise<void> {
  await Deliveries.updateOne(
    { _id: deliveryId(event, channel), status: { $ne: 'sent' } },
    { $set: { status: 'sent', sent: new Date(now), calendar, error: null } },
  );
}

const own = (event: string, channel: Channel, attempt: number) =>
  ({ _id: deliveryId(event, channel), status: 'sending', attempts: attempt }) as const;

/** Final: it is no longer true, or a newer one was sent. An attempt that lost its lease says nothing. */
export async function markOvertaken(event: string, channel: Channel, attempt: number): Promise<void> {
  await Deliveries.updateOne(own(event, channel, attempt), { $set: { status: 'overtaken', error: null } });
}

/** Ends the attempt and its lease. One that lost its lease says nothing. */
export async function markFailed(
  event: string,
  channel: Channel,
  attempt: number,
  failure: { error: string; permanent: boolean },
): Promise<void> {
  await Deliveries.updateOne(own(event, channel, attempt), {
    $set: { status: failure.permanent ? 'refused' : 'failed', error: failure.error, leased_until: new Date(0) },
  });
}

export const findDelivery = (event: string, channel: Channel): Promise<DeliveryDoc | null> =>
  Deliveries.findById(deliveryId(event, channel)).lean<DeliveryDoc>().exec();

export interface Told {
  event: EventDoc;
  reservation: ReservationDoc;
  later: Pick<EventDoc, 'type' | 'data'>[];
  deliveries: DeliveryDoc[];
  /** It leads the auction in which it was told that it was outbid. */
  leads: boolean;
}

/** An event, its reservation as it stands, and what came after. Null: the store knows no such event. */
export async function loadTold(id: string, channel: Channel): Promise<Told | null> {
  const event = await Events.findById(id).lean<EventDoc>().exec();
  const reservation = event && (await findReservation(event.reservation));
  if (!reservation) return null;
  const [later, deliveries, isAhead] = await Promise.all([
    Events.find({ reservation: reservation._id, seq: { $gt: event.seq } })
      .select({ type: 1, data: 1 })
      .lean<Pick<EventDoc, 'type' | 'data'>[]>(),
    Deliveries.find({ reservation: reservation._id, channel }).sort({ seq: 1 }).lean<DeliveryDoc[]>(),
    event.type === 'auction.outbid' && leads(String(event.data['auction']), reservation._id),
  ]);
  return { event, reservation, later, deliveries, leads: isAhead };
}

/** As `mail/deliver.ts` takes it. */
export const deliveryStore = {
  load: (event: string) => loadTold(event, 'mail'),
  timeline: latestOf,
  due: (reservation: string, events: readonly Numbered[]) => noteDue(reservation, events, 'mail'),
  claim: (reservation: string, event: Numbered) => claimDelivery(reservation, event, 'mail'),
  markSent: (event: string, calendar: CalendarEntry | null) => markSent(event, 'mail', calendar),
  markOvertaken: (event: string, attempt: number) => markOvertaken(event, 'mail', attempt),
  markFailed: (event: string, attempt: number, failure: { error: string; permanent: boolean }) =>
    markFailed(event, 'mail', attempt, failure),
  note: noteNotice,
};
