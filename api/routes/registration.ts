/** The registration of a name that was won: as the registry confirmed it, whether it is delivered, and its authInfo, once. */
import type { Outcome } from '../../rules/reservation.ts';
import { catchAwardedTo, type CatchDoc } from '../../store/domains.ts';
import type { ReservationDoc } from '../../store/reservations.ts';
import { showOnce } from '../auth-info.ts';
import type { RouteDeps } from '../deps.ts';
import { ok, type Call, type Handled, type Route } from '../http.ts';
import { problem, Problem } from '../problems.ts';
import { deliveryView, iso, isoOrNull, takenBackView } from '../views.ts';
import { ownReservation } from './reservations.ts';
import { readyClock } from './test-clocks.ts';

type Won = Extract<Outcome, { result: 'won' }>;

/** A name that this key's reservation has won, with the catch it came from. */
async function wonBy(call: Call): Promise<{ doc: ReservationDoc; won: Won; caught: CatchDoc } | Problem> {
  const doc = await ownReservation(call);
  if (doc instanceof Problem) return doc;
  const won = 'outcome' in doc.state && doc.state.outcome.result === 'won' ? doc.state.outcome : undefined;
  const caught = won && (await catchAwardedTo(doc._id));
  return won && caught ? { doc, won, caught } : problem('not_won');
}

async function show(call: Call): Promise<Handled> {
  const found = await wonBy(call);
  if (found instanceof Problem) return found;
  const { doc, won, caught } = found;
  const { confirmed, auth_info } = caught;
  return ok({
    object: 'registration',
    reservation: doc._id,
    livemode: doc.livemode,
    domain: doc.domain,
    roid: won.roid || null,
    sponsor: won.registeredTo,
    registered_at: iso(won.registeredAt),
    expires_at: iso(won.expiresAt),
    delivery: deliveryView(won.delivery),
    taken_back: won.takenBack ? takenBackView(won.takenBack) : null,
    watched_until: isoOrNull(caught.watch?.ended === null ? caught.watch.until : undefined),
    registrant: confirmed?.registrant ?? null,
    nameservers: confirmed?.nameservers ?? null,
    confirmed_at: isoOrNull(confirmed?.at),
    auth_info: { shown_at: auth_info?.shown?.toISOString() ?? null },
  });
}

async function authInfo(deps: RouteDeps, call: Call): Promise<Handled> {
  const found = await wonBy(call);
  if (found instanceof Problem) return found;
  const { doc, won, caught } = found;
  if (won.takenBack) return problem('taken_back');
  if (won.delivery.status === 'held')
    return problem('delivery_held', { detail: `Held until ${iso(won.delivery.deliverAt)}.` });
  const notReady = doc.test_clock === undefined ? undefined : await readyClock(deps.engine, doc.test_clock);
  if (notReady) return notReady;
  const inquiry = deps.inquiries.forTld(doc.domain.tld);
  if (!inquiry) return problem('registry_unavailable');
  const shown = await showOnce({ caught, reservation: doc._id, inquiry, now: deps.now });
  return shown instanceof Problem
    ? shown
    : ok({ object: 'auth_info', reservation: doc._id, domain: doc.domain.name, auth_info: shown });
}

export function registrationRoutes(deps: RouteDeps): Route[] {
  const path = '/v1/reservations/:id/registration';
  return [
    { method: 'GET', path, access: { registrar: 'any', operator: 'any' }, handle: show },
    {
      method: 'POST',
      path: `${path}/auth_info`,
      access: { registrar: 'reservations' },
      handle: (call) => authInfo(deps, call),
    },
  ];
}
