/**
 * What became of each notice: one document per (event, channel), so that an event published twice is told once. What was sent is
 * never sent again. An attempt that died midway is made again once its lease is over, with the same Message-ID: at least once,
 * and whoever gets it twice can tell. No personal data: whom it went to is in the reservation.
 */
import mongoose, { Schema } from 'mongoose';
import { isDuplicate } from './connection.ts';
import { Events, findReservation, type EventDoc, type ReservationDoc } from './reservations.ts';

export type Channel = 'mail';

export interface DeliveryDoc {
  /** `<event>:<channel>` */
  _id: string;
  event: string;
  channel: Channel;
  /** `refused`: for good, as the other side says. An attempt somebody asks for is made all the same. */
  status: 'sending' | 'sent' | 'failed' | 'refused';
  attempts: number;
  /** While `sending`: nobody else attempts before this. */
  leased_until: Date;
  sent: Date | null;
  /** A type and a code of the last failure, never a foreign text. */
  error: string | null;
}

/** `busy`: another attempt is under way, or died less than `LEASE_MS` ago. */
export type DeliveryClaim = { kind: 'claimed'; attempt: number } | { kind: 'sent' } | { kind: 'busy' };

/** Longer than any attempt may take. */
export const LEASE_MS = 15_000;

const deliverySchema = new Schema<DeliveryDoc>(
  {
    _id: { type: String, required: true },
    event: { type: String, required: true },
    channel: { type: String, required: true },
    status: { type: String, required: true },
    attempts: { type: Number, required: true },
    leased_until: { type: Date, required: true },
    sent: { type: Date, default: null },
    error: { type: String, default: null },
  },
  { versionKey: false, minimize: false, strict: 'throw' },
);
const Deliveries = mongoose.model('Delivery', deliverySchema, 'deliveries');

const deliveryId = (event: string, channel: Channel): string => `${event}:${channel}`;

/** Takes the next attempt for the caller alone, for `LEASE_MS`. */
export async function claimDelivery(event: string, channel: Channel, now = Date.now()): Promise<DeliveryClaim> {
  const _id = deliveryId(event, channel);
  const taken = { status: 'sending', leased_until: new Date(now + LEASE_MS) } as const;
  try {
    await Deliveries.create({ _id, event, channel, ...taken, attempts: 1, sent: null, error: null });
    return { kind: 'claimed', attempt: 1 };
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
  const again = await Deliveries.findOneAndUpdate(
    { _id, status: { $ne: 'sent' }, leased_until: { $lte: new Date(now) } },
    { $set: taken, $inc: { attempts: 1 } },
    { returnDocument: 'after' },
  ).lean<DeliveryDoc>();
  if (again) return { kind: 'claimed', attempt: again.attempts };
  return (await findDelivery(event, channel))?.status === 'sent' ? { kind: 'sent' } : { kind: 'busy' };
}

/** True whichever attempt says so, and final. */
export async function markSent(event: string, channel: Channel, now = Date.now()): Promise<void> {
  await Deliveries.updateOne(
    { _id: deliveryId(event, channel), status: { $ne: 'sent' } },
    { $set: { status: 'sent', sent: new Date(now), error: null } },
  );
}

/** Ends the attempt and its lease. One that was overtaken by a later attempt says nothing. */
export async function markFailed(
  event: string,
  channel: Channel,
  attempt: number,
  failure: { error: string; permanent: boolean },
): Promise<void> {
  await Deliveries.updateOne(
    { _id: deliveryId(event, channel), status: 'sending', attempts: attempt },
    { $set: { status: failure.permanent ? 'refused' : 'failed', error: failure.error, leased_until: new Date(0) } },
  );
}

export const findDelivery = (event: string, channel: Channel): Promise<DeliveryDoc | null> =>
  Deliveries.findById(deliveryId(event, channel)).lean<DeliveryDoc>().exec();

/** An event, and its reservation as it stands. Null: the store knows no such event. */
export async function loadTold(event: string): Promise<{ event: EventDoc; reservation: ReservationDoc } | null> {
  const found = await Events.findById(event).lean<EventDoc>().exec();
  const reservation = found && (await findReservation(found.reservation));
  return reservation ? { event: found, reservation } : null;
}

/** As `mail/deliver.ts` takes it. */
export const deliveryStore = { claim: claimDelivery, markSent, markFailed, load: loadTold };
