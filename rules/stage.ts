/**
 * Where a name stands at its registry. The registry's last answer decides; policy only predicts, and says so.
 * A stage includes its start and excludes its end.
 */

export const STAGES = [
  'registered',
  'auto_renew_grace',
  'redemption',
  'pending_restore',
  'pending_delete',
  'available',
  'registered_by_us',
  'registered_by_other',
  'unknown',
] as const;
export type Stage = (typeof STAGES)[number];

/** One registration as a registry describes it (RFC 5731 info, RFC 3915 RGP, or the same by RDAP). Instants in epoch ms. */
export interface Registration {
  roid: string;
  /** The sponsoring registrar: the EPP clID, or the RDAP registrar entity's handle. */
  sponsor: string;
  registeredAt: number;
  /** The registry's date: during auto-renew grace it already stands one year ahead. */
  expiresAt: number;
  updatedAt?: number;
  /** EPP spelling, e.g. `pendingDelete`, `clientHold`. */
  statuses: string[];
  /** RGP spelling, e.g. `autoRenewPeriod`, `redemptionPeriod`. */
  rgp: string[];
  nameservers: string[];
}

/** What a registry answers when asked of a name. `withheld`: nobody has it and it cannot be had (reserved, blocked). */
export type RegistryAnswer =
  | { kind: 'registered'; registration: Registration }
  | { kind: 'free'; premium: boolean }
  | { kind: 'withheld'; reason?: string };

export interface Own {
  /** Our accreditations at this registry. */
  clids: string[];
  /** The identity of the registration the first claim was made against. */
  watchedRoid?: string;
}

/** No ROID begins so and goes on with an instant: its part after the hyphen has eight characters at most (RFC 5730 section 2.8). */
const CREATED = 'created-';

/**
 * What tells one registration of a name from the next: its ROID, or where the registry tells none, when it was created.
 * Undefined where neither is told (a `''` or `0`): then only the sponsor can tell.
 */
export function identityOf({ roid, registeredAt }: Pick<Registration, 'roid' | 'registeredAt'>): string | undefined {
  if (roid !== '') return roid;
  return registeredAt === 0 ? undefined : `${CREATED}${registeredAt}`;
}

/** Certainly another registration than the one watched. */
export function isAnother(registration: Registration, watched: string | undefined): boolean {
  const identity = identityOf(registration);
  if (watched === undefined || identity === undefined || identity === watched) return false;
  // A ROID beside a date of creation says nothing: the registry told one before, and tells the other now.
  return watched.startsWith(CREATED) === identity.startsWith(CREATED);
}

/**
 * What the registry last answered, as a stage. EPP `pendingDelete` covers redemption and pending delete alike; only the RGP
 * status tells them apart (RFC 3915), and at expiry only `autoRenewPeriod` tells, the date has moved (RFC 3915, section 3.1).
 */
export function stageOf(answer: RegistryAnswer, own: Own, now: number): Stage {
  if (answer.kind === 'free') return 'available';
  if (answer.kind === 'withheld') return 'unknown';
  const { sponsor, rgp, statuses } = answer.registration;
  // It exists, and that is all the registry tells (2201, 2202): neither kept nor another's.
  if (tellsNothing(answer.registration)) return 'unknown';
  const another = isAnother(answer.registration, own.watchedRoid);
  // The watched registration transferred to us is still its owner's: it is watched on like any other.
  if (own.clids.includes(sponsor) && (another || own.watchedRoid === undefined)) return 'registered_by_us';
  if (another) return 'registered_by_other';
  if (rgp.includes('pendingRestore')) return 'pending_restore';
  if (rgp.includes('redemptionPeriod')) return 'redemption';
  if (rgp.includes('pendingDelete') || statuses.includes('pendingDelete')) return 'pending_delete';
  return rgp.includes('autoRenewPeriod') && !isPaidFor(answer.registration, now) ? 'auto_renew_grace' : 'registered';
}

/** `autoRenewPeriod` lasts its full length also where the owner renewed in it; the registry's own year alone never reaches so far. */
const isPaidFor = ({ expiresAt }: Registration, now: number): boolean => expiresAt - now > (3 / 2) * 365 * 86_400_000;

/** It exists, and nothing more is said of it. */
export const tellsNothing = ({ roid, sponsor, statuses, rgp }: Registration): boolean =>
  roid === '' && sponsor === '' && statuses.length === 0 && rgp.length === 0;

/** Which stages still lead to a drop without the owner acting. */
export const isLeaving = (stage: Stage): boolean =>
  stage === 'auto_renew_grace' || stage === 'redemption' || stage === 'pending_restore' || stage === 'pending_delete';
