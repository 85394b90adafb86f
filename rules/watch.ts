/**
 * What a new answer of the registry means beside the one before, and when to look again. Time only says when to ask;
 * what happened is read from the answers.
 */
import type { Forecast, StageSince } from './forecast.ts';
import { isLeaving, type RegistryAnswer, type Stage } from './stage.ts';
import type { DropWindow, TldPolicy } from './tlds.ts';

/** The part of a TLD's policy a running name is held to, as it was when last looked. */
export interface NamePolicy extends Pick<TldPolicy, 'version' | 'award' | 'listPrice' | 'cutoffMs' | 'leadMs'> {
  /** A name withheld from creates is given away by the registry itself. */
  someWithoutRace?: boolean;
}

/** One look at a name: the registry's answer, the stage it means, and what policy expects from there. */
export interface Sight {
  seenAt: number;
  registry: string;
  answer: RegistryAnswer;
  stage: Stage;
  /** The registry frees names from this stage; said of stages other than pending delete, from which it always does. */
  last?: boolean;
  since: StageSince;
  policy: NamePolicy;
  expiresAt?: number;
  drop?: DropWindow;
  next: Forecast['next'];
}

export type Kept = 'renewed' | 'restored' | 'transferred' | 'kept_unknown';

export type Change =
  | { kind: 'none' }
  /** The stage or a date moved. */
  | { kind: 'moved'; stageChanged: boolean }
  /** The owner kept the name after all. */
  | { kind: 'kept'; how: Kept }
  /** Nobody holds it any more: catch it. */
  | { kind: 'free' }
  /** It was freed, and another has it. */
  | { kind: 'taken'; by: string }
  /** It is registered through us. */
  | { kind: 'ours' };

export function changeOf(before: Sight | undefined, after: Sight): Change {
  if (after.answer.kind !== 'registered') return { kind: 'free' };
  if (after.stage === 'registered_by_us') return { kind: 'ours' };
  if (after.answer.kind === 'registered' && after.stage === 'registered_by_other')
    return { kind: 'taken', by: after.answer.registration.sponsor };
  if (!before) return { kind: 'moved', stageChanged: true };
  const how = keptHow(before, after);
  if (how) return { kind: 'kept', how };
  const stageChanged = before.stage !== after.stage;
  const moved = stageChanged || before.expiresAt !== after.expiresAt || before.drop?.earliest !== after.drop?.earliest;
  return moved ? { kind: 'moved', stageChanged } : { kind: 'none' };
}

function keptHow(before: Sight, after: Sight): Kept | undefined {
  if (before.answer.kind !== 'registered' || after.answer.kind !== 'registered' || after.stage !== 'registered')
    return undefined;
  const { expiresAt: dateBefore } = before.answer.registration;
  // A date that is told for the first time extends nothing.
  const extended = dateBefore !== 0 && after.answer.registration.expiresAt > dateBefore;
  if (!isLeaving(before.stage) && !extended) return undefined;
  if (before.answer.registration.sponsor !== after.answer.registration.sponsor) return 'transferred';
  if (before.stage === 'registered' || before.stage === 'auto_renew_grace') return 'renewed';
  return isLeaving(before.stage) ? 'restored' : 'kept_unknown';
}

/** The stage from which the registry frees the name. */
export const isLastStage = ({ stage, last = false }: Pick<Sight, 'stage' | 'last'>): boolean =>
  stage === 'pending_delete' || last;

/** Joins and cancels close here; undefined while no drop is near enough to be believed. */
export const cutoffAt = (sight: Pick<Sight, 'stage' | 'last' | 'drop' | 'policy'>): number | undefined =>
  isLastStage(sight) && sight.drop ? sight.drop.earliest - sight.policy.cutoffMs : undefined;

/** A window longer than this is watched, not raced: creating for days on a guess is no way to treat a registry. */
const RACE_MS = 2 * 3_600_000;

/** When catching starts. Undefined: no drop near enough to race for, the watch will see the name free. */
export const catchAt = (sight: Sight): number | undefined => {
  const { drop, policy } = sight;
  return isLastStage(sight) && drop && drop.latest - drop.earliest <= RACE_MS
    ? drop.earliest - policy.leadMs
    : undefined;
};

/** How often a stage is polled in real time, between the instants that policy names. */
export function pollEveryMs(sight: Sight, now: number): number {
  const HOUR_MS = 3_600_000;
  const { stage, drop } = sight;
  if (isLastStage(sight)) return drop && drop.earliest - now < HOUR_MS ? 60_000 : HOUR_MS;
  return stage === 'unknown' ? 5 * 60_000 : 6 * HOUR_MS;
}
