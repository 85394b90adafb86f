/** The outlook of a name: what its registry last said, what may come of it, and that nobody can promise any of it. */
import { crowdOf, likelihoodOf, type Crowd, type Sign } from '../../rules/outlook.ts';
import { refusalByRegistry } from '../../rules/queue.ts';
import type { Registration } from '../../rules/stage.ts';
import { wayInForSome, wayInOf } from '../../rules/tlds.ts';
import { openClaimsOf, ownOpen } from '../../store/reservation-queries.ts';
import type { RouteDeps } from '../deps.ts';
import { ok, param, type Call, type Handled, type Route } from '../http.ts';
import { servedName, type ServedName } from '../names.ts';
import { outlooks, type Outlook } from '../outlook.ts';
import { Problem, PROBLEMS, type ProblemCode } from '../problems.ts';
import { dropView, iso, isoOrNull } from '../views.ts';

/** The other open claims: as many as they are to who has one, and to operators; to all others only how crowded it is. */
async function competitorsOf({ principal }: Call, { name, livemode }: ServedName): Promise<number | Crowd> {
  const [claims, own] = await Promise.all([
    openClaimsOf([name]),
    principal.kind === 'registrar' ? ownOpen(principal.registrar._id, livemode, [name]) : [],
  ]);
  const mine = new Set(own.map(({ _id }) => _id));
  const others = claims.filter(({ reservation, dryRun }) => !mine.has(reservation) && !dryRun).length;
  const isIn = claims.some(({ reservation }) => mine.has(reservation));
  return isIn || principal.kind === 'operator' ? others : crowdOf(others);
}

/** As a reservation made now would be answered, as far as the registry's word goes. */
function reservable({ answer, stage, policy, cutoffAt, now }: Outlook) {
  const refused = (code: ProblemCode, detail: string = PROBLEMS[code].detail) => ({ possible: false, code, detail });
  const wayIn = wayInOf(policy);
  if (wayIn !== undefined) return refused('no_race', wayIn);
  if (!answer) return { possible: null, code: null, detail: 'The registry did not answer.' };
  const some = wayInForSome(policy);
  const code = refusalByRegistry({ answer, stage, ...(some !== undefined && { someWithoutRace: true }) });
  if (code) return refused(code, code === 'no_race' ? some?.en : undefined);
  if (cutoffAt !== undefined && now >= cutoffAt) return refused('past_cutoff');
  return { possible: true, code: null, detail: null };
}

const isoIfTold = (at: number | undefined): string | null => (at ? iso(at) : null);

const registrationView = ({ registeredAt, expiresAt, updatedAt, ...told }: Registration) => ({
  roid: told.roid || null,
  registrar: told.sponsor || null,
  registered_at: isoIfTold(registeredAt),
  expires_at: isoIfTold(expiresAt),
  updated_at: isoIfTold(updatedAt),
  statuses: told.statuses,
  rgp_statuses: told.rgp,
  nameservers: told.nameservers,
});

const reasons = (signs: readonly Sign[]) => signs.map(({ sign, explanation }) => ({ sign, explanation }));

const NOTE =
  'Nothing here is guaranteed: an owner may renew, restore or sell a name until its registry frees it, dates are forecasts unless the registry published them, and others try to register a name at the same instant.';

function view({ name, unicode, tld, livemode }: ServedName, outlook: Outlook, competitors: number | Crowd) {
  const { answer, stage, asOf, source, use, parked, signs, differences, missing, overruled } = outlook;
  const { expiresAt, drop, next } = outlook.forecast;
  const isHeld = answer === undefined || (answer.kind === 'registered' && stage !== 'registered_by_us');
  return {
    object: 'domain',
    livemode,
    domain: { name, unicode, tld },
    as_of: isoOrNull(asOf),
    source,
    stage,
    reservable: reservable(outlook),
    registration: answer?.kind === 'registered' ? registrationView(answer.registration) : null,
    expires_at: isoOrNull(expiresAt),
    drop: drop ? dropView(drop) : null,
    overruled_list: overruled ? { list: overruled.list, listed: iso(overruled.at), because: overruled.because } : null,
    next: next && isHeld ? { what: next.what, at: iso(next.at) } : null,
    instants: outlook.instants.map(({ earliest, latest, ...told }) => ({
      ...told,
      earliest: iso(earliest),
      latest: iso(latest),
    })),
    use: { ...use, parked: parked ?? null },
    renewal: isHeld
      ? {
          likelihood: likelihoodOf(signs),
          for: reasons(signs.filter(({ weight }) => weight > 0)),
          against: reasons(signs.filter(({ weight }) => weight < 0)),
          unknown: reasons(signs.filter(({ weight }) => weight === 0)),
        }
      : null,
    competitors,
    differences,
    missing,
    policy: { tld: outlook.policy.tld, version: outlook.policy.version },
    note: NOTE,
  };
}

export function domainRoutes(deps: RouteDeps): Route[] {
  const outlookOf = outlooks(deps);
  async function outlook(call: Call): Promise<Handled> {
    const name = servedName(param(call, 'name'), call.principal, deps);
    if (name instanceof Problem) return name;
    const [found, competitors] = await Promise.all([outlookOf(name), competitorsOf(call, name)]);
    return ok(view(name, found, competitors));
  }
  return [{ method: 'GET', path: '/v1/domains/:name', access: { registrar: 'any', operator: 'any' }, handle: outlook }];
}
