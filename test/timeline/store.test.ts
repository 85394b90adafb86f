/** Timelines on a real store: whatever crashes and is tried again, one chain comes of it; whatever is changed in it is found. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Head } from '../../rules/timeline.ts';
import type { ReservationState, TimelineEntry } from '../../rules/reservation.ts';
import { hashOfStored, InvariantViolation } from '../../store/event-hash.ts';
import { readHeads } from '../../store/heads.ts';
import { currentHeads, verifyHeads, verifyTimelines, type NotedHead } from '../../store/timelines.ts';
import {
  eventId,
  Events,
  findReservation,
  insertReservation,
  publishReservation,
  Reservations,
  timelineOf,
  type EventDoc,
  type Publication,
} from '../../store/reservations.ts';
import { useStore } from '../store/mongo.ts';
import { reservation as sample } from '../mail/samples.ts';
import { data, mutated, mutations } from './mutations.ts';

useStore();
beforeEach(async () => {
  await Promise.all([Events.deleteMany({}), Reservations.deleteMany({})]);
});
afterEach(() => jest.restoreAllMocks());

const AT = Date.UTC(2026, 2, 1);
const state: ReservationState = { status: 'placed' };

async function reserved(): Promise<string> {
  const id = `rsv_${randomUUID().replaceAll('-', '')}`;
  const {
    open,
    status,
    stage,
    ordinal,
    state: _state,
    seq,
    head,
    rev,
    attention,
    as_of,
    ...request
  } = sample({ _id: id });
  void [open, status, stage, ordinal, seq, head, rev, attention, as_of];
  await insertReservation(request);
  return id;
}

const entry = (facts: Record<string, unknown>, type = 'reservation.stage_changed'): TimelineEntry => ({
  type,
  at: AT,
  data: facts,
});

const publication = (id: string, firstSeq: number, entries: TimelineEntry[], rev = firstSeq): Publication => ({
  reservation: id,
  registrar: 'rgr_1',
  livemode: true,
  state,
  attention: null,
  firstSeq,
  entries,
  rev,
  at: AT,
});

async function written(facts = ['registered', 'redemption', 'available']): Promise<{ id: string; events: EventDoc[] }> {
  const id = await reserved();
  for (const [index, stage] of facts.entries())
    await publishReservation(publication(id, index + 1, [entry({ stage })]));
  return { id, events: await timelineOf(id, 0, 100) };
}

async function findings(heads?: NotedHead[], pause = async () => {}): Promise<string[]> {
  const found: string[] = [];
  for await (const { reservation, seq, what } of verifyTimelines({ timelines: 0, events: 0 }, pause))
    found.push(`${reservation} ${seq} ${what}`);
  const lines = heads?.map(({ reservation, seq, hash }) => `${reservation} ${seq} ${hash}`);
  if (lines)
    for await (const { reservation, seq, what } of verifyHeads(readHeads(lines)))
      found.push(`${reservation} ${seq} ${what}`);
  return found;
}

/** What was stored instead, past everything that would refuse it. */
async function replaceTimeline(id: string, events: EventDoc[]): Promise<void> {
  await Events.deleteMany({ reservation: id });
  if (events.length > 0) await Events.collection.insertMany(events as never[]);
}

