/** What became of notices, in the timeline of their reservation: noted once, by whoever attempted them, in one whole chain. */
import { randomUUID } from 'node:crypto';
import { noteNotice } from '../../store/notices.ts';
import {
  Events,
  findReservation,
  insertReservation,
  publishReservation,
  Reservations,
  timelineOf,
  type EventDoc,
  type ReservationDoc,
} from '../../store/reservations.ts';
import { verifyTimelines } from '../../store/timelines.ts';
import { waiting, reservation as sample } from '../mail/samples.ts';
import { useEmptyStore } from '../store/mongo.ts';

useEmptyStore();
afterEach(() => jest.restoreAllMocks());

const AT = Date.UTC(2026, 2, 1);
const SENT = { kind: 'sent' } as const;

/** Its workflow publishes one stage after another, and counts no more than its own entries and what it is answered. */
async function begun(over: Partial<ReservationDoc> = {}) {
  const doc = sample({ _id: `rsv_${randomUUID().replaceAll('-', '')}`, seq: 0, head: null, rev: 0, ...over });
  await insertReservation(doc);
  let rev = 0;
  const publish = async (firstSeq: number, stages: string[], again = false) => {
    if (!again) rev += 1;
    const entries = stages.map((stage) => ({ type: 'reservation.stage_changed', at: AT, data: { stage } }));
    const { _id: id, registrar, livemode } = doc;
    const of = { reservation: id, registrar, livemode, state: waiting(), attention: null };
    const published = await publishReservation({ ...of, firstSeq, entries, rev, at: AT });
    return published?.events.map(({ seq }) => seq);
  };
  return { doc, publish };
}

const shown = async ({ _id }: ReservationDoc): Promise<string[]> =>
  (await timelineOf(_id, 0, 100)).map(
    ({ seq, type, data }) => `${seq} ${type} ${String(data['stage'] ?? data['told'])}`,
  );

async function damage(): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const one of verifyTimelines({ timelines: 0, events: 0 }, async () => {})) found.push(one);
  return found;
}

const first = async ({ _id }: ReservationDoc) => (await timelineOf(_id, 0, 1))[0] as { _id: string; type: string };

test('a notice is noted after what it tells of, once, and what is published next follows it', async () => {
  const { doc, publish } = await begun();
  expect(await publish(1, ['registered'])).toEqual([1]);
  await noteNotice(doc, await first(doc), SENT, AT + 5);
  await noteNotice(doc, await first(doc), SENT, AT + 9);
  // The workflow counts its own.
  expect(await publish(2, ['redemption', 'pending_delete'])).toEqual([3, 4]);
  expect(await publish(2, ['redemption', 'pending_delete'], true)).toEqual([3, 4]);
  expect(await publish(5, ['available'])).toEqual([5]);
  expect(await shown(doc)).toEqual([
    '1 reservation.stage_changed registered',
    '2 notice.sent reservation.stage_changed',
    '3 reservation.stage_changed redemption',
    '4 reservation.stage_changed pending_delete',
    '5 reservation.stage_changed available',
  ]);
  expect(await findReservation(doc._id)).toMatchObject({ seq: 5, head: { seq: 5 } });
  expect(await damage()).toEqual([]);
});

test('a refusal says who refused in no word but the code, and a later success is noted beside it', async () => {
  const { doc, publish } = await begun();
  await publish(1, ['registered']);
  const event = await first(doc);
  await noteNotice(doc, event, { kind: 'failed', reason: 'refused', code: 550 }, AT);
  await noteNotice(doc, event, SENT, AT);
  const data = { event: event._id, told: 'reservation.stage_changed', channel: 'mail' };
  expect((await timelineOf(doc._id, 1, 10)).map((one) => [one.type, one.data])).toEqual([
    ['notice.failed', { ...data, reason: 'refused', code: 550 }],
    ['notice.sent', data],
  ]);
  expect(await damage()).toEqual([]);
});

test('what was refused, and found overtaken when it was tried once more, is noted as refused alone', async () => {
  const { doc, publish } = await begun();
  await publish(1, ['registered', 'redemption']);
  const [one, other] = (await timelineOf(doc._id, 0, 2)) as [EventDoc, EventDoc];
  await noteNotice(doc, one, { kind: 'failed', reason: 'refused', code: 550 }, AT);
  await noteNotice(doc, one, { kind: 'overtaken' }, AT);
  await noteNotice(doc, other, { kind: 'overtaken' }, AT);
  expect((await timelineOf(doc._id, 2, 10)).map(({ type, data }) => [type, data['event']])).toEqual([
    ['notice.failed', one._id],
    ['notice.overtaken', other._id],
  ]);
  expect(await damage()).toEqual([]);
});

test('a publication that stalls while notices are noted, and ten that note one at once: one chain comes of it', async () => {
  const { doc, publish } = await begun();
  await publish(1, ['registered']);
  const event = await first(doc);
  const results = ['sent', 'overtaken'] as const;
  const noted = Array.from({ length: 10 }, (_, n) => noteNotice(doc, event, { kind: results[n % 2] ?? 'sent' }, AT));
  await Promise.all([...noted, publish(2, ['redemption', 'pending_delete', 'available'])]);
  const { length } = await timelineOf(doc._id, 0, 100);
  expect(length).toBe(6);
  expect(await findReservation(doc._id)).toMatchObject({ seq: 6, head: { seq: 6 } });
  expect(await damage()).toEqual([]);
  expect(await publish(2, ['redemption', 'pending_delete', 'available'], true)).toHaveLength(3);
  expect(await timelineOf(doc._id, 0, 100)).toHaveLength(6);
});

test('whoever dies before the reservation knows of the note leaves that to the next', async () => {
  const { doc, publish } = await begun();
  await publish(1, ['registered']);
  jest.spyOn(Reservations, 'updateOne').mockImplementationOnce(() => {
    throw new Error('the process died');
  });
  await expect(noteNotice(doc, await first(doc), SENT)).rejects.toThrow('the process died');
  expect(await damage()).toMatchObject([{ seq: 2, what: 'added' }]);
  await noteNotice(doc, await first(doc), SENT);
  expect(await shown(doc)).toHaveLength(2);
  expect(await damage()).toEqual([]);
});

test('one that was changed is no reason to go past it: the reservation stops', async () => {
  const { doc, publish } = await begun();
  await publish(1, ['registered']);
  await noteNotice(doc, await first(doc), SENT);
  await Events.updateOne({ reservation: doc._id, seq: 2 }, { $set: { 'data.told': 'another' } });
  await expect(publish(2, ['redemption'])).rejects.toMatchObject({ name: 'InvariantViolation' });
});

test('under a test clock a notice is noted at the instant its name has come to', async () => {
  const { doc, publish } = await begun({ test_clock: 'clk_1' });
  await publish(1, ['registered']);
  await noteNotice(doc, await first(doc), SENT);
  expect((await timelineOf(doc._id, 1, 1))[0]?.created.getTime()).toBe(AT);
});
