/** A claim leaves its name's queue, also where nobody knows of it any more or its clock has gone. */
import { findReservation, type ReservationDoc } from '../store/reservations.ts';
import type { LeaveAnswer, Tick } from '../workflows/messages.ts';
import { domainOf, joinOf } from './claim.ts';
import type { RouteDeps } from './deps.ts';
import { problem, type Problem } from './problems.ts';
import { underClock } from './under-clock.ts';

const REJOIN_WAIT_MS = 1_500;

export interface Leaving {
  by: 'by_registrar' | 'by_support';
  explanation?: string;
}

/** Whose clock it was not has not cancelled either. */
export const CLOCK_DELETED: Leaving = { by: 'by_support', explanation: 'The test clock was deleted.' };

/** Undefined: it has left, and was told so. */
export async function leaveQueue(deps: RouteDeps, doc: ReservationDoc, leaving: Leaving): Promise<Problem | undefined> {
  if (!doc.open) return problem('reservation_ended');
  const leave = async (tick: Tick | undefined) => {
    const answer = await askToLeave(deps, doc, leaving, tick);
    switch (answer.kind) {
      case 'left':
        return undefined;
      case 'past_cutoff':
        return problem('past_cutoff');
      default: {
        const ended = (await findReservation(doc._id))?.open === false;
        return ended ? problem('reservation_ended') : problem('engine_unavailable', { retryAfterS: 5 });
      }
    }
  };
  const left = await underClock(deps.engine, doc.test_clock, doc.domain.name, leave);
  // A clock that is gone moves nobody: what is left under it can still be ended.
  return left?.code === 'test_clock_failed' ? leave(undefined) : left;
}

/** An arbiter that is gone, or does not know the claim, is told of it first: a claim that never joined could not leave. */
async function askToLeave(
  { engine }: RouteDeps,
  doc: ReservationDoc,
  leaving: Leaving,
  tick: Tick | undefined,
): Promise<LeaveAnswer | { kind: 'gone' }> {
  const { name } = doc.domain;
  const request = { reservation: doc._id, ...leaving, ...(tick && { tick }) };
  const first = await engine.leave(name, request);
  if (first.kind !== 'gone' && first.kind !== 'unknown') return first;
  await engine.join(domainOf(doc), joinOf(doc), tick);
  await engine.placed(name, doc._id, REJOIN_WAIT_MS);
  return engine.leave(name, request);
}
