/** An offer answered while it stands. */
import { findReservation, timelineOf, type ReservationDoc } from '../../store/reservations.ts';
import type { AnswerRequest } from '../../workflows/messages.ts';
import type { RouteDeps } from '../deps.ts';
import { ok, type Call, type Handled, type Route } from '../http.ts';
import { liveOf } from '../live.ts';
import { problem, Problem } from '../problems.ts';
import { read } from '../read.ts';
import { nothing } from '../schemas.ts';
import { underClock } from '../under-clock.ts';
import { reservationView } from '../views.ts';
import { ownReservation } from './reservations.ts';

type Answer = AnswerRequest['answer'];

async function answer(deps: RouteDeps, call: Call, given: Answer): Promise<Handled> {
  const body = read(nothing, call.body ?? {});
  if (body instanceof Problem) return body;
  const doc = await ownReservation(call);
  if (doc instanceof Problem) return doc;
  // An answer whose reply got lost is asked for again with the same key: what was to be done is done.
  if (call.idempotencyKey !== undefined && (await gaveBefore(doc, given))) return shown(deps, doc._id);
  if (!doc.open) return problem('reservation_ended');
  const { engine } = deps;
  const taken = await underClock(engine, doc.test_clock, doc.domain.name, async (tick) => {
    const answered = await engine.answer(doc.domain.name, {
      reservation: doc._id,
      answer: given,
      ...(tick && { tick }),
    });
    return answered === 'taken' ? answered : problem('no_offer');
  });
  return taken instanceof Problem ? taken : shown(deps, doc._id);
}

async function gaveBefore(doc: ReservationDoc, given: Answer): Promise<boolean> {
  const events = await timelineOf(doc._id, Math.max(0, doc.seq - LATEST), LATEST);
  return events.some(({ type }) => type === `decision.${given}`);
}
const LATEST = 100;

async function shown(deps: RouteDeps, id: string): Promise<Handled> {
  const doc = await findReservation(id);
  return doc ? ok(reservationView(doc, await liveOf(deps, doc))) : problem('reservation_not_found');
}

const ANSWERS = { accept: 'accepted', decline: 'declined' } as const;

export const offerRoutes = (deps: RouteDeps): Route[] =>
  (['accept', 'decline'] as const).map((verb): Route => ({
    method: 'POST',
    path: `/v1/reservations/:id/${verb}`,
    access: { registrar: 'reservations' },
    handle: (call) => answer(deps, call, ANSWERS[verb]),
  }));
