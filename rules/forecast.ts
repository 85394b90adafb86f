/**
 * What policy expects if nobody acts. Only the registry says what is: a forecast names its source and its confidence,
 * and nothing irreversible is done on its word. Instants in epoch ms; intervals include their start and exclude their end.
 */
import { DateTime } from 'luxon';
import type { Registration, Stage } from './stage.ts';
import type { DropWindow, TldPolicy } from './tlds.ts';

export interface RegistrationFacts {
  registration: Registration;
  stage: Stage;
  now: number;
  /** Between which looks the stage began. */
  since?: StageSince;
}

/** A stage was first seen at `first`; at `notBefore`, where the name was watched before, it was not there yet. */
export interface StageSince {
  first: number;
  notBefore?: number;
}

export interface StageBounds {
  stage: Stage;
  from: number;
  until: number;
}

export const NEXT_STEPS = ['expiry', 'redemption', 'pending_delete', 'drop', 'registry_check'] as const;
export interface NextStep {
  what: (typeof NEXT_STEPS)[number];
  at: number;
}

export interface Forecast {
  /** The owner's own expiry: in auto-renew grace the registry's date is already a year past it. */
  expiresAt?: number;
  /** From here on, each stage at its latest. Empty where policy does not know. */
  bounds: StageBounds[];
  drop?: DropWindow;
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

/** The first daily batch that starts at or after the instant, by the wall clock of the registry's zone. */
export function firstBatch(after: number, { zone, hour, minute }: NonNullable<TldPolicy['batch']>): number {
  const local = DateTime.fromMillis(after, { zone });
  const sameDay = local.set({ hour, minute, second: 0, millisecond: 0 });
  return (sameDay >= local ? sameDay : sameDay.plus({ days: 1 }).set({ hour, minute })).toMillis();
}

/** When the registry will delete for good: the earliest and the latest instant policy allows, and how it gets there. */
function deletion(
  facts: RegistrationFacts,
  policy: TldPolicy,
): { earliest: number; latest: number; bounds: StageBounds[] } | undefined {
  const { graceMs, redemptionMs, pendingDeleteMs } = policy;
  if (graceMs === null || redemptionMs === null || pendingDeleteMs === null) return undefined;
  const expiry = ownersExpiry(facts);
  switch (facts.stage) {
    case 'registered':
    case 'auto_renew_grace': {
      if (expiry === undefined) return undefined;
      // What is overdue comes now at the earliest, here and below.
      const deletedAt = Math.max(expiry + graceMs.max, facts.now);
      const pendingFrom = deletedAt + redemptionMs;
      return {
        earliest: Math.max(expiry + graceMs.min, facts.now) + redemptionMs + pendingDeleteMs,
        latest: pendingFrom + pendingDeleteMs,
        bounds: [
          ...(facts.stage === 'registered' && facts.now < expiry
            ? [{ stage: 'registered' as const, from: facts.now, until: expiry }]
            : []),
          { stage: 'auto_renew_grace', from: expiry, until: deletedAt },
          { stage: 'redemption', from: deletedAt, until: pendingFrom },
          { stage: 'pending_delete', from: pendingFrom, until: pendingFrom + pendingDeleteMs },
        ],
      };
    }
    case 'redemption':
    case 'pending_restore': {
      const start = entered(facts, 0, redemptionMs);
      const pendingFrom = Math.max(start.latest + redemptionMs, facts.now);
      return {
        earliest: Math.max(start.earliest + redemptionMs, facts.now) + pendingDeleteMs,
        latest: pendingFrom + pendingDeleteMs,
        bounds: [
          { stage: 'redemption', from: start.latest, until: pendingFrom },
          { stage: 'pending_delete', from: pendingFrom, until: pendingFrom + pendingDeleteMs },
        ],
      };
    }
    case 'pending_delete': {
      const start = entered(facts, redemptionMs, pendingDeleteMs);
      return {
        earliest: start.earliest + pendingDeleteMs,
        latest: start.latest + pendingDeleteMs,
        bounds: [{ stage: 'pending_delete', from: start.latest, until: start.latest + pendingDeleteMs }],
      };
    }
    default:
      return undefined;
  }
}

/** A purge waits for its batch and may be late; what is overdue for longer was not dated by the delete. */
const LATE_MS = 7 * 86_400_000;

/**
 * When a stage of the given length was entered. The registrar's delete is the last change a registry dates (RFC 5731 upDate), so
 * redemption starts there and pending delete a redemption later, where that fits what is seen; otherwise only the bounds are known.
 */
function entered(
  { registration, now, since = { first: now } }: RegistrationFacts,
  afterDeleteMs: number,
  lengthMs: number,
) {
  const dated = !registration.updatedAt ? undefined : registration.updatedAt + afterDeleteMs;
  if (dated !== undefined && dated <= now && now < dated + lengthMs + LATE_MS)
    return { earliest: dated, latest: dated };
  return { earliest: since.notBefore ?? since.first - lengthMs, latest: since.first };
}

function dropWindow(facts: RegistrationFacts, policy: TldPolicy, publishedAt?: number): DropWindow | undefined {
  if (publishedAt !== undefined)
    return { earliest: publishedAt, latest: publishedAt, source: 'drop_list', confidence: 'published' };
  const deleted = deletion(facts, policy);
  if (!deleted || !policy.batch) return undefined;
  // A batch that is over did not free the name: the next one may.
  const notOver = facts.now - policy.batch.lengthMs + 1;
  return {
    earliest: firstBatch(Math.max(deleted.earliest, notOver), policy.batch),
    latest: firstBatch(Math.max(deleted.latest, notOver), policy.batch) + policy.batch.lengthMs,
    source: 'policy',
    confidence: 'estimated',
  };
}

/** What policy expects if nobody acts. A stage includes its start and excludes its end. Only the registry says what is. */
export function predict(facts: RegistrationFacts, policy: TldPolicy): StageBounds[] {
  return deletion(facts, policy)?.bounds ?? [];
}

/** How long a stage is believed where policy knows no end, and how far ahead a check is then set. */
export const CHECK_AGAIN_MS = 86_400_000;

export function forecast(facts: RegistrationFacts, policy: TldPolicy, publishedDropAt?: number): Forecast {
  const bounds = predict(facts, policy);
  const drop = dropWindow(facts, policy, publishedDropAt);
  const expiresAt = ownersExpiry(facts);
  return {
    ...(expiresAt !== undefined && { expiresAt }),
    bounds,
    ...(drop && { drop }),
    next: nextStep(facts, bounds, drop) ?? { what: 'registry_check', at: facts.now + CHECK_AGAIN_MS },
  };
}

function nextStep({ stage, now }: RegistrationFacts, bounds: StageBounds[], drop?: DropWindow): NextStep | undefined {
  if (stage === 'pending_delete') return drop && drop.earliest > now ? { what: 'drop', at: drop.earliest } : undefined;
  const following = bounds.find((bound) => bound.from > now);
  if (!following) return undefined;
  const what = { auto_renew_grace: 'expiry', redemption: 'redemption', pending_delete: 'pending_delete' } as const;
  return following.stage in what ? { what: what[following.stage as keyof typeof what], at: following.from } : undefined;
}
