/** What the activities write into a timeline: a publication that cannot be right stops, and an end by hand comes once, whatever crashed. */
import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { EngineDeps } from '../../activities/deps.ts';
import { tellActivities } from '../../activities/tell.ts';
import * as domains from '../../store/domains.ts';
import * as reservations from '../../store/reservations.ts';
import { verifyTimelines } from '../../store/timelines.ts';
import { useStore } from '../store/mongo.ts';
import { inRedemption, reservation as sample, waiting } from '../mail/samples.ts';

useStore();
afterEach(() => jest.restoreAllMocks());

const AT = Date.UTC(2026, 2, 1);

/** No workflow runs: whoever is told is gone. */
const activities = tellActivities({
  store: { ...domains, ...reservations },
  money: { releaseHold: async () => {} },
  notifier: { notify: async () => ({ undelivered: [] }) },
  client: {
    workflow: {
      getHandle: (id: string) => ({
        executeUpdate: () => Promise.reject(new WorkflowNotFoundError('gone', id, undefined)),
      }),
    },
  },
} as unknown as EngineDeps);

const publication = (id: string, firstSeq: number, stage: string): reservations.Publication => ({
  reservation: id,
  registrar: 'rgr_1',
  livemode: true,
  state: waiting(),
  attention: null,
  firstSeq,
  entries: [{ type: 'reservation.stage_changed', at: AT, data: { stage } }],
  rev: firstSeq,
  at: AT,
});

async function begun(): Promise<string> {
  const id = `rsv_${randomUUID().replaceAll('-', '')}`;
  await reservations.insertReservation(sample({ _id: id }));
  await activities.publish(publication(id, 1, 'registered'));
  return id;
}

/** The arbiter has something to tell, and finds the reservation's workflow gone. */
const endByHand = (id: string) => {
  const note = { kind: 'seen' as const, at: AT, name: inRedemption };
  return activities.announce({ batch: [{ reservation: id, told: [{ number: 1, note }] }], underClock: true });
};

/** The process dies where it would bring the reservation up to date. */
function dieBeforeProjection(): void {
  jest.spyOn(reservations.Reservations, 'findOneAndUpdate').mockImplementationOnce(() => {
    throw new Error('the process died');
  });
}

async function damageOf(id: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { reservation, what } of verifyTimelines({ timelines: 0, events: 0 }, async () => {}))
    if (reservation === id) found.push(what);
  return found;
}

const types = async (id: string) => (await reservations.timelineOf(id, 0, 10)).map(({ type }) => type);

test('another event under a number that is taken stops the reservation for support: no attempt would mend it', async () => {
  const id = await begun();
  await expect(activities.publish(publication(id, 1, 'redemption'))).rejects.toMatchObject({
    nonRetryable: true,
    type: 'InvariantViolation',
  });
});

test('an end by hand is noted once, as it was first noted, though its first try died midway', async () => {
  const id = await begun();
  dieBeforeProjection();
  await expect(endByHand(id)).rejects.toThrow('the process died');
  const [, noted] = await reservations.timelineOf(id, 0, 10);
  expect(await endByHand(id)).toEqual({ gone: [id] });
  expect(await endByHand(id)).toEqual({ gone: [id] });
  expect(await types(id)).toEqual(['reservation.stage_changed', 'reservation.cancelled']);
  const doc = await reservations.findReservation(id);
  expect(doc).toMatchObject({ open: false, seq: 2, state: { outcome: { at: noted?.created.getTime() } } });
  expect(await damageOf(id)).toEqual([]);
});

test('what a reservation was publishing when it was ended by hand stays in its timeline, before the end', async () => {
  const id = await begun();
  dieBeforeProjection();
  await expect(activities.publish(publication(id, 2, 'redemption'))).rejects.toThrow('the process died');
  await endByHand(id);
  expect(await types(id)).toEqual(['reservation.stage_changed', 'reservation.stage_changed', 'reservation.cancelled']);
  expect(await reservations.findReservation(id)).toMatchObject({ open: false, seq: 3, head: { seq: 3 } });
  expect(await damageOf(id)).toEqual([]);
});
