/**
 * What policy expects if nobody acts. Only the registry says what is: a forecast names its source and its confidence,
 * and nothing irreversible is done on its word. Instants in epoch ms; intervals include their start and exclude their end.
 */
import { DateTime } from 'luxon';
import { endOfStage, longest, openingAfter, type Span } from './openings.ts';
import { publishedWindow, releasedAfter } from './release.ts';
import type { Registration, Stage } from './stage.ts';
import {
  isNone,
  lastStage,
  trustIn,
  type DropWindow,
  type Known,
  type PolicyField,
  type Schedule,
  type StageLength,
  type TldPolicy,
} from './tlds.ts';

export interface RegistrationFacts {
  registration: Registration;
  stage: Stage;
  now: number;
  /** Between which looks the stage began. */
  since?: StageSince;
  /** Whatever the registry or a list says anew is heard by polls. */
  polled?: boolean;
}

/** A stage was first seen at `first`; at `notBefore`, where the name was watched before, it was not there yet. */
export interface StageSince {
  first: number;
  notBefore?: number;
}

/** A stage at its latest, and how soon it may come and go at the earliest. */
export interface StageBounds {
  stage: Stage;
  from: number;
  until: number;
  earliest: { from: number; until: number };
  source: 'policy';
  confidence: 'estimated' | 'uncertain';
}

export const NEXT_STEPS = ['expiry', 'redemption', 'pending_delete', 'drop', 'registry_check'] as const;
export interface NextStep {
  what: (typeof NEXT_STEPS)[number];
  at: number;
}

export interface Forecast {
  /** The owner's own expiry: in auto-renew grace the registry's date is already a year past it. */
  expiresAt?: number;
  /** Ends with the last stage policy knows the length of. */
  bounds: StageBounds[];
  drop?: DropWindow;
  /** Between which instants the last stage ends, where the name is in it and no drop is foretold. */
  freed?: Span;
  /** When names are usually freed, of a day: the next time. */
  usual?: number;
  next: NextStep;
}

/** The date the owner's registration ran to, undoing the auto-renew of RFC 3915. Undefined where the registry tells none. */
export function ownersExpiry({
  registration,
  stage,
}: Pick<RegistrationFacts, 'registration' | 'stage'>): number | undefined {
  if (registration.expiresAt === 0) return undefined;
  if (stage !== 'auto_renew_grace') return registration.expiresAt;
  return DateTime.fromMillis(registration.expiresAt, { zone: 'utc' }).minus({ years: 1 }).toMillis();
}

/** A stage ahead, how long it lasts, and where policy says so. */
interface Ahead {
  stage: Stage;
  length: Known<StageLength>;
  field: PolicyField;
  /** Seen to last longer than policy allows: it ends now at the earliest. */
  endsNotBefore?: number;
}

/** The way to the drop: the stages on it, and when the last one ends. */
interface Way {
  bounds: StageBounds[];
  /** Undefined: not known, the lengths of later stages or of the one the name is in are missing. */
  freed: Span | undefined;
}

const NOWHERE: Way = { bounds: [], freed: undefined };

function wayFrom(facts: RegistrationFacts, policy: TldPolicy): Way {
  const { stage, now } = facts;
  const { grace, redemption, pendingDelete } = policy;
  const overdue = { endsNotBefore: now };
  const pending: Ahead = { stage: 'pending_delete', length: pendingDelete, field: 'pending_delete' };
  const redeemable: Ahead = { stage: 'redemption', length: redemption, field: 'redemption' };
  switch (stage) {
    case 'registered':
    case 'auto_renew_grace': {
      const expiry = ownersExpiry(facts);
      if (expiry === undefined) return NOWHERE;
      const inGrace: Ahead = { stage: 'auto_renew_grace', length: grace, field: 'grace', ...overdue };
      const way = walk({ earliest: expiry, latest: expiry }, [inGrace, redeemable, pending], policy);
      const own = stage === 'registered' && now < expiry ? untilExpiry(facts, expiry) : [];
      return { ...way, bounds: [...own, ...way.bounds] };
    }
    case 'redemption':
    case 'pending_restore': {
      if (isNone(redemption)) return NOWHERE;
      const start = entered(facts, 0, longest(redemption));
      return walk(start, [{ ...redeemable, ...overdue }, pending], policy);
    }
    case 'pending_delete': {
      const both = isNone(pendingDelete) || !policy.tellsRgp ? bothStages(policy) : undefined;
      if (both && isNone(both)) return NOWHERE;
      const { afterDeleteMs, length } = both
        ? { afterDeleteMs: 0, length: both }
        : { afterDeleteMs: longest(redemption), length: pendingDelete };
      return walk(entered(facts, afterDeleteMs, longest(length)), [{ ...pending, length }], policy);
    }
    default:
      return NOWHERE;
  }
}

