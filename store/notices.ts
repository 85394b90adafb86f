/**
 * What became of a notice, in the timeline of its reservation: the next event, whoever attempted it and however late, also after the
 * reservation has ended. Each is noted once. The number is the lock: two who write at once cannot both follow the same event.
 */
import type { NoticeResult } from '../rules/notices.ts';
import { isDuplicate } from './connection.ts';
import { seal } from './event-hash.ts';
import { advanceTo, eventId, Events, type EventDoc, type ReservationDoc } from './reservations.ts';

type Of = Pick<ReservationDoc, '_id' | 'registrar' | 'livemode' | 'test_clock'>;

/** Mail has no part in a test clock: there a notice is noted at the instant its name has come to. */
export async function noteNotice(
  { _id: reservation, registrar, livemode, test_clock }: Of,
  about: Pick<EventDoc, '_id' | 'type'>,
  result: NoticeResult,
  now = Date.now(),
): Promise<void> {
  const { kind, ...facts } = result;
  const type = `notice.${kind}`;
  // What failed for good was not sent because it failed, also where the attempt made all the same found it overtaken.
  const settledBy = kind === 'overtaken' ? [type, 'notice.failed'] : [type];
  const data = { event: about._id, told: about.type, channel: 'mail', ...facts };
  for (;;) {
    const last = await Events.findOne({ reservation }).sort({ seq: -1 }).lean<EventDoc>();
    if (!last) return;
    const isNoted = await Events.exists({ reservation, type: { $in: settledBy }, 'data.event': about._id });
    if (isNoted) return advanceTo(reservation, { seq: last.seq, hash: last.hash });
    const seq = last.seq + 1;
    const created = test_clock === undefined ? new Date(now) : last.created;
    const _id = eventId(reservation, seq);
    const event = seal({ _id, reservation, registrar, livemode, seq, type, created, data }, last.hash);
    try {
      await Events.create(event);
    } catch (error) {
      if (isDuplicate(error)) continue;
      throw error;
    }
    return advanceTo(reservation, { seq, hash: event.hash });
  }
}
