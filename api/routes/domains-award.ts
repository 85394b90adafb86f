/** Whose a name became and why, decided again from what was on record: for whoever has a claim in it, and for operators. */
import { isDeepStrictEqual } from 'node:util';
import { decideAward } from '../../rules/award.ts';
import { findCatch } from '../../store/domains.ts';
import { awardsOf, type AwardDoc, type StoredDecision } from '../../store/awards.ts';
import { ownAmong } from '../../store/reservation-queries.ts';
import type { RouteDeps } from '../deps.ts';
import { list, ok, param, type Call, type Handled, type Route } from '../http.ts';
import { askedName } from '../names.ts';
import { problem, Problem } from '../problems.ts';
import { iso } from '../views.ts';

const considered = (doc: AwardDoc): string[] =>
  doc.decisions.flatMap((decision) => decision.considered.map(({ reservation }) => reservation));

/** Of others no more than their place in the queue and the reason. */
function decisionView({ step, at, setBy, facts, ...decision }: StoredDecision, mine: ReadonlySet<string>) {
  const { rule, version, policy, verdict } = decision;
  return {
    step,
    at: iso(at),
    rule,
    version,
    policy,
    set_by: setBy,
    verdict: verdict.kind,
    price: verdict.kind === 'take' ? verdict.price : null,
    considered: decision.considered.map(({ reservation, reason }, index) => ({
      place: index + 1,
      reservation: mine.has(reservation) ? reservation : null,
      reason,
    })),
    replayed: isDeepStrictEqual(plain(decideAward(facts)), plain(decision)) ? 'same' : 'different',
  };
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Nobody took it: what became of it. */
async function unclaimedOf(catchId: string) {
  const unclaimed = (await findCatch(catchId))?.unclaimed;
  return unclaimed ? { what: unclaimed.what, reason: unclaimed.reason ?? null, at: iso(unclaimed.at) } : null;
}

async function award(deps: RouteDeps, call: Call): Promise<Handled> {
  const name = askedName(param(call, 'name'), call.principal, deps);
  if (name instanceof Problem) return name;
  const docs = await awardsOf(name.name);
  const all = docs.flatMap(considered);
  const { principal } = call;
  const mine = new Set(
    principal.kind === 'operator' ? all : await ownAmong(principal.registrar._id, name.livemode, all),
  );
  const shown = docs.filter((doc) => considered(doc).some((reservation) => mine.has(reservation)));
  if (shown.length === 0) return problem('award_not_found');
  const unclaimed = principal.kind === 'operator' ? await Promise.all(shown.map(({ _id }) => unclaimedOf(_id))) : [];
  return ok(
    list(
      shown.map((doc, index) => ({
        object: 'award',
        domain: name.name,
        livemode: doc.livemode,
        decisions: doc.decisions.toSorted((a, b) => a.step - b.step).map((decision) => decisionView(decision, mine)),
        ...(principal.kind === 'operator' && { unclaimed: unclaimed[index] ?? null }),
      })),
      null,
    ),
  );
}

export const awardRoutes = (deps: RouteDeps): Route[] => [
  {
    method: 'GET',
    path: '/v1/domains/:name/award',
    access: { registrar: 'any', operator: 'any' },
    handle: (call) => award(deps, call),
  },
];