/** EPP's pendingDelete covers redemption too; without an RGP status what is seen is one stage as long as both. */
function bothStages({ redemption, pendingDelete }: TldPolicy): Known<StageLength> {
  if (isNone(pendingDelete)) return redemption;
  if (redemption === 'unknown' || pendingDelete === 'unknown') return 'unknown';
  if ('toDayOfMonth' in redemption || 'toDayOfMonth' in pendingDelete) return 'unknown';
  const [one, other] = [redemption, pendingDelete];
  const maxMs = one.maxMs === 'unknown' || other.maxMs === 'unknown' ? 'unknown' : one.maxMs + other.maxMs;
  return { minMs: one.minMs + other.minMs, maxMs };
}

function untilExpiry({ registration }: RegistrationFacts, until: number): StageBounds[] {
  const from = registration.registeredAt;
  if (from >= until) return [];
  return [{ stage: 'registered', from, until, earliest: { from, until }, source: 'policy', confidence: 'estimated' }];
}

function walk(start: Span, stages: Ahead[], policy: TldPolicy): Way {
  const bounds: StageBounds[] = [];
  const fields: PolicyField[] = [];
  let at = start;
  for (const { stage, length, field, endsNotBefore = -Infinity } of stages) {
    const ends = endOfStage(at, length);
    if (!ends) return { bounds, freed: undefined };
    const end = {
      earliest: Math.max(ends.earliest, endsNotBefore),
      latest: Math.max(ends.latest, endsNotBefore),
    };
    fields.push(field);
    const earliest = { from: at.earliest, until: end.earliest };
    const confidence = trustIn(policy, fields);
    // A stage the registry does not have is no stage, however late a name is.
    if (at.latest < end.latest && !isNone(length))
      bounds.push({ stage, from: at.latest, until: end.latest, earliest, source: 'policy', confidence });
    at = end;
  }
  return { bounds, freed: at };
}

/** A purge waits for its batch and may be late; what is overdue for longer was not dated by the delete. */
const LATE_MS = 7 * 86_400_000;

/**
 * When a stage of the given length was entered. The registrar's delete is the last change a registry dates (RFC 5731 upDate), so
 * redemption starts there and pending delete a redemption later, where that fits what is seen; otherwise only the bounds are known.
 */
function entered(
  { registration, now, since = { first: now } }: RegistrationFacts,
  afterDeleteMs: number | undefined,
  lengthMs: number | undefined,
): Span {
  if (registration.updatedAt && afterDeleteMs !== undefined && lengthMs !== undefined) {
    const dated = registration.updatedAt + afterDeleteMs;
    if (dated <= now && now < dated + lengthMs + LATE_MS) return { earliest: dated, latest: dated };
  }
  return { earliest: since.notBefore ?? since.first - (lengthMs ?? 0), latest: since.first };
}

function dropWindow(
  facts: RegistrationFacts,
  policy: TldPolicy,
  way: Way,
  publishedAt: number | undefined,
): DropWindow | undefined {
  if (publishedAt !== undefined) return publishedWindow(publishedAt, policy, facts.now);
  const window = way.freed && releasedAfter(way.freed, policy, facts.now);
  const confidence = trustIn(policy, ['grace', 'redemption', 'pending_delete', 'drop']);
  return window && { ...window, source: 'policy', confidence };
}

/** What policy expects if nobody acts. A stage includes its start and excludes its end. Only the registry says what is. */
export const predict = (facts: RegistrationFacts, policy: TldPolicy): StageBounds[] => wayFrom(facts, policy).bounds;

