/** From the arbiter to its reservations, from a reservation to its arbiter, and from a reservation to the store and the notices. */
import { ApplicationFailure } from '@temporalio/common';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import pLimit from 'p-limit';
import type { Announcement } from '../workflows/announcer.ts';
import {
  checkSignal,
  domainStart,
  domainWorkflowId,
  joinSignal,
  reservationWorkflowId,
  toldUpdate,
  type DomainInput,
  type JoinMessage,
  type Told,
} from '../workflows/messages.ts';
import { hasEnded } from '../rules/reservation.ts';
import { InvariantViolation } from '../store/event-hash.ts';
import type { Publication } from '../store/reservations.ts';
import type { EngineDeps } from './deps.ts';

const AT_ONCE = 20;

export const tellActivities = (deps: EngineDeps) => ({
  /**
   * Notes to reservations; answers those that have ended and could not be told. Under a test clock each note must be recorded,
   * for time must not move before; in real time an end is waited for a little, for somebody may have asked for it.
   */
  async announce({ batch, underClock }: { batch: Announcement[]; underClock: boolean }): Promise<{ gone: string[] }> {
    const limit = pLimit(AT_ONCE);
    const told = await Promise.all(batch.map((one) => limit(() => tellOne(deps.client, one, underClock))));
    const gone = batch.filter((_, index) => told[index] === 'gone').map(({ reservation }) => reservation);
    for (const reservation of gone) await endByHand(deps, reservation);
    return { gone };
  },

  /**
   * The timeline, the projection and the first attempts at notices. Answers what could not be delivered, and the number of the last
   * entry: what became of notices has numbers in the same timeline, and may have come before it.
   */
  async publish(publication: Publication): Promise<Published> {
    await releaseAtTheEnd(deps, publication);
    const published = await deps.store.publishReservation(publication).catch(finalIfBroken);
    if (!published)
      throw ApplicationFailure.nonRetryable('the store does not know this reservation', 'reservation_unknown');
    const seq = published.events.at(-1)?.seq;
    const notified = await deps.notifier.notify(published.doc, published.events);
    return { ...notified, ...(seq !== undefined && { seq }) };
  },

  /** A reservation that heard nothing asks its arbiter, and brings it back where it is gone; only that, `unlessRunning`. */
  async checkIn({ domain, join, unlessRunning }: CheckIn): Promise<void> {
    if (unlessRunning && (await isRunning(deps.client, domainWorkflowId(domain.name)))) return;
    await wakeDomain(deps.client, domain, join);
  },
});

interface Published {
  undelivered: { event: string; channel: 'mail' }[];
  /** Absent where nothing was added. */
  seq?: number;
}

interface CheckIn {
  domain: DomainInput;
  /** Absent: its award is watched, and it asks for no place. */
  join?: JoinMessage;
  unlessRunning: boolean;
}

/** A hold ends with its reservation at the latest: before the end is told, so that whoever hears of it finds the money there. */
async function releaseAtTheEnd({ money }: EngineDeps, { reservation, registrar, livemode, state }: Publication) {
  if (!hasEnded(state)) return;
  const operation = `end:${reservation}`;
  await money.releaseHold({ operation, registrar, livemode, reservation, reason: state.status, at: state.outcome.at });
}

/** Of the latest run where none is named. */
export async function isRunning(client: Client, workflowId: string, runId?: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflowId, runId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** What must always hold and does not stops the reservation until support has looked: no further attempt would mend it. */
function finalIfBroken(error: unknown): never {
  if (!(error instanceof InvariantViolation)) throw error;
  throw ApplicationFailure.nonRetryable('the timeline would not be one', error.name);
}

async function tellOne(
  client: Client,
  { reservation, told }: Announcement,
  underClock: boolean,
): Promise<'told' | 'gone'> {
  const handle = client.workflow.getHandle(reservationWorkflowId(reservation));
  const untilRecorded = underClock || told.some(({ note }) => note.kind === 'ended');
  const args: [{ told: Told[]; untilRecorded: boolean }] = [{ told, untilRecorded }];
  try {
    if (untilRecorded) {
      const answer = await handle.executeUpdate(toldUpdate, { args });
      if (answer === 'recorded' || !underClock) return 'told';
    } else {
      await handle.startUpdate(toldUpdate, { args, waitForStage: 'ACCEPTED' });
      return 'told';
    }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'gone';
    throw error;
  }
  throw ApplicationFailure.retryable('a note is not recorded yet', 'not_recorded');
}

/** What became of a notice may have brought the reservation past an end it does not know of. */
const LOOKED_BACK = 20;
const BY_HAND = 'its workflow was ended by hand';

/**
 * A reservation whose workflow was terminated cannot say so itself: where the store still has it open, it is closed here. Events that
 * it was about to publish may be stored already: the end comes after them, and one that was noted before a crash is noted as it was.
 */
async function endByHand(deps: EngineDeps, reservation: string): Promise<void> {
  const { store } = deps;
  const doc = await store.findReservation(reservation);
  if (!doc?.open) return;
  const latest = await store.timelineOf(reservation, Math.max(0, doc.seq - LOOKED_BACK), 100);
  const noted = latest.find(({ data }) => data['explanation'] === BY_HAND);
  const at = noted?.created.getTime() ?? Date.now();
  const outcome = { result: 'cancelled', reason: 'by_support', at } as const;
  const data = { ...outcome, explanation: BY_HAND };
  const { registrar, livemode, seq, rev } = doc;
  const ordinal = doc.ordinal === null ? {} : { ordinal: doc.ordinal };
  const publication: Publication = {
    reservation,
    registrar,
    livemode,
    state: { status: 'cancelled', outcome, ...ordinal, ...('name' in doc.state && { name: doc.state.name }) },
    attention: null,
    firstSeq: noted?.seq ?? (latest.at(-1)?.seq ?? seq) + 1,
    entries: [{ type: 'reservation.cancelled', at, data }],
    rev: rev + 1,
    at,
  };
  await releaseAtTheEnd(deps, publication);
  await store.publishReservation(publication);
}

/** Joins the arbiter of a name, or has it look, starting it where it does not run. */
export async function wakeDomain(client: Client, domain: DomainInput, join: JoinMessage | undefined): Promise<void> {
  const start = domainStart(domain);
  if (join) await client.workflow.signalWithStart('domain', { ...start, signal: joinSignal, signalArgs: [join] });
  else await client.workflow.signalWithStart('domain', { ...start, signal: checkSignal, signalArgs: [{}] });
}
