/**
 * The shape of a TLD's policy: how its registry lets a name go, and the terms a name there is reserved on. The data is outside of
 * rules/ (registry/policies) and reaches workflows as the answer of an activity, with its version: new data never changes a running
 * history. What nobody could say is `unknown`, in the type: a rule that forgets it does not compile.
 */
import type { AuctionFigures, Step } from './bidding.ts';
import type { Money } from './money.ts';
import type { Stage } from './stage.ts';

export type Known<T> = T | 'unknown';

export interface TimeOfDay {
  hour: number;
  minute: number;
}

/** How long a stage lasts: so many ms (0: there is no such stage), or to a day of the month by the registry's calendar. */
export type StageLength = { minMs: number; maxMs: Known<number> } | { toDayOfMonth: number; zone: string };

/** Openings by the wall clock of an IANA zone, never at a UTC constant. `on` is a weekday (1 is Monday) or a day of the month. */
export interface Schedule {
  zone: Known<string>;
  every: 'hour' | 'day' | 'week' | 'month';
  on?: number;
  times: Known<TimeOfDay[]>;
  lengthMs: Known<number>;
}

/** Said to people: by HTTP in English, by mail in the reader's own language where it is given in that. */
export interface Translated {
  en: string;
  de?: string;
}

/** How a registry frees names, each with what it takes to know when. */
export type RaceMode =
  /** In an order that can be foretold, in random order, or in an order nobody told. */
  | { kind: 'ordered_batch' | 'random_batch' | 'batch'; schedule: Schedule; host?: string; wayInForSome?: Translated }
  | { kind: 'session'; schedule: Schedule; limits?: string }
  | { kind: 'monthly'; schedule: Schedule }
  /** At an instant per name that only the published list tells. */
  | { kind: 'exact_instant' }
  /** At a random instant within so long after the last stage. */
  | { kind: 'random_window'; lengthMs: number }
  /** On the day the last stage ends. */
  | { kind: 'known_day'; zone: Known<string>; at: Known<TimeOfDay> }
  /** At an instant that is published nowhere: only asking tells. */
  | { kind: 'poll' }
  | { kind: 'unknown' };

/** No race: the registry gives the name away itself, and `wayIn` says to people how. */
export interface NoRaceMode {
  kind: 'application_window' | 'registry_auction' | 'exclusive_queue' | 'exclusive_option';
  wayIn: string;
  lengthMs?: number;
}
export type DropMode = RaceMode | NoRaceMode;

/** To whom the registry publishes what it will free. `start`: the name comes free at its first opening from the told instant on. */
export type PublishedList = { to: 'nobody' } | { to: 'registrars' | 'everyone'; tells: 'instant' | 'start' };

/** Who said it: the registry or its contracts, a measurement, somebody else, long ago, differently elsewhere, or it was inferred. */
export const CONFIDENCES = ['published', 'measured', 'third_party', 'outdated', 'disputed', 'inferred'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

export type PolicyField = 'grace' | 'redemption' | 'pending_delete' | 'add_grace' | 'restore_rights' | 'drop' | 'list';
export interface Source {
  field: PolicyField;
  source: string;
  readOn: string;
  confidence: Confidence;
  note?: string;
}

export const AWARDS = ['auction_when_contested', 'in_order'] as const;
export type Award = (typeof AWARDS)[number];

/** Whose a caught name becomes, and how. */
export interface AwardPolicy {
  rule: Award;
  /** How long an offer stands. */
  offerMs: number;
  /** How long money that is missing is waited for. */
  paymentMs: number;
  auction: AuctionFigures;
}

/** What a registrar, or a name of the sandbox, has of its own, as it is written over HTTP; the rest is its TLD's. */
export interface OwnAward {
  award?: Award | null | undefined;
  offer_s?: number | null | undefined;
  payment_s?: number | null | undefined;
  auction?: OwnAuction | null | undefined;
}
export interface OwnAuction {
  duration_s?: number | undefined;
  soft_close_s?: number | undefined;
  max_extensions?: number | undefined;
  closing_s?: number | undefined;
  steps?: Step[] | undefined;
}

export interface TldPolicy {
  tld: string;
  /** The version somebody gave, and a digest of the data: the same version never means two policies. */
  version: string;
  /** From expiry until the sponsoring registrar's delete, where nobody renews. */
  grace: Known<StageLength>;
  redemption: Known<StageLength>;
  pendingDelete: Known<StageLength>;
  /** False where EPP's `pendingDelete` is all the registry tells of redemption and pending delete (RFC 5731 without RFC 3915). */
  tellsRgp: boolean;
  addGraceMs: Known<number>;
  /** How long after a name is registered anew whoever had it before can still have it back. 0: not at all. */
  restoreRightsMs: Known<number>;
  drop: DropMode;
  list: Known<PublishedList>;
  listPrice: Money;
  award: AwardPolicy;
  /** Joins and cancels close this long before the earliest drop. */
  cutoffMs: number;
  /** Catching starts this long before the earliest drop. */
  leadMs: number;
  /** One per field that is known. */
  sources: Source[];
}

export interface DropWindow {
  earliest: number;
  latest: number;
  source: 'policy' | 'drop_list';
  /** `uncertain`: rests on what a third party, an old page or one of several disagreeing sources says. */
  confidence: 'estimated' | 'published' | 'uncertain';
}

/** The registry's own way in where there is no race to catch in, undefined where there is one. */
export const wayInOf = ({ drop }: Pick<TldPolicy, 'drop'>): string | undefined =>
  'wayIn' in drop ? drop.wayIn : undefined;

export const hasRace = (policy: Pick<TldPolicy, 'drop'>): boolean => wayInOf(policy) === undefined;

/** Where only the registry knows which names have a race: its way in for those it withholds from creates. */
export const wayInForSome = ({ drop }: Pick<TldPolicy, 'drop'>): Translated | undefined =>
  'wayInForSome' in drop ? drop.wayInForSome : undefined;

export const isNone = (length: Known<StageLength>): boolean =>
  length !== 'unknown' && 'maxMs' in length && length.maxMs === 0;

/** The stage a name is freed from: what is unknown is taken to exist. */
export function lastStage({ redemption, pendingDelete }: Pick<TldPolicy, 'redemption' | 'pendingDelete'>): Stage {
  if (!isNone(pendingDelete)) return 'pending_delete';
  return isNone(redemption) ? 'auto_renew_grace' : 'redemption';
}

const DOUBTFUL: readonly Confidence[] = ['third_party', 'outdated', 'disputed', 'inferred'];

/** How far a prediction from these fields can be trusted. */
export const trustIn = ({ sources }: Pick<TldPolicy, 'sources'>, fields: PolicyField[]): 'estimated' | 'uncertain' =>
  sources.some(({ field, confidence }) => fields.includes(field) && DOUBTFUL.includes(confidence))
    ? 'uncertain'
    : 'estimated';
