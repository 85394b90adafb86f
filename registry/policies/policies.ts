/**
 * The policies of this installation: the shipped ones, changed and added to by BACKORDER_POLICIES. Read once, at start. Not part of
 * rules/, so that no workflow can hold one: they reach workflows by activities, each with its version.
 */
import { ConfigError, type Config } from '../../config.ts';
import type {
  DropMode,
  Known,
  PolicyField,
  PublishedList,
  Schedule,
  Source,
  StageLength,
  TimeOfDay,
  TldPolicy,
} from '../../rules/tlds.ts';
import type { RegistryEntry } from '../entry.ts';
import { checked, readJsonFile, refusing, type Refuse } from '../file-setting.ts';
import { awardFrom, digestOf, HOUSE_AWARD } from './award.ts';
import { CCTLDS } from './cctlds.ts';
import { GTLDS } from './gtlds.ts';
import { policyEntry, policyFile, type PolicyEntry } from './schema.ts';

const SHIPPED_VERSION = '2026-11-23';
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** What a registrar asks where an operator says nothing else. */
const TERMS = {
  list_price: { amount: 6900, currency: 'USD' },
  ...HOUSE_AWARD,
  cutoff_s: 900,
  lead_s: 60,
};

export interface Policies {
  /** Undefined: nothing is known of this TLD. */
  of(tld: string): TldPolicy | undefined;
  all(): TldPolicy[];
}

type Raw = Record<string, unknown> & { tld: string };

/** Throws ConfigError naming setting, file, field and reason; also where a TLD that is sold has no policy. */
export function loadPolicies(
  { BACKORDER_POLICIES: file }: Pick<Config, 'BACKORDER_POLICIES'>,
  sold: readonly Pick<RegistryEntry, 'id' | 'tlds'>[] = [],
): Policies {
  const raw = new Map<string, Raw>();
  const policies = new Map<string, TldPolicy>();
  const add = (entry: Raw, version: string, refuse: Refuse) => {
    raw.set(entry.tld, entry);
    policies.set(entry.tld, policyFrom(checked(policyEntry, entry, refuse), version));
  };
  for (const entry of [...GTLDS, ...CCTLDS])
    add({ ...TERMS, ...entry }, SHIPPED_VERSION, refusing('shipped policies', entry.tld));
  if (file !== undefined) {
    const refuse = refusing('BACKORDER_POLICIES', file);
    const { version, policies: own } = checked(policyFile, readJsonFile(file, refuse), refuse);
    for (const [at, { like, ...given }] of own.entries()) {
      const refuseEntry: Refuse = (field, reason) => refuse(`policies[${at}].${field}`, reason);
      if (own.findIndex(({ tld }) => tld === given.tld) < at) refuseEntry('tld', `${given.tld} comes twice`);
      const base = raw.get(like ?? given.tld);
      if (like !== undefined && base === undefined) refuseEntry('like', `there is no policy of ${like}`);
      add(changed(base ?? { ...TERMS, tld: given.tld }, given), version, refuseEntry);
    }
  }
  for (const { id, tlds } of sold)
    for (const tld of tlds)
      if (!policies.has(tld))
        throw new ConfigError(
          `BACKORDER_POLICIES: the registry ${id} sells .${tld}, and nothing is known of it; add an entry, such as {"tld": "${tld}", "like": "com"}`,
        );
  return { of: (tld) => policies.get(tld), all: () => [...policies.values()] };
}

/** Field by field, also of the auction: whoever makes it longer leaves the steps as they are. */
function changed(base: Raw, given: Raw): Raw {
  const { auction } = given;
  const isPart = typeof auction === 'object' && auction !== null && !Array.isArray(auction);
  return { ...base, ...given, ...(isPart && { auction: { ...(base['auction'] as object), ...auction } }) };
}

