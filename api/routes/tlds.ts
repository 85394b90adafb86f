/** What can be reserved, on which terms, how each registry frees names, from whom that is known, and what nobody could say. */
import { clockTime, dropSentence, unknownSentences } from '../../rules/tlds-explained.ts';
import {
  hasRace,
  wayInOf,
  type AwardPolicy,
  type Known,
  type Schedule,
  type StageLength,
  type TldPolicy,
} from '../../rules/tlds.ts';
import { defined } from '../defined.ts';
import type { RouteDeps } from '../deps.ts';
import { list, ok, param, type Route } from '../http.ts';
import { TEST_TLD } from '../names.ts';
import { problem } from '../problems.ts';

const seconds = (ms: Known<number>) => (ms === 'unknown' ? ms : Math.round(ms / 1_000));
const days = (ms: Known<number>) => (ms === 'unknown' ? ms : ms / 86_400_000);

function lengthView(length: Known<StageLength>) {
  if (length === 'unknown') return length;
  if ('toDayOfMonth' in length) return { to_day_of_month: length.toDayOfMonth, time_zone: length.zone };
  return { min: days(length.minMs), max: days(length.maxMs) };
}

const scheduleView = ({ every, on, zone, times, lengthMs }: Schedule) => ({
  every,
  ...(on !== undefined && { on }),
  time_zone: zone,
  times: times === 'unknown' ? times : times.map(clockTime),
  length_s: seconds(lengthMs),
});

/** What the mode takes to be known, and the sentence for people. */
function dropView(policy: TldPolicy) {
  const { drop, list: published } = policy;
  return {
    mode: drop.kind,
    ...('schedule' in drop && { schedule: scheduleView(drop.schedule) }),
    ...('zone' in drop && { time_zone: drop.zone, at: drop.at === 'unknown' ? drop.at : clockTime(drop.at) }),
    ...('lengthMs' in drop && drop.lengthMs !== undefined && { length_s: seconds(drop.lengthMs) }),
    ...('host' in drop && { host: drop.host }),
    ...('limits' in drop && { limits: drop.limits }),
    list: published,
    explanation: dropSentence(policy),
  };
}

const NO_AWARD = { award: null, offer_s: null, payment_s: null, auction: null };

const awardView = ({ rule, offerMs, paymentMs, auction }: AwardPolicy) => ({
  award: rule,
  offer_s: seconds(offerMs),
  payment_s: seconds(paymentMs),
  auction: {
    duration_s: seconds(auction.durationMs),
    soft_close_s: seconds(auction.softCloseMs),
    max_extensions: auction.maxExtensions,
    closing_s: seconds(auction.closingMs),
    steps: auction.steps,
  },
});

function tldView(policy: TldPolicy, registry: string | undefined) {
  const { tld, version } = policy;
  const race = hasRace(policy);
  return {
    object: 'tld',
    tld,
    version,
    mode: policy.drop.kind,
    livemode: tld !== TEST_TLD,
    supported: race && registry !== undefined,
    registry: registry ?? null,
    way_in: wayInOf(policy) ?? null,
    list_price: race ? policy.listPrice : null,
    ...(race ? awardView(policy.award) : NO_AWARD),
    cutoff_s: race ? seconds(policy.cutoffMs) : null,
    auto_renew_grace_days: lengthView(policy.grace),
    redemption_days: lengthView(policy.redemption),
    pending_delete_days: lengthView(policy.pendingDelete),
    add_grace_days: days(policy.addGraceMs),
    restore_rights_days: days(policy.restoreRightsMs),
    drop: dropView(policy),
    unknown: unknownSentences(policy),
    sources: policy.sources.map(({ field, source, readOn, confidence, note }) =>
      defined({ field, source, read_on: readOn, confidence, note }),
    ),
  };
}

export function tldRoutes({ registries, policies }: Pick<RouteDeps, 'registries' | 'policies'>): Route[] {
  const access = { registrar: 'any', operator: 'any' } as const;
  const registryOf = (tld: string) => registries.find(({ tlds }) => tlds.includes(tld))?.id;
  /** The sandbox's TLD is no TLD where there is no sandbox. */
  const shown = ({ tld }: TldPolicy): boolean => tld !== TEST_TLD || registryOf(tld) !== undefined;
  const view = (policy: TldPolicy) => tldView(policy, registryOf(policy.tld));
  return [
    {
      method: 'GET',
      path: '/v1/tlds',
      access,
      handle: async () => ok(list(policies.all().filter(shown).map(view), null)),
    },
    {
      method: 'GET',
      path: '/v1/tlds/:tld',
      access,
      handle: async (call) => {
        const policy = policies.of(param(call, 'tld').toLowerCase());
        return policy && shown(policy) ? ok(view(policy)) : problem('tld_not_found');
      },
    },
  ];
}
