/**
 * Placing a reservation: note the claim, store the request, start its workflow, join the name's queue, ask for the place. Each step
 * may be done twice, so that a retry with the same Idempotency-Key goes on where the first try stopped.
 */
import { dropClaim, noteClaim, passClaim } from '../store/claims.ts';
import { acceptUnplaced, discardUnaccepted, renewUnaccepted } from '../store/reservation-queries.ts';
import {
  findReservation,
  insertReservation,
  type ReservationDoc,
  type ReservationRequest,
} from '../store/reservations.ts';
import { unpublished } from '../store/unpublished.ts';
import { reservationWorkflowId, type PlacedAnswer, type Tick } from '../workflows/messages.ts';
import { domainOf, joinOf } from './claim.ts';
import { bodyHash } from './idempotency.ts';
import type { RouteDeps } from './deps.ts';
import { problem, Problem } from './problems.ts';
import { underClock } from './under-clock.ts';

/** A place not known by then follows later. */
const PLACE_WAIT_MS = 2_000;

export type Placing =
  { kind: 'placed'; doc: ReservationDoc; answer: PlacedAnswer } | { kind: 'ended'; doc: ReservationDoc };

export async function place(deps: RouteDeps, request: ReservationRequest, wait: boolean): Promise<Placing | Problem> {
  const startedAt = deps.now();
  const held = await reservedBefore(deps, request);
  // An earlier try of this very request may have reached the engine, whatever was answered: the arbiter says which of the two is first.
  if (held && !(await findReservation(request._id))?.open) return problem('already_reserved', { reservation: held });
  const stored = await underClock(deps.engine, request.test_clock, request.domain.name, (tick) =>
    storeAndJoin(deps, request, tick),
  ).catch(async (error: unknown) => {
    // What failed here was not accepted: a retry without an Idempotency-Key must not be told that it is in its own way.
    await dropClaim(request.owner, request.domain.name, request._id).catch(() => undefined);
    throw error;
  });
  if (stored instanceof Problem) return stored;
  if (!stored.open) return { kind: 'ended', doc: stored };
  const answer: PlacedAnswer = wait
    ? await deps.engine.placed(request.domain.name, stored._id, Math.max(0, PLACE_WAIT_MS - (deps.now() - startedAt)))
    : { kind: 'pending' };
  if (wait && answer.kind === 'pending') {
    const ended = await endedBefore202(stored._id);
    if (ended) return { kind: 'ended', doc: ended };
  }
  // What was refused holds nothing: the next request must not be told that it does.
  if (answer.kind === 'refused') await dropClaim(request.owner, request.domain.name, stored._id);
  return { kind: 'placed', doc: stored, answer };
}

/**
 * Notes that the place is not known, so that a refusal is mailed; one that came first is answered instead. With the store away it
 * is accepted all the same: the workflow runs, and all that is lost is that mail.
 */
async function endedBefore202(id: string): Promise<ReservationDoc | undefined> {
  try {
    if (await acceptUnplaced(id)) return undefined;
    return (await findReservation(id)) ?? undefined;
  } catch {
    return undefined;
  }
}

async function storeAndJoin(
  deps: RouteDeps,
  request: ReservationRequest,
  tick: Tick | undefined,
): Promise<ReservationDoc | Problem> {
  const doc = await storeOnce(request);
  if (doc instanceof Problem || !doc.open) return doc;
  const { engine } = deps;
  const { unicode } = doc.domain;
  const domain = domainOf(doc);
  const join = joinOf(doc);
  await engine.startReservation({ ...domain, id: doc._id, registrar: doc.registrar, join }, unicode);
  await engine.join(domain, join, tick);
  return doc;
}

/** The document as it stands: the one of an earlier try of the same request, where there was one. */
async function storeOnce(request: ReservationRequest): Promise<ReservationDoc | Problem> {
  if (await insertReservation(request)) return unpublished(request);
  const before = await findReservation(request._id);
  if (before && bodyHash(asked(before)) !== bodyHash(asked(request))) return problem('idempotency_key_reused');
  if (before && before.rev > 0) return before;
  // Takes it from the sweep that discards what was never accepted; if that was quicker, it is stored anew.
  if (before && (await renewUnaccepted(request._id, request.created))) return { ...before, created: request.created };
  await insertReservation(request);
  return (await findReservation(request._id)) ?? unpublished(request);
}

/** What can never change of a request: two with one id and another of these are two requests. */
const asked = ({ domain, customer, dry_run, wait_until, test_clock }: ReservationRequest) => ({
  domain: domain.name,
  customer: customer.id,
  dry_run,
  wait_until: wait_until ?? null,
  test_clock: test_clock ?? null,
});

/**
 * The customer's open reservation of this name, where there is one. Early and cheap; the arbiter decides. One that was stored by a
 * request that failed and never reached the engine counts for nothing, and is taken away.
 */
async function reservedBefore(deps: RouteDeps, request: ReservationRequest): Promise<string | undefined> {
  const { owner, domain, _id } = request;
  for (;;) {
    const noted = await noteClaim(owner, domain.name, _id);
    if (noted === undefined) return undefined;
    const doc = await findReservation(noted);
    if (doc?.open && (await isAccepted(deps, doc))) return noted;
    if (doc?.open) await discardUnaccepted(doc);
    if (await passClaim(owner, domain.name, noted, _id)) return undefined;
  }
}

/** Another request may be between its first two steps: only what had time to start and did not is given up. */
const START_LIMIT_MS = 15_000;

export async function isAccepted(deps: RouteDeps, doc: ReservationDoc): Promise<boolean> {
  if (doc.rev > 0 || deps.now() - doc.created.getTime() < START_LIMIT_MS) return true;
  return (await deps.engine.stateOf(reservationWorkflowId(doc._id))) !== 'none';
}