/** Between which instants policy expects the last stage to end, if nobody acts. Undefined: nobody knows how long what is ahead takes. */
export const freedBy = (facts: RegistrationFacts, policy: TldPolicy): Span | undefined => wayFrom(facts, policy).freed;

/** Is this a stage the registry frees a name from? EPP's pendingDelete always may be: it covers whatever follows a delete. */
export const leadsToDrop = (stage: Stage, policy: TldPolicy): boolean =>
  stage === 'pending_delete' || stage === lastStage(policy);

/** How long a stage is believed where policy knows no end, and how far ahead a check is then set. */
const CHECK_AGAIN_MS = 86_400_000;
/**
 * The same of a name that is polled, where nothing new is foretold as time goes by. In its last stage a look is also what tells its
 * reservations that somebody watches.
 */
const POLLED_CHECK_AGAIN_MS = { last: 21 * CHECK_AGAIN_MS, before: 60 * CHECK_AGAIN_MS } as const;

/** The same of a name that nobody has and that cannot be had: one that stays out of sight is looked for ever more rarely. */
export const lookAgainMs = ({ first }: StageSince, now: number, polled: boolean): number =>
  polled ? POLLED_CHECK_AGAIN_MS.last : Math.min(7 * CHECK_AGAIN_MS, Math.max(CHECK_AGAIN_MS, (now - first) / 2));

export function forecast(facts: RegistrationFacts, policy: TldPolicy, publishedDropAt?: number): Forecast {
  const way = wayFrom(facts, policy);
  const drop = dropWindow(facts, policy, way, publishedDropAt);
  const expiresAt = ownersExpiry(facts);
  const untold = !drop && leadsToDrop(facts.stage, policy);
  const usual = untold ? usualHour(policy, facts.now) : undefined;
  return {
    ...(expiresAt !== undefined && { expiresAt }),
    bounds: way.bounds,
    ...(drop && { drop }),
    ...(untold && way.freed && { freed: way.freed }),
    ...(usual !== undefined && { usual }),
    next: nextStep(facts, expiresAt, policy, way, drop) ?? {
      what: 'registry_check',
      at: facts.now + checkAgainMs(facts, policy, drop),
    },
  };
}

/** A drop that is foretold moves on with every opening that goes by. */
function checkAgainMs({ stage, polled }: RegistrationFacts, policy: TldPolicy, drop: DropWindow | undefined): number {
  if (!polled || drop) return CHECK_AGAIN_MS;
  return leadsToDrop(stage, policy) ? POLLED_CHECK_AGAIN_MS.last : POLLED_CHECK_AGAIN_MS.before;
}

function nextStep(
  facts: RegistrationFacts,
  expiry: number | undefined,
  policy: TldPolicy,
  { bounds, freed }: Way,
  drop: DropWindow | undefined,
): NextStep | undefined {
  const { stage, now, polled } = facts;
  if (leadsToDrop(stage, policy)) {
    if (drop) return drop.earliest > now ? { what: 'drop', at: drop.earliest } : undefined;
    // Nobody says when: ask as soon as it may be, and at the hour at which it usually is, where no poll does.
    const usual = polled ? undefined : usualHour(policy, now);
    const soonest = [freed?.earliest, freed?.latest, usual].filter(
      (at): at is number => at !== undefined && at > now && at < now + checkAgainMs(facts, policy, drop),
    );
    return soonest.length > 0 ? { what: 'registry_check', at: Math.min(...soonest) } : undefined;
  }
  if (stage === 'registered' && expiry !== undefined && expiry > now) return { what: 'expiry', at: expiry };
  const following = bounds.find((bound) => bound.from > now);
  if (!following) return undefined;
  const what = { auto_renew_grace: 'expiry', redemption: 'redemption', pending_delete: 'pending_delete' } as const;
  return following.stage in what ? { what: what[following.stage as keyof typeof what], at: following.from } : undefined;
}

function usualHour({ drop }: TldPolicy, now: number): number | undefined {
  if (drop.kind !== 'known_day' || drop.at === 'unknown') return undefined;
  const daily: Schedule = { zone: drop.zone, every: 'day', times: [drop.at], lengthMs: 1 };
  return openingAfter({ earliest: now + 1, latest: now + 1 }, daily, now).earliest;
}
