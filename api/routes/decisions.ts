/** Cancelling, and what support decides where a step stopped. */
import type { Attention } from '../../rules/reservation.ts';
import { findReservation } from '../../store/reservations.ts';
import { findSandboxName } from '../../store/sandbox-names.ts';
import { reaches } from '../auth.ts';
import type { RouteDeps } from '../deps.ts';
import { ok, param, type Call, type Handled, type Route } from '../http.ts';
import { liveOf } from '../live.ts';
import { knownName, TEST_TLD } from '../names.ts';
import { problem, Problem } from '../problems.ts';
import { read } from '../read.ts';
import { leaveQueue } from '../leave.ts';
import { underClock } from '../under-clock.ts';
import { attentionOf, attentionView, reservationView, seenBy } from '../views.ts';
import { cancelBody, decisionBody } from './reservation-schemas.ts';
import { ownReservation } from './reservations.ts';

async function cancel(deps: RouteDeps, call: Call): Promise<Handled> {
  const body = read(cancelBody, call.body);
  if (body instanceof Problem) return body;
  const support = call.principal.kind === 'operator';
  if (support && body.reason === undefined)
    return problem('invalid_parameter', { param: 'reason', detail: 'Support says why it cancels.' });
  if (!support && body.reason !== undefined) return problem('unknown_parameter', { param: 'reason' });
  const doc = await ownReservation(call);
  if (doc instanceof Problem) return doc;
  // An answer that got lost is asked for again with the same key: what was to be done is done.
  if (call.idempotencyKey !== undefined && doc.status === 'cancelled') return ok(reservationView(doc));
  const explanation = body.reason === undefined ? {} : { explanation: body.reason };
  const left = await leaveQueue(deps, doc, { by: support ? 'by_support' : 'by_registrar', ...explanation });
  if (left instanceof Problem) return left;
  const after = (await findReservation(doc._id)) ?? doc;
  return ok(reservationView(after, { ...(await liveOf(deps, after)), ...seenBy(call.principal) }));
}

type Action = 'retry' | 'skip';

async function decideReservation(deps: RouteDeps, call: Call, action: Action): Promise<Handled> {
  const body = read(decisionBody, call.body);
  if (body instanceof Problem) return body;
  const doc = await ownReservation(call);
  if (doc instanceof Problem) return doc;
  if (!doc.open) return problem('reservation_ended');
  const attention = attentionOf(doc, await liveOf(deps, doc));
  const decided = await decide(deps, { attention, action, given: body, name: doc.domain.name, clock: doc.test_clock });
  if (decided) return decided;
  const after = (await findReservation(doc._id)) ?? doc;
  return ok(reservationView(after, { ...(await liveOf(deps, after)), ...seenBy(call.principal) }));
}

async function decideDomain(deps: RouteDeps, call: Call, action: Action): Promise<Handled> {
  const body = read(decisionBody, call.body);
  if (body instanceof Problem) return body;
  const known = knownName(param(call, 'name'), deps);
  if (known instanceof Problem) return known;
  const domain = await deps.engine.awaitDomain(known.name);
  if (!domain || !reaches(call.principal, known.tld !== TEST_TLD)) return problem('domain_not_found');
  const clock = (await findSandboxName(known.name))?.test_clock ?? undefined;
  const { attention } = domain;
  const decided = await decide(deps, { attention, action, given: body, name: known.name, clock });
  if (decided) return decided;
  const after = (await deps.engine.describeDomain(known.name)) ?? domain;
  const needs_attention = after.attention && attentionView(after.attention);
  const { name, claims, phase } = after;
  return ok({ object: 'domain', name, phase, claims, needs_attention });
}

interface Deciding {
  attention: Attention | null | undefined;
  action: Action;
  given: { attention: string; reason: string };
  name: string;
  clock: string | undefined;
}

/** Undefined: it was decided. */
async function decide(
  { engine }: RouteDeps,
  { attention, action, given, name, clock }: Deciding,
): Promise<Problem | undefined> {
  if (!attention) return problem('nothing_to_decide');
  if (attention.id !== given.attention) return problem('attention_changed', { param: 'attention' });
  // Of a name and its reservations only the arbiter takes part in a clock.
  const entered = attention.workflow.startsWith('domain:') ? clock : undefined;
  return underClock(engine, entered, name, async (tick) => {
    const answer = await engine.decide(attention.workflow, { ...given, action, ...(tick && { tick }) });
    if (answer === 'decided') return undefined;
    return problem(answer === 'gone' ? 'nothing_to_decide' : answer);
  });
}

const SUPPORT = { operator: 'support' } as const;

export const decisionRoutes = (deps: RouteDeps): Route[] => [
  {
    method: 'POST',
    path: '/v1/reservations/:id/cancel',
    access: { registrar: 'reservations', operator: 'support' },
    handle: (call) => cancel(deps, call),
  },
  ...(['retry', 'skip'] as const).flatMap((action): Route[] => [
    {
      method: 'POST',
      path: `/v1/reservations/:id/${action}`,
      access: SUPPORT,
      handle: (call) => decideReservation(deps, call, action),
    },
    {
      method: 'POST',
      path: `/v1/domains/:name/${action}`,
      access: SUPPORT,
      handle: (call) => decideDomain(deps, call, action),
    },
  ]),
];
