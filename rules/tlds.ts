/**
 * Registry and award policy per TLD, as data: each number with its source and the day it was read, unknown as null.
 * It reaches workflows as the answer of an activity, with its version, so that new data never changes a running history.
 */
import { usd, type Money } from './money.ts';

const DAY_MS = 86_400_000;

/** How a registry releases names. Those without a race have no drop to catch; the registry's own way in is named instead. */
export type DropMode = 'ordered_batch' | 'registry_auction' | 'exclusive_queue' | 'exclusive_option';

export interface Source {
  fact: string;
  source: string;
  readOn: string;
}

export interface TldPolicy {
  tld: string;
  version: string;
  mode: DropMode;
  /** From expiry until the sponsoring registrar's delete: the least and the most. */
  graceMs: { min: number; max: number } | null;
  redemptionMs: number | null;
  pendingDeleteMs: number | null;
  /** The daily batch: wall-clock start in an IANA zone, and how long it lasts. Never a UTC constant. */
  batch: { zone: string; hour: number; minute: number; lengthMs: number } | null;
  addGraceMs: number | null;
  listPrice: Money;
  award: 'in_order';
  /** Joins and cancels close this long before the earliest drop. */
  cutoffMs: number;
  /** Catching starts this long before the earliest drop. */
  leadMs: number;
  /** Where there is no race: how the registry itself gives the name away. */
  wayIn?: string;
  sources: Source[];
}

export interface DropWindow {
  earliest: number;
  latest: number;
  source: 'policy' | 'drop_list';
  confidence: 'estimated' | 'published';
}

const READ_ON = '2026-11-23';
const source = (fact: string, from: string): Source => ({ fact, source: from, readOn: READ_ON });

const AWARD = { listPrice: usd(6900), award: 'in_order', cutoffMs: 15 * 60_000, leadMs: 60_000 } as const;

const GTLD_SOURCES = [
  source('auto-renew grace 0-45 days', 'registry agreements; RFC 3915 autoRenewPeriod'),
  source('redemption 30 days', 'ICANN ERRP (updated 2024-02-21); RFC 3915'),
  source('pending delete 5 days, add grace 5 days', 'registry agreements'),
];

const orderedBatch = (tld: string, extra: Source[]): TldPolicy => ({
  tld,
  version: `${tld}-1`,
  mode: 'ordered_batch',
  graceMs: { min: 0, max: 45 * DAY_MS },
  redemptionMs: 30 * DAY_MS,
  pendingDeleteMs: 5 * DAY_MS,
  batch: { zone: 'America/New_York', hour: 14, minute: 0, lengthMs: 3_600_000 },
  addGraceMs: 5 * DAY_MS,
  ...AWARD,
  sources: [...GTLD_SOURCES, ...extra],
});

const noRace = (tld: string, mode: DropMode, wayIn: string, from: string): TldPolicy => ({
  tld,
  version: `${tld}-1`,
  mode,
  graceMs: null,
  redemptionMs: null,
  pendingDeleteMs: null,
  batch: null,
  addGraceMs: null,
  ...AWARD,
  wayIn,
  sources: [source('mode of release', from)],
});

const VERISIGN_BATCH = source(
  'drop from 14:00 America/New_York, within about 1 h',
  'IMC 2018; Game of Registrars, USENIX Security 2017',
);

const POLICIES: ReadonlyMap<string, TldPolicy> = new Map(
  [
    orderedBatch('com', [VERISIGN_BATCH]),
    orderedBatch('net', [VERISIGN_BATCH]),
    orderedBatch('test', [source('the sandbox follows the policy of .com', 'this project')]),
    noRace(
      'dk',
      'exclusive_queue',
      'The first on the registry’s own waiting list is offered the name.',
      'Punktum dk waiting list',
    ),
    noRace(
      'ee',
      'registry_auction',
      'The registry auctions released names itself, for 24 hours.',
      'Eesti Interneti SA auctions',
    ),
    noRace(
      'pl',
      'exclusive_option',
      'Only the holder of the registry’s option on the name can register it.',
      'NASK domain option',
    ),
  ].map((policy) => [policy.tld, policy]),
);

export const policyOf = (tld: string): TldPolicy | undefined => POLICIES.get(tld);
export const allPolicies = (): TldPolicy[] => [...POLICIES.values()];
export const hasRace = (policy: TldPolicy): boolean => policy.wayIn === undefined;
