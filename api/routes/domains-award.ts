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
import { attentionView, iso } from '../views.ts';

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

/** Where nobody took it: what became of it, or the step that waits to be told. */
async function supportView({ engine }: RouteDeps, { _id, name }: AwardDoc) {
  const [unclaimed, domain] = await Promise.all([
    findCatch(_id).then((doc) => doc?.unclaimed),
    engine.describeDomain(name),
  ]);
  return {
    unclaimed: unclaimed ? { what: unclaimed.what, reason: unclaimed.reason ?? null, at: iso(unclaimed.at) } : null,
    needs_attention: domain?.attention ? attentionView(domain.attention) : null,
  };
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
  const forSupport = principal.kind === 'operator' ? await Promise.all(shown.map((doc) => supportView(deps, doc))) : [];
  return ok(
    list(
      shown.map((doc, index) => ({
        object: 'award',
        domain: name.name,
        livemode: doc.livemode,
        decisions: doc.decisions.toSorted((a, b) => a.step - b.step).map((decision) => decisionView(decision, mine)),
        ...forSupport[index],
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
