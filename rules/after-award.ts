/**
 * After a name was awarded: how long the award is watched, whether it still stands by what the registry answers, when the name is
 * delivered, and what of a name that nobody takes. What nobody knows of a TLD stays unknown: nothing is then held up, nor deleted.
 */
import { identityOf, isAnother, tellsNothing, type RegistryAnswer } from './stage.ts';
import type { Known, TldPolicy } from './tlds.ts';

/** So long each award is watched, whatever is known of its TLD: as long as add grace lasts under all gTLDs. */
export const WATCHED_AT_LEAST_MS = 5 * 86_400_000;
/** So long a registry may lose sight of a name and find it again: the winner's money is not moved to and fro meanwhile. */
const GONE_AFTER_MS = 14 * 86_400_000;
/** Where the registry tells nothing as the watch should end it is asked again. */
const ASK_AGAIN_MS = 3_600_000;
/** A delete that leaves so shortly before the end of add grace might come after it. */
const DELETE_BEFORE_MS = 60_000;

/** `held`: whoever had the name before can still have it back, until `deliverAt`. */
export type Delivery =
  | { status: 'held'; deliverAt: number; why: 'restore_rights' }
  | { status: 'delivered'; why: 'no_restore_rights' | 'restore_rights_unknown' | 'restore_rights_over' };

export interface Watch {
  until: number;
  delivery: Delivery;
}

/** From when the name was registered; each figure of its TLD may be unknown. */
export function watchFrom(
  registeredAt: number,
  { addGraceMs, restoreRightsMs }: Pick<TldPolicy, 'addGraceMs' | 'restoreRightsMs'>,
  now: number,
): Watch {
  const lengths = [addGraceMs, restoreRightsMs].filter((length) => length !== 'unknown');
  const until = registeredAt + Math.max(WATCHED_AT_LEAST_MS, ...lengths);
  return { until, delivery: deliveryAt(registeredAt, restoreRightsMs, now) };
}

function deliveryAt(registeredAt: number, restoreRightsMs: Known<number>, now: number): Delivery {
  if (restoreRightsMs === 'unknown') return { status: 'delivered', why: 'restore_rights_unknown' };
  if (restoreRightsMs === 0) return { status: 'delivered', why: 'no_restore_rights' };
  const deliverAt = registeredAt + restoreRightsMs;
  return now < deliverAt
    ? { status: 'held', deliverAt, why: 'restore_rights' }
    : { status: 'delivered', why: 'restore_rights_over' };
}

/** An award that is watched. */
export interface Awarded {
  /** What tells the registration that was caught from any other; undefined where the registry tells nothing to tell it by. */
  identity?: string;
  /** The same of the registration that was there before it. */
  before?: string;
  /** Our accreditations there. */
  owns: readonly string[];
  /** The winner was shown how to transfer it away. */
  authInfoShown: boolean;
  /** Since when the registry knows of no such name and yet withholds it. */
  missingSince?: number;
}

/** The operation that took the price of an award: a give-back names it. */
export const awardOperation = (catchId: string, reservation: string): string => `award:${catchId}:${reservation}`;

export const TAKEN_BACK = ['gone', 'other_sponsor', 'other_registration'] as const;
export type TakenBackWhy = (typeof TAKEN_BACK)[number];

/** How the watch of an award ends. */
export type AwardEnd = 'stands' | 'left' | 'taken_back';

export type Finding =
  | { kind: 'stands' }
  /** Gone from us after the winner was shown the authInfo: it was theirs to transfer. */
  | { kind: 'left' }
  /** Doubted for two weeks: registries lose sight of names and find them again. */
  | { kind: 'missing'; since: number }
  /** It exists, and that is all the registry tells. */
  | { kind: 'untold' }
  | { kind: 'taken_back'; why: TakenBackWhy; sponsor?: string };

export function findingOf(answer: RegistryAnswer, awarded: Awarded, now: number): Finding {
  const { identity, before, owns, missingSince: since = now } = awarded;
  if (answer.kind === 'free') return findingOfLost(awarded, { why: 'gone' });
  if (answer.kind === 'withheld')
    return now - since < GONE_AFTER_MS ? { kind: 'missing', since } : findingOfLost(awarded, { why: 'gone' });
  const { registration } = answer;
  if (tellsNothing(registration)) return { kind: 'untold' };
  const { sponsor } = registration;
  const told = sponsor === '' ? {} : { sponsor };
  if (isAnother(registration, identity)) {
    const lost = { why: 'other_registration', ...told } as const;
    // Nobody but its registry brings back what was there before.
    return identityOf(registration) === before ? { kind: 'taken_back', ...lost } : findingOfLost(awarded, lost);
  }
  if (sponsor === '') return { kind: 'untold' };
  if (owns.includes(sponsor)) return { kind: 'stands' };
  return findingOfLost(awarded, { why: 'other_sponsor', ...told });
}

/** Whoever was shown the authInfo may have moved the name, and what became of it under another sponsor is not the registry's doing. */
export const findingOfLost = (
  { authInfoShown }: Pick<Awarded, 'authInfoShown'>,
  lost: { why: TakenBackWhy; sponsor?: string },
): Finding => (authInfoShown ? { kind: 'left' } : { kind: 'taken_back', ...lost });

/** When the registry must be asked next; ahead of `now`. */
export function askNextAt(
  { until, deliverAt, missingSince }: { until: number; deliverAt?: number; missingSince?: number },
  now: number,
): number {
  const instants = [until, deliverAt, missingSince && missingSince + GONE_AFTER_MS];
  const ahead = instants.filter((at) => at !== undefined && at > now) as number[];
  return ahead.length > 0 ? Math.min(...ahead) : now + ASK_AGAIN_MS;
}

/** Nobody asked for so long that what became of the name since need not be its registry's doing. */
const TOO_LATE_MS = 30 * 86_400_000;
export const saysNothingOf = ({ until }: { until: number }, now: number): boolean => now >= until + TOO_LATE_MS;

export type MayUndo =
  { kind: 'may'; before: number } | { kind: 'add_grace_unknown' | 'no_add_grace' | 'add_grace_over' };

/** May a name that nobody takes be deleted without its price (RFC 3915 section 1, add grace period)? */
export function mayUndo(registeredAt: number, addGraceMs: Known<number>, now: number): MayUndo {
  if (addGraceMs === 'unknown') return { kind: 'add_grace_unknown' };
  if (addGraceMs === 0) return { kind: 'no_add_grace' };
  const before = registeredAt + addGraceMs - DELETE_BEFORE_MS;
  return now < before ? { kind: 'may', before } : { kind: 'add_grace_over' };
}

/** How long each step between the catch and the answer may take, ms. */
export interface Windows {
  offer: number;
  auction: number;
  payment: number;
}

/** Windows that outlast add grace: a name that nobody takes by then can no longer be deleted without its price. */
export function outlasting(
  windows: Windows,
  addGraceMs: Known<number>,
): { field: keyof Windows; windowMs: number; addGraceMs: number }[] {
  if (addGraceMs === 'unknown') return [];
  const all = Object.entries(windows) as [keyof Windows, number][];
  return all
    .filter(([, windowMs]) => windowMs > addGraceMs)
    .map(([field, windowMs]) => ({ field, windowMs, addGraceMs }));
}
