/**
 * All timelines read and checked against their hashes, their reservations and heads noted down earlier. Nothing is written, and
 * memory is bounded: two cursors walk reservations and events side by side.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { timelineCheck, type Finding, type Head, type Link } from '../rules/timeline.ts';
import { genesisOf, hashOfStored } from './event-hash.ts';
import { eventId, Events, Reservations, type EventDoc, type ReservationDoc } from './reservations.ts';

export interface NotedHead extends Head {
  reservation: string;
}

export type TimelineFinding = Finding & { reservation: string };

/** Counted while it goes on. */
export interface Walked {
  timelines: number;
  events: number;
}

type Published = Pick<ReservationDoc, '_id' | 'registrar' | 'seq' | 'head'>;

const BATCH = 500;
/** How often a publication under way is waited for before what it has done so far is told as damage. */
const LOOKS = 4;
const aSecond = (): Promise<void> => sleep(1_000);

const eventsOf = (where: { reservation?: string }) =>
  Events.find(where).sort({ reservation: 1, seq: 1 }).lean<EventDoc>().cursor({ batchSize: BATCH });

const published = { registrar: 1, seq: 1, head: 1 };

const linkOf = (event: EventDoc, registrar: string | undefined): Link => ({
  seq: event.seq,
  hash: event.hash,
  previousHash: event.previous_hash,
  id: event._id,
  idOfSeq: eventId(event.reservation, event.seq),
  // Whose event it is no stranger is shown, so it is not hashed; it is its reservation's.
  hashOfContent: registrar === undefined || event.registrar === registrar ? hashOfStored(event) : undefined,
});

export async function* verifyTimelines(walked: Walked, pause = aSecond): AsyncGenerator<TimelineFinding> {
  for await (const suspect of suspects(walked)) yield* await lookAgain(suspect, pause);
}

/** Ids of reservations something is wrong with, or seemed so: the cursors do not see one instant, and somebody may be publishing. */
async function* suspects(walked: Walked): AsyncGenerator<string> {
  const events = eventsOf({});
  const reservations = Reservations.find().sort({ _id: 1 }).select(published).lean<Published>().cursor({
    batchSize: BATCH,
  });
  let event: EventDoc | null = await events.next();
  let doc: Published | null = await reservations.next();
  while (event !== null || doc !== null) {
    const id = doc === null || (event !== null && event.reservation < doc._id) ? event?.reservation : doc._id;
    if (id === undefined) return;
    const own: Published | null = doc?._id === id ? doc : null;
    const check = timelineCheck(genesisOf(id));
    let found = 0;
    while (event?.reservation === id) {
      found += check.next(linkOf(event, own?.registrar)).length;
      walked.events += 1;
      event = await events.next();
    }
    found += check.end(own).length;
    walked.timelines += 1;
    if (own) doc = await reservations.next();
    if (found > 0) yield id;
  }
}

/** One timeline by itself, its reservation read first: what is then missing from the timeline was never there or is gone. */
async function lookAgain(reservation: string, pause: () => Promise<void>): Promise<TimelineFinding[]> {
  for (let look = 1; ; look++) {
    const doc = await Reservations.findById(reservation).select(published).lean<Published>();
    const check = timelineCheck(genesisOf(reservation));
    const found: Finding[] = [];
    for await (const event of eventsOf({ reservation })) found.push(...check.next(linkOf(event, doc?.registrar)));
    found.push(...check.end(doc));
    const mayPass = found.some(({ what }) => what === 'added') && look < LOOKS;
    if (!mayPass) return found.map((one) => ({ reservation, ...one }));
    await pause();
  }
}

/** Each head must still be in its timeline: a cut-off end leaves no other trace, nor does a timeline written anew from its start. */
export async function* verifyHeads(heads: AsyncIterable<NotedHead>): AsyncGenerator<TimelineFinding> {
  let batch: NotedHead[] = [];
  for await (const head of heads) {
    batch.push(head);
    if (batch.length < BATCH) continue;
    yield* await compared(batch);
    batch = [];
  }
  yield* await compared(batch);
}

async function compared(heads: NotedHead[]): Promise<TimelineFinding[]> {
  const ids = heads.map(({ reservation, seq }) => eventId(reservation, seq));
  const stored = await Events.find({ _id: { $in: ids } })
    .select({ hash: 1 })
    .lean<Pick<EventDoc, '_id' | 'hash'>[]>();
  const hashes = new Map(stored.map(({ _id, hash }) => [_id, hash]));
  return heads.flatMap(({ reservation, seq, hash }) => {
    const now = hashes.get(eventId(reservation, seq));
    if (now === hash) return [];
    return [{ reservation, seq, what: now === undefined ? 'cut_off' : 'replaced' }];
  });
}

/** The head of each timeline that has begun, in the order of ids. */
export async function* currentHeads(): AsyncGenerator<NotedHead> {
  const begun = Reservations.find({ head: { $ne: null } })
    .sort({ _id: 1 })
    .select({ head: 1 });
  for await (const { _id, head } of begun.lean<Published>().cursor({ batchSize: BATCH }))
    if (head) yield { reservation: _id, ...head };
}
