/**
 * The report on a reservation, open or ended: JSON for programs, and with `Accept: text/html` a page to read and to print. Similar
 * names are asked of their registries within a few seconds; where that fails the report comes without them and says so.
 */
import { isToTheSecond, referenceOf, type Lag } from '../../rules/report.ts';
import type { DropAccount } from '../../rules/tried.ts';
import { reportOf, type Report, type SimilarNames } from '../../mail/report.ts';
import { REPORT_POLICY, reportPage } from '../../mail/report-page.ts';
import { wayInBy, withWayIn } from '../../mail/way-in.ts';
import { latestOf, type ReservationDoc } from '../../store/reservations.ts';
import { settingsOfSandboxName } from '../../store/sandbox-names.ts';
import type { RouteDeps } from '../deps.ts';
import { ok, type Call, type Handled, type Route } from '../http.ts';
import { Problem } from '../problems.ts';
import { similarNames, type Similar } from '../similar.ts';
import { EngineUnavailable } from '../temporal.ts';
import { dropView, iso, outcomeView } from '../views.ts';
import { within } from '../within.ts';
import { ownReservation } from './reservations.ts';
import { similarView } from './domains-similar.ts';

const SIMILAR_MS = 3_000;

const lagView = (lag: Lag) =>
  lag.kind === 'unknown'
    ? { kind: lag.kind, ms: null, why: lag.why }
    : {
        ...{ kind: lag.kind, ms: lag.ms },
        from: { at: iso(lag.from), source: lag.kind === 'exact' ? 'drop_list' : 'our_clock' },
        to: { at: iso(lag.to), source: 'registry', precision: isToTheSecond(lag.to) ? 'second' : 'millisecond' },
      };

function triesView(account: DropAccount) {
  const { tried } = account;
  if (!tried) return null;
  const reference = referenceOf(account);
  const instant = (at: number) => ({ at: iso(at), ms: reference ? at - reference.at : null });
  return {
    creates: tried.creates,
    complete: tried.complete,
    clock: 'our_clock',
    relative_to: reference ? { what: reference.what, at: iso(reference.at) } : null,
    held_at: tried.heldAt === undefined ? null : iso(tried.heldAt),
    answers: tried.answers.map(({ code, count, firstAt, lastAt }) => ({
      ...{ code, count, first: instant(firstAt), last: instant(lastAt) },
    })),
  };
}

const holderView = ({ registered }: DropAccount) =>
  registered
    ? {
        sponsor: registered.sponsor,
        ours: registered.byUs,
        registered_at: registered.registeredAt === undefined ? null : iso(registered.registeredAt),
        source: 'registry',
      }
    : null;

function view(doc: ReservationDoc, report: Report, similar: Similar | 'away' | undefined, now: number) {
  const { account, lag, head } = report;
  return {
    object: 'report',
    ...{ reservation: doc._id, livemode: doc.livemode, domain: doc.domain, as_of: iso(now) },
    ...{ status: doc.status, outcome: 'outcome' in doc.state ? outcomeView(doc.state.outcome) : null },
    ...{ language: report.language, title: report.title, summary: report.result },
    drop: account.drop ? dropView(account.drop) : null,
    registered_to: holderView(account),
    after_drop: lagView(lag),
    drop_summary: report.drop ?? [],
    tried: triesView(account),
    tried_summary: report.tried?.sentences ?? [],
    timeline: report.timeline.map(({ seq, at, type, text }) => ({ seq, at: iso(at), type, text })),
    similar:
      similar === undefined
        ? null
        : similar === 'away'
          ? {
              object: 'list',
              data: [],
              as_of: null,
              missing: [{ what: 'similar_names', reason: 'could_not_be_asked' }],
            }
          : similarView(similar, new Map()),
    head,
  };
}

const namesIn = (similar: Similar | 'away' | undefined): SimilarNames | undefined => {
  if (similar === undefined) return undefined;
  if (similar === 'away') return { kind: 'away' };
  const { names, asOf, silent } = similar;
  return { kind: 'found', names, asOf, isWhole: silent.length === 0 };
};

export function reportRoutes(deps: RouteDeps): Route[] {
  const similarTo = similarNames(deps);
  const wayInTo = wayInBy({ policyOf: deps.policies.of, settingsOf: settingsOfSandboxName });

  /** Whoever has the name needs no other. */
  async function similarOf({ domain, status }: ReservationDoc): Promise<Similar | 'away' | undefined> {
    if (status === 'won') return undefined;
    try {
      return await within(SIMILAR_MS, similarTo(domain));
    } catch (error) {
      if (error instanceof EngineUnavailable) return 'away';
      throw error;
    }
  }

  async function report(call: Call): Promise<Handled> {
    const doc = await ownReservation(call);
    if (doc instanceof Problem) return doc;
    const [similar, events] = await Promise.all([similarOf(doc), latestOf(doc._id)]);
    const now = deps.now();
    const reservation = await withWayIn(doc, events, wayInTo);
    const told = reportOf({ reservation, events, similar: namesIn(similar), now, toRegistrar: true });
    const answer = { ...ok(view(doc, told, similar, now)), headers: { vary: 'Accept' } };
    if (!call.prefersHtml) return answer;
    const headers = { ...answer.headers, 'content-security-policy': REPORT_POLICY, 'content-language': told.language };
    return { ...answer, headers, html: reportPage(told) };
  }

  const access = { registrar: 'any', operator: 'any' } as const;
  return [{ method: 'GET', path: '/v1/reservations/:id/report', access, handle: report }];
}