function policyFrom(entry: PolicyEntry, version: string): TldPolicy {
  const { tld, list_price, cutoff_s, lead_s } = entry;
  return {
    tld,
    version: `${version}+${digestOf(entry)}`,
    grace: lengthFrom(entry.grace),
    redemption: lengthFrom(entry.redemption),
    pendingDelete: lengthFrom(entry.pending_delete),
    tellsRgp: entry.tells_rgp,
    addGraceMs: addGraceFrom(entry.add_grace),
    restoreRightsMs: restoreRightsFrom(entry.restore_rights),
    drop: dropFrom(entry.drop),
    list: listFrom(entry.list),
    listPrice: list_price,
    award: awardFrom(entry),
    cutoffMs: cutoff_s * 1_000,
    leadMs: lead_s * 1_000,
    sources: sourcesOf(entry),
  };
}

function lengthFrom(stage: PolicyEntry['grace']): Known<StageLength> {
  if (stage === 'unknown') return 'unknown';
  if ('to_day_of_month' in stage) return { toDayOfMonth: stage.to_day_of_month, zone: stage.zone };
  const [least, most] = typeof stage.days === 'number' ? [stage.days, stage.days] : stage.days;
  return { minMs: least * DAY_MS, maxMs: most === 'unknown' ? most : most * DAY_MS };
}

/** What is promised at least. */
function addGraceFrom(stage: PolicyEntry['add_grace']): Known<number> {
  const length = lengthFrom(stage);
  return length === 'unknown' || 'toDayOfMonth' in length ? 'unknown' : length.minMs;
}

/** What may be at most. */
function restoreRightsFrom(stage: PolicyEntry['restore_rights']): Known<number> {
  const length = lengthFrom(stage);
  return length === 'unknown' || 'toDayOfMonth' in length ? 'unknown' : length.maxMs;
}

const timeFrom = (time: string): TimeOfDay => {
  const [hour, minute] = time.split(':').map(Number);
  return { hour: hour ?? 0, minute: minute ?? 0 };
};

type ScheduleEntry = Extract<PolicyEntry['drop'], { kind: 'monthly' }>['schedule'];
const scheduleFrom = ({ every, on, zone, times, minutes }: ScheduleEntry): Schedule => ({
  every,
  zone,
  ...(on !== undefined && { on }),
  times: times === 'unknown' ? times : times.map(timeFrom),
  lengthMs: minutes === 'unknown' ? minutes : minutes * MINUTE_MS,
});

function dropFrom(drop: PolicyEntry['drop']): DropMode {
  switch (drop.kind) {
    case 'ordered_batch':
    case 'random_batch':
    case 'batch':
      return {
        kind: drop.kind,
        schedule: scheduleFrom(drop.schedule),
        ...(drop.host !== undefined && { host: drop.host }),
        ...(drop.way_in_for_some !== undefined && { wayInForSome: drop.way_in_for_some }),
      };
    case 'session':
      return {
        kind: drop.kind,
        schedule: scheduleFrom(drop.schedule),
        ...(drop.limits !== undefined && { limits: drop.limits }),
      };
    case 'monthly':
      return { kind: drop.kind, schedule: scheduleFrom(drop.schedule) };
    case 'random_window':
      return { kind: drop.kind, lengthMs: drop.minutes * MINUTE_MS };
    case 'known_day':
      return { kind: drop.kind, zone: drop.zone, at: drop.at === 'unknown' ? drop.at : timeFrom(drop.at) };
    case 'exact_instant':
    case 'poll':
    case 'unknown':
      return { kind: drop.kind };
    case 'application_window':
    case 'registry_auction':
    case 'exclusive_queue':
    case 'exclusive_option':
      return {
        kind: drop.kind,
        wayIn: drop.way_in,
        ...(drop.minutes !== undefined && { lengthMs: drop.minutes * MINUTE_MS }),
      };
  }
}

function listFrom(list: PolicyEntry['list']): Known<PublishedList> {
  if (list === 'unknown') return list;
  return list.to === 'nobody' ? { to: list.to } : { to: list.to, tells: list.tells };
}

function sourcesOf(entry: PolicyEntry): Source[] {
  const fields: PolicyField[] = [
    'grace',
    'redemption',
    'pending_delete',
    'add_grace',
    'restore_rights',
    'drop',
    'list',
  ];
  return fields.flatMap((field) => {
    const fact = entry[field];
    if (fact === 'unknown' || !('source' in fact)) return [];
    const { source, read_on: readOn, confidence, note } = fact;
    return [{ field, source, readOn, confidence, ...(note !== undefined && { note }) }];
  });
}
