/** One reservation placed: everything that can be refused without the registry and the queue is refused here, each with its own code. */
import { compareMoney, formatMoney, type Money } from '../../rules/money.ts';
import { wayInForSome, type TldPolicy } from '../../rules/tlds.ts';
import { countOpen } from '../../store/reservation-queries.ts';
import { findReservation, type ReservationDoc } from '../../store/reservations.ts';
import { findSandboxName, type SandboxNameDoc } from '../../store/sandbox-names.ts';
import { isTestClock } from '../../store/test-clocks.ts';
import type { RegistrarPrincipal } from '../auth.ts';
import { defined } from '../defined.ts';
import type { RouteDeps } from '../deps.ts';
import type { Call, Handled } from '../http.ts';
import { ownerOf, requestedId } from '../ids.ts';
import { reservableName, withoutRace, type Reservable } from '../names.ts';
import { place, type Placing } from '../place.ts';
import { isProblemCode, problem, Problem } from '../problems.ts';
import { read } from '../read.ts';
import { reservationView } from '../views.ts';
import { CLOCK_DELETED, leaveQueue } from '../leave.ts';
import { createBody, type CreateBody } from './reservation-schemas.ts';

export async function createReservation(deps: RouteDeps, call: Call): Promise<Handled> {
  const principal = call.principal as RegistrarPrincipal;
  const body = read(createBody, call.body);
  if (body instanceof Problem) return body;
  const sold = reservableName(body.domain, principal.livemode, deps);
  if (sold instanceof Problem) return sold;
  const scripted = sold.registry.id === 'sandbox' ? await findSandboxName(sold.name) : null;
  const policy = (scripted?.policy ? deps.policies.of(scripted.policy) : undefined) ?? sold.policy;
  const name = { ...sold, policy };
  const low = withoutRace(policy) ?? belowPrice(body.budget, policy.listPrice) ?? withoutRegistrant(body, name);
  if (low) return low;
  const { registrar, livemode } = principal;
  const id = requestedId('rsv', deps.secret, [registrar._id, livemode ? 'live' : 'test'], call.idempotencyKey);
  // What was taken up and its answer lost is not refused for what has changed since, nor for being there itself.
  const isNew = async () => call.idempotencyKey === undefined || (await findReservation(id)) === null;
  const clock = await clockOf(deps, body, scripted, isNew);
  if (clock instanceof Problem) return clock;
  const { max_open } = registrar;
  if (max_open !== null && (await countOpen(registrar._id, livemode)) >= max_open && (await isNew()))
    return problem('too_many_claims');
  const { domain: _typed, test_clock: _named, wait_until, registrant, nameservers, customer, ...plain } = body;
  const placing = await place(
    deps,
    {
      ...plain,
      _id: id,
      registrar: registrar._id,
      livemode,
      domain: { name: name.name, unicode: name.unicode, tld: name.tld },
      customer: defined(customer),
      owner: ownerOf(deps.secret, registrar._id, livemode, customer.id),
      ...defined({ registrant, nameservers, wait_until }),
      ...(clock !== null && { test_clock: clock }),
      ...(call.prefersAsync && { accepted_unplaced: true }),
      created: new Date(deps.now()),
    },
    !call.prefersAsync,
  );
  if (placing instanceof Problem) return placing;
  // Placed while its clock was being deleted: it may have come too late to be seen there.
  if (clock !== null && !(await isTestClock(clock)))
    return (await leaveQueue(deps, placing.doc, CLOCK_DELETED)) ?? problem('test_clock_failed');
  return placingAnswer(deps, placing, policy, call.prefersAsync);
}

export function belowPrice(budget: Money, listPrice: Money): Problem | undefined {
  if (compareMoney(budget, listPrice) >= 0) return undefined;
  return problem('budget_below_price', {
    param: 'budget.amount',
    detail: `The least budget is ${formatMoney(listPrice)}.`,
  });
}

/** The sandbox needs no registrant; other registries have one configured or are told one. */
function withoutRegistrant(body: CreateBody, { registry }: Reservable): Problem | undefined {
  if (body.registrant !== undefined || registry.contacts.registrant !== undefined || registry.id === 'sandbox')
    return undefined;
  return problem('registrant_required', { param: 'registrant' });
}

/** The clock the name lives under (null: real time), checked against what the request says of it. */
async function clockOf(
  { engine, now }: RouteDeps,
  body: CreateBody,
  scripted: SandboxNameDoc | null,
  isNew: () => Promise<boolean>,
): Promise<string | null | Problem> {
  const clock = scripted?.test_clock ?? null;
  if (body.test_clock !== undefined && body.test_clock !== clock)
    return problem('test_clock_mismatch', { param: 'test_clock' });
  if (body.wait_until === undefined) return clock;
  const nameNow = clock === null ? now() : ((await engine.awaitClock(clock))?.now ?? 0);
  const isPast = body.wait_until <= nameNow && (await isNew());
  return isPast ? problem('wait_until_past', { param: 'wait_until' }) : clock;
}

async function placingAnswer(
  deps: RouteDeps,
  placing: Placing,
  policy: TldPolicy,
  prefersAsync: boolean,
): Promise<Handled> {
  const { doc } = placing;
  const headers = {
    location: `/v1/reservations/${doc._id}`,
    ...(prefersAsync && { 'preference-applied': 'respond-async' }),
  };
  if (placing.kind === 'ended')
    return endedAlready(doc, policy) ?? { status: 201, headers, body: reservationView(doc) };
  const { answer } = placing;
  switch (answer.kind) {
    case 'pending':
      return { status: 202, headers, body: reservationView(doc) };
    case 'refused':
      return refusal(answer.code, answer.reservation, policy);
    case 'placed': {
      const { kind: _placed, name, ...place } = answer;
      const state = { status: 'waiting' as const, ordinal: place.ordinal, name };
      const live = { standing: place, asOf: new Date(deps.now()) };
      return { status: 201, headers, body: reservationView({ ...doc, state }, live) };
    }
  }
}

/** A repeated request whose reservation was rejected meanwhile is told why, as at first. */
function endedAlready({ state }: ReservationDoc, policy: TldPolicy): Problem | undefined {
  if (!('outcome' in state) || state.outcome.result !== 'rejected') return undefined;
  return refusal(state.outcome.reason, state.outcome.reservation, policy);
}

function refusal(code: string, reservation: string | undefined, policy: TldPolicy): Problem {
  const detail = code === 'no_race' ? wayInForSome(policy)?.en : undefined;
  return problem(isProblemCode(code) ? code : 'internal_error', defined({ reservation, detail }));
}
