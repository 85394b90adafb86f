/** Reservations: listed, read, changed, and their timelines. */
import { compareMoney, type Money } from '../../rules/money.ts';
import { holdOf } from '../../store/ledger.ts';
import { changeReservation, listReservations, openClaimsOf } from '../../store/reservation-queries.ts';
import { findReservation, timelineOf, type ReservationDoc } from '../../store/reservations.ts';
import { reaches, sees } from '../auth.ts';
import { defined } from '../defined.ts';
import type { RouteDeps } from '../deps.ts';
import { list, ok, page, param, readCursor, type Call, type Handled, type Route } from '../http.ts';
import { liveOf } from '../live.ts';
import { knownName } from '../names.ts';
import { problem, Problem } from '../problems.ts';
import { read } from '../read.ts';
import { underClock } from '../under-clock.ts';
import { eventView, reservationView, seenBy, standingsOf } from '../views.ts';
import { belowPrice, createReservation } from './create-reservation.ts';
import { changeBody, eventsQuery, listQuery } from './reservation-schemas.ts';

/** A reservation this key may see; another's is as if it were not there. */
export async function ownReservation(call: Call): Promise<ReservationDoc | Problem> {
  const doc = await findReservation(param(call, 'id'));
  return doc && sees(call.principal, doc) ? doc : problem('reservation_not_found');
}

async function listOwn(deps: RouteDeps, call: Call): Promise<Handled> {
  const query = read(listQuery, call.query);
  if (query instanceof Problem) return query;
  const after = readCursor(query.cursor);
  if (after instanceof Problem) return after;
  const { principal } = call;
  const forOperators = query.registrar ?? query.email;
  if (principal.kind === 'registrar' && forOperators !== undefined)
    return problem('unknown_parameter', { param: query.registrar === undefined ? 'email' : 'registrar' });
  const named = query.domain === undefined ? undefined : knownName(query.domain, deps);
  if (named instanceof Problem) return named;
  const { status, stage, customer, email, needs_attention: needsAttention } = query;
  const test = reaches(principal, false);
  const live = reaches(principal, true);
  const rows = await listReservations(
    defined({
      registrar: principal.kind === 'registrar' ? principal.registrar._id : query.registrar,
      livemode: test === live ? undefined : live,
      ...{ status, stage, customer, email, needsAttention, domain: named?.name },
    }),
    after,
    query.limit + 1,
  );
  const { shown, nextCursor } = page(rows, query.limit, (doc) => [doc.created.getTime(), doc._id]);
  const open = [...new Set(shown.filter((doc) => doc.open).map((doc) => doc.domain.name))];
  const standings = standingsOf(shown, open.length > 0 ? await openClaimsOf(open) : []);
  return ok(
    list(
      shown.map((doc) => reservationView(doc, { standing: standings.get(doc._id), ...seenBy(principal) })),
      nextCursor,
    ),
  );
}

async function readOne(deps: RouteDeps, call: Call): Promise<Handled> {
  const doc = await ownReservation(call);
  return doc instanceof Problem
    ? doc
    : ok(reservationView(doc, { ...(await liveOf(deps, doc)), ...seenBy(call.principal) }));
}

async function change(deps: RouteDeps, call: Call): Promise<Handled> {
  const body = read(changeBody, call.body);
  if (body instanceof Problem) return body;
  const doc = await ownReservation(call);
  if (doc instanceof Problem) return doc;
  const { customer, ...plain } = body;
  const refused = body.budget && (await budgetRefused(deps, doc, body.budget));
  if (refused) return refused;
  const { name } = doc.domain;
  // Only what the arbiter holds of a claim is told to it, and only then the clock is entered.
  // Told each time: an earlier change may have reached the store and not the arbiter.
  const told = body.on_renewal !== undefined;
  const changed = await underClock(deps.engine, told ? doc.test_clock : undefined, name, async (tick) => {
    const stored = await changeReservation(doc._id, {
      ...defined(plain),
      ...(customer && { customer: defined(customer) }),
    });
    if (!stored) return problem('reservation_ended');
    if (told)
      await deps.engine.amend(name, {
        reservation: doc._id,
        onRenewal: stored.on_renewal,
        amendment: stored.amendment,
        ...(tick && { tick }),
      });
    return stored;
  });
  return changed instanceof Problem ? changed : ok(reservationView(changed, await liveOf(deps, changed)));
}

/** Raised any time; lowered until the cut-off, and never under the price or what is held for it. */
async function budgetRefused(
  { engine, policies, now }: RouteDeps,
  doc: ReservationDoc,
  budget: Money,
): Promise<Problem | undefined> {
  const listPrice = policies.of(doc.domain.tld)?.listPrice;
  const low = listPrice && belowPrice(budget, listPrice);
  if (low || compareMoney(budget, doc.budget) >= 0) return low;
  const { registrar, livemode, _id: reservation } = doc;
  const held = await holdOf({ registrar, livemode, reservation });
  if (held && compareMoney(budget, held) < 0) return problem('budget_committed', { param: 'budget' });
  const domain = await engine.awaitDomain(doc.domain.name);
  const nameNow = doc.test_clock === undefined ? now() : ((await engine.awaitClock(doc.test_clock))?.now ?? 0);
  const closed = domain && (domain.phase !== 'watching' || (domain.cutoffAt !== null && nameNow >= domain.cutoffAt));
  return closed ? problem('past_cutoff', { param: 'budget' }) : undefined;
}

async function timeline(call: Call): Promise<Handled> {
  const query = read(eventsQuery, call.query);
  if (query instanceof Problem) return query;
  const doc = await ownReservation(call);
  if (doc instanceof Problem) return doc;
  const rows = await timelineOf(doc._id, query.cursor ?? query.after ?? 0, query.limit + 1);
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  return ok(list(shown.map(eventView), rows.length > query.limit && last ? String(last.seq) : null));
}

const READ = { registrar: 'any', operator: 'any' } as const;
const WRITE = { registrar: 'reservations', operator: 'support' } as const;

export const reservationRoutes = (deps: RouteDeps): Route[] => [
  {
    method: 'POST',
    path: '/v1/reservations',
    access: { registrar: 'reservations' },
    handle: (call) => createReservation(deps, call),
  },
  { method: 'GET', path: '/v1/reservations', access: READ, handle: (call) => listOwn(deps, call) },
  { method: 'GET', path: '/v1/reservations/:id', access: READ, handle: (call) => readOne(deps, call) },
  { method: 'PATCH', path: '/v1/reservations/:id', access: WRITE, handle: (call) => change(deps, call) },
  { method: 'GET', path: '/v1/reservations/:id/events', access: READ, handle: timeline },
];
