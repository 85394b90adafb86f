/** What can be reserved, on which terms, and from whom each number is known. */
import { allPolicies, hasRace, policyOf, type TldPolicy } from '../../rules/tlds.ts';
import { defined } from '../defined.ts';
import type { RouteDeps } from '../deps.ts';
import { list, ok, param, type Route } from '../http.ts';
import { TEST_TLD } from '../names.ts';
import { problem } from '../problems.ts';

const seconds = (ms: number): number => Math.round(ms / 1_000);
const days = (ms: number | null): number | null => (ms === null ? null : ms / 86_400_000);

function tldView(policy: TldPolicy, registry: string | undefined) {
  const { tld, version, mode, graceMs, batch } = policy;
  const race = hasRace(policy);
  return {
    object: 'tld',
    tld,
    version,
    mode,
    livemode: tld !== TEST_TLD,
    supported: race && registry !== undefined,
    registry: registry ?? null,
    way_in: policy.wayIn ?? null,
    list_price: race ? policy.listPrice : null,
    award: race ? policy.award : null,
    cutoff_s: race ? seconds(policy.cutoffMs) : null,
    auto_renew_grace_days: graceMs && { min: days(graceMs.min), max: days(graceMs.max) },
    redemption_days: days(policy.redemptionMs),
    pending_delete_days: days(policy.pendingDeleteMs),
    add_grace_days: days(policy.addGraceMs),
    drop_batch: batch && {
      time_zone: batch.zone,
      hour: batch.hour,
      minute: batch.minute,
      length_s: seconds(batch.lengthMs),
    },
    sources: policy.sources.map(({ fact, source, readOn }) => defined({ fact, source, read_on: readOn })),
  };
}

export function tldRoutes({ registries }: Pick<RouteDeps, 'registries'>): Route[] {
  const access = { registrar: 'any', operator: 'any' } as const;
  const registryOf = (tld: string) => registries.find(({ tlds }) => tlds.includes(tld))?.id;
  /** Those a registry of ours sells, and those whose registry has a way in of its own. */
  const shown = (policy: TldPolicy): boolean => !hasRace(policy) || registryOf(policy.tld) !== undefined;
  return [
    {
      method: 'GET',
      path: '/v1/tlds',
      access,
      handle: async () =>
        ok(
          list(
            allPolicies()
              .filter(shown)
              .map((policy) => tldView(policy, registryOf(policy.tld))),
            null,
          ),
        ),
    },
    {
      method: 'GET',
      path: '/v1/tlds/:tld',
      access,
      handle: async (call) => {
        const policy = policyOf(param(call, 'tld').toLowerCase());
        return policy && shown(policy) ? ok(tldView(policy, registryOf(policy.tld))) : problem('tld_not_found');
      },
    },
  ];
}