describe('publishing', () => {
  test('events follow each other within a publication and across, and the reservation knows the last', async () => {
    const id = await reserved();
    await publishReservation(publication(id, 1, [entry({ stage: 'registered' }), entry({ stage: 'redemption' })]));
    await publishReservation(publication(id, 3, []));
    const published = await publishReservation(publication(id, 3, [entry({ stage: 'available' })], 4));
    const events = await timelineOf(id, 0, 10);
    expect(events.map(({ previous_hash }) => previous_hash).slice(1)).toEqual(
      events.map(({ hash }) => hash).slice(0, 2),
    );
    const head: Head = { seq: 3, hash: events[2]?.hash ?? '' };
    expect(published?.doc.head).toEqual(head);
    expect((await findReservation(id))?.head).toEqual(head);
    expect(await findings()).toEqual([]);
  });

  test('another content under a number that is taken is refused, and nothing is changed by it', async () => {
    const { id, events } = await written();
    for (const other of [{ stage: 'registered', from: 'x' }, { stage: 'Redemption' }])
      await expect(publishReservation(publication(id, 2, [entry(other)]))).rejects.toThrow(InvariantViolation);
    await expect(publishReservation(publication(id, 2, [entry({ stage: 'redemption' }, 'other')]))).rejects.toThrow();
    expect(await timelineOf(id, 0, 10)).toEqual(events);
    expect(await findings()).toEqual([]);
  });

  test('a stored event that was changed meanwhile is not taken for the one that is published again', async () => {
    const { id } = await written();
    await Events.updateOne({ _id: eventId(id, 3) }, { $set: { data: { stage: 'unknown' } } });
    await expect(publishReservation(publication(id, 3, [entry({ stage: 'available' })]))).rejects.toThrow(
      InvariantViolation,
    );
  });

  test('after an older backup a life goes on, and the gap stays to be seen', async () => {
    const { id, events } = await written(['registered', 'redemption', 'pending_delete', 'available']);
    await Events.deleteMany({ reservation: id, seq: { $gt: 2 } });
    await Reservations.updateOne({ _id: id }, { $set: { seq: 2, rev: 2, head: { seq: 2, hash: events[1]?.hash } } });
    await publishReservation(publication(id, 5, [entry({ stage: 'registered_by_other' })]));
    expect((await timelineOf(id, 2, 10)).map(({ seq, previous_hash }) => ({ seq, previous_hash }))).toEqual([
      { seq: 5, previous_hash: events[1]?.hash },
    ]);
    expect(await findings()).toEqual([`${id} 3 missing`]);
  });

  test('whatever is published in whatever batches, crashing anywhere and tried again, comes to one whole chain', async () => {
    const step = fc.record({
      facts: fc.array(data, { maxLength: 3 }),
      /** Crashes before the write of this number, once for each. */
      crashes: fc.array(fc.nat({ max: 4 }), { maxLength: 2 }),
      again: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
        const id = await reserved();
        let seq = 1;
        for (const [index, { facts, crashes, again }] of steps.entries()) {
          const one = publication(
            id,
            seq,
            facts.map((each) => entry(each)),
            index + 1,
          );
          for (const at of crashes) await crashing(at, one);
          const first = await publishReservation(one);
          const before = await timelineOf(id, 0, 100);
          if (again) expect((await publishReservation(one))?.events).toEqual(first?.events);
          expect(await timelineOf(id, 0, 100)).toEqual(before);
          seq += facts.length;
        }
        const events = await timelineOf(id, 0, 100);
        expect(events.map((event) => event.seq)).toEqual(Array.from({ length: seq - 1 }, (_, index) => index + 1));
        for (const event of events) expect(hashOfStored(event)).toBe(event.hash);
        expect(await findings()).toEqual([]);
      }),
      { numRuns: 30 },
    );
  }, 120_000);
});

/** The process dies before its n-th write; the projection is the last. */
async function crashing(at: number, one: Publication): Promise<void> {
  const create = Events.create.bind(Events);
  let writes = 0;
  const died = () => new Error('the process died');
  jest.spyOn(Events, 'create').mockImplementation((async (doc: EventDoc) => {
    if (writes++ >= at) throw died();
    return create(doc);
  }) as never);
  if (at >= one.entries.length)
    jest.spyOn(Reservations, 'findOneAndUpdate').mockImplementation(() => {
      throw died();
    });
  await expect(publishReservation(one)).rejects.toThrow('the process died');
  jest.restoreAllMocks();
}

