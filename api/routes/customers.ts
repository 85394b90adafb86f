/**
 * A customer erased: open reservations are cancelled, for nothing may be caught in the name of somebody whom nobody can name, and
 * then e-mail, name, registrant and metadata go. Each step may be done twice, so that the same call goes on where one stopped.
 */
import { z } from 'zod';
import { erasePerson, isKnown, openReservationsOf, type Person } from '../../store/erasure.ts';
import { findRegistrar } from '../../store/registrars.ts';
import type { ReservationDoc } from '../../store/reservations.ts';
import { reaches } from '../auth.ts';
import type { RouteDeps } from '../deps.ts';
import { ok, param, type Call, type Handled, type Route } from '../http.ts';
import { ownerOf } from '../ids.ts';
import { problem, Problem } from '../problems.ts';
import { read } from '../read.ts';
import { leaveQueue, type Leaving } from '../leave.ts';

const eraseQuery = z.strictObject({ registrar: z.string().min(1).max(100).optional() });

const EXPLANATION = 'The customer was erased.';

async function erase(deps: RouteDeps, call: Call): Promise<Handled> {
  const registrar = await registrarOf(call);
  if (registrar instanceof Problem) return registrar;
  const customer = param(call, 'id');
  const people: Person[] = [];
  for (const livemode of [false, true]) {
    const person = { registrar, livemode, customer };
    if (reaches(call.principal, livemode) && (await isKnown(person))) people.push(person);
  }
  if (people.length === 0) return problem('customer_not_found');
  const by = call.principal.kind === 'operator' ? 'by_support' : 'by_registrar';
  const open = (await Promise.all(people.map(openReservationsOf))).flat();
  const stays = await cancelAll(deps, open, { by, explanation: EXPLANATION });
  if (stays) return stays;
  for (const person of people)
    await erasePerson(person, ownerOf(deps.secret, person.registrar, person.livemode, customer));
  return ok({ id: customer, object: 'customer', deleted: true });
}

/** A customer's id is its registrar's own: an operator says whose. */
async function registrarOf(call: Call): Promise<string | Problem> {
  const query = read(eraseQuery, call.query);
  if (query instanceof Problem) return query;
  const { principal } = call;
  if (principal.kind === 'registrar')
    return query.registrar === undefined
      ? principal.registrar._id
      : problem('unknown_parameter', { param: 'registrar' });
  if (query.registrar === undefined)
    return problem('invalid_parameter', { param: 'registrar', detail: 'An operator says whose customer it is.' });
  return (await findRegistrar(query.registrar)) ? query.registrar : problem('registrar_not_found');
}

/** From the cut-off on the registrant is what the name is caught for; a step that stopped may still be given up. */
const hasOpenAward = ({ status, attention }: ReservationDoc): boolean =>
  status !== 'placed' && status !== 'waiting' && attention === null;

/** Undefined: none is open any more. */
async function cancelAll(
  deps: RouteDeps,
  open: readonly ReservationDoc[],
  leaving: Leaving,
): Promise<Problem | undefined> {
  // Asked before anything is cancelled: a refusal should have changed nothing.
  const awaited = open.find(hasOpenAward);
  if (awaited) return problem('award_open', { reservation: awaited._id });
  // One after the other: names may share a test clock, which settles before the next enters it.
  for (const reservation of open) {
    const left = await leaveQueue(deps, reservation, leaving);
    if (left?.code === 'past_cutoff') return problem('award_open', { reservation: reservation._id });
    if (left && left.code !== 'reservation_ended') return left;
  }
  return undefined;
}

export const customerRoutes = (deps: RouteDeps): Route[] => [
  {
    method: 'DELETE',
    path: '/v1/customers/:id',
    access: { registrar: 'reservations', operator: 'support' },
    handle: (call) => erase(deps, call),
  },
];
