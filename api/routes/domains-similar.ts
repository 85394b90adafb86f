/** Other names for one that may not be had: what registries say of them, and whether the caller waits for one already. Never who else does. */
import { ownOpen } from '../../store/reservation-queries.ts';
import type { RouteDeps } from '../deps.ts';
import { list, ok, param, type Call, type Handled, type Route } from '../http.ts';
import { askedName } from '../names.ts';
import { Problem } from '../problems.ts';
import { similarNames, type Similar } from '../similar.ts';
import { iso } from '../views.ts';

/** The caller's open reservations of these names, by name. An operator has none. */
async function ownOf({ principal }: Call, livemode: boolean, names: string[]): Promise<Map<string, string[]>> {
  if (principal.kind === 'operator' || names.length === 0) return new Map();
  const docs = await ownOpen(principal.registrar._id, livemode, names);
  const byName = new Map<string, string[]>();
  for (const { _id, domain } of docs) byName.set(domain.name, [...(byName.get(domain.name) ?? []), _id].toSorted());
  return byName;
}

export const similarView = ({ names, asOf, silent }: Similar, own: ReadonlyMap<string, string[]>) => ({
  ...list(
    names.map(({ name, unicode, tld, reason, explanation, score, availability }) => ({
      object: 'similar_name',
      domain: { name, unicode, tld },
      reason,
      explanation,
      score,
      availability,
      reservations: own.get(name) ?? [],
    })),
    null,
  ),
  as_of: iso(asOf),
  missing: silent.map(({ registry, reason }) => ({ what: 'availability', registry, reason })),
});

export function similarRoutes(deps: RouteDeps): Route[] {
  const similarTo = similarNames(deps);
  async function similar(call: Call): Promise<Handled> {
    const asked = askedName(param(call, 'name'), call.principal, deps);
    if (asked instanceof Problem) return asked;
    const found = await similarTo(asked);
    const own = await ownOf(
      call,
      asked.livemode,
      found.names.map(({ name }) => name),
    );
    return ok(similarView(found, own));
  }
  return [
    {
      method: 'GET',
      path: '/v1/domains/:name/similar',
      access: { registrar: 'any', operator: 'any' },
      handle: similar,
    },
  ];
}