describe('verifying', () => {
  test('any one change to any stored timeline is found', async () => {
    const others = [await written(), await written()];
    await fc.assert(
      fc.asyncProperty(mutations, async (mutation) => {
        const { id, events } = await written(['registered', 'redemption', 'registered']);
        const heads = await noted();
        const stored = mutated(structuredClone(events), mutation);
        if (stored) {
          await Events.collection.dropIndex('reservation_1_seq_1').catch(() => undefined);
          await replaceTimeline(id, stored);
          expect(await findings(heads)).not.toEqual([]);
        }
        await Promise.all([
          Events.deleteMany({ reservation: { $nin: others.map((one) => one.id) } }),
          Reservations.deleteOne({ _id: id }),
        ]);
        expect(await findings()).toEqual([]);
      }),
      { numRuns: 60 },
    );
    await Events.createIndexes();
  }, 120_000);

  test('an event given to another registrar is found, though no hash is over whose it is', async () => {
    const { id } = await written();
    await Events.updateOne({ _id: eventId(id, 2) }, { $set: { registrar: 'rgr_2' } });
    expect(await findings()).toEqual([`${id} 2 changed`]);
  });

  test('a timeline cut off at its end, its reservation with it, is found by a head that somebody kept', async () => {
    const { id, events } = await written();
    await written();
    const heads = await noted();
    await Events.deleteOne({ _id: eventId(id, 3) });
    await Reservations.updateOne({ _id: id }, { $set: { seq: 2, head: { seq: 2, hash: events[1]?.hash } } });
    expect(await findings()).toEqual([]);
    expect(await findings(heads)).toEqual([`${id} 3 cut_off`]);
  });

  test('a timeline written anew from its start, its reservation with it, is found by a head that somebody kept', async () => {
    const { id } = await written();
    const heads = await noted();
    await Promise.all([
      Events.deleteMany({ reservation: id }),
      Reservations.updateOne({ _id: id }, { $set: { head: null, seq: 0, rev: 0 } }),
    ]);
    for (const [index, stage] of ['registered', 'registered', 'available'].entries())
      await publishReservation(publication(id, index + 1, [entry({ stage })]));
    expect(await findings()).toEqual([]);
    expect(await findings(heads)).toEqual([`${id} 3 replaced`]);
  });

  test('a reservation taken out with its timeline is found by a head, one without the other at once', async () => {
    const { id } = await written();
    const heads = await noted();
    await Reservations.deleteOne({ _id: id });
    expect(await findings()).toEqual([`${id} 3 orphaned`]);
    await Events.deleteMany({ reservation: id });
    expect(await findings()).toEqual([]);
    expect(await findings(heads)).toEqual([`${id} 3 cut_off`]);
  });

  test('a publication under way is waited for, and not told as damage', async () => {
    const { id } = await written();
    const next = publication(id, 4, [entry({ stage: 'registered_by_other' })]);
    await crashing(1, next);
    expect(await findings()).toEqual([`${id} 4 added`]);
    expect(await findings(undefined, async () => void (await publishReservation(next)))).toEqual([]);
  });

  test('heads of long ago are as good as those of today', async () => {
    const { id, events } = await written();
    const heads = events.map(({ seq, hash }) => ({ reservation: id, seq, hash }));
    expect(await findings(heads)).toEqual([]);
  });

  test('more timelines than one batch of a cursor are walked side by side with their reservations', async () => {
    const many = Array.from({ length: 1_200 }, (_, index) =>
      sample({ _id: `rsv_${String(index).padStart(5, '0')}`, seq: 0, head: null }),
    );
    await Reservations.collection.insertMany(many as never[]);
    const { id } = await written();
    await Events.deleteOne({ _id: eventId(id, 1) });
    const walked = { timelines: 0, events: 0 };
    const found = [];
    for await (const one of verifyTimelines(walked)) found.push(one);
    expect(found).toEqual([{ reservation: id, seq: 1, what: 'missing' }]);
    expect(walked).toEqual({ timelines: 1_201, events: 2 });
  });
});

async function noted(): Promise<NotedHead[]> {
  const heads: NotedHead[] = [];
  for await (const head of currentHeads()) heads.push(head);
  return heads;
}

describe('heads that somebody kept', () => {
  const hash = 'ab'.repeat(32);
  const heads = async (lines: string[]) => {
    const found: NotedHead[] = [];
    for await (const head of readHeads(lines)) found.push(head);
    return found;
  };

  test.each([
    [[`rsv_1 3 ${hash}`]],
    [['Hello Ada,', '', '-- ', 'Keep this message.', `  rsv_1 3 ${hash}\r`]],
    [[JSON.stringify({ reservation: 'rsv_1', seq: 3, hash })]],
    [
      [
        JSON.stringify({
          id: 'evt_10003',
          object: 'event',
          seq: 3,
          reservation: 'rsv_1',
          data: {},
          hash,
          previous_hash: hash,
        }),
      ],
    ],
  ])('are read from %j', async (lines) => {
    expect(await heads(lines)).toEqual([{ reservation: 'rsv_1', seq: 3, hash }]);
  });

  test.each([
    [[`rsv_1 3 ${hash.slice(1)}`]],
    [[`rsv_1 ${hash}`]],
    [[`rsv_1 0 ${hash}`]],
    [[`rsv_1 3 ${hash} more`]],
    [['{"reservation": "rsv_1"']],
    [['Hello Ada,']],
    [[]],
  ])('are not silently passed over: %j', async (lines) => {
    await expect(heads(lines)).rejects.toMatchObject({ name: 'WrongHeads' });
  });
});
