/**
 * What a new answer of the registry means beside the one before, and when to look again. Time only says when to ask;
 * what happened is read from the answers.
 */
import type { Cadence } from './cadence.ts';
import type { Forecast, StageSince } from './forecast.ts';
import type { Overruled } from './listed.ts';
import type { Span } from './openings.ts';
import { isLeaving, type RegistryAnswer, type Stage } from './stage.ts';
import type { DropWindow, TldPolicy } from './tlds.ts';

/** The part of a TLD's policy a running name is held to, as it was when last looked. */
export interface NamePolicy extends Pick<
  TldPolicy,
  'version' | 'listPrice' | 'cutoffMs' | 'leadMs' | 'addGraceMs' | 'restoreRightsMs'
> {
  /** A name withheld from creates is given away by the registry itself. */
  someWithoutRace?: boolean;
  /** Pending delete, as this registry tells it, is redemption too: whether the owner can still restore a name it does not say. */
  maybeRestorable?: boolean;
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
  /** Where the registry does not tell the stage: what it told last. */
  told?: Told;
  /** Whose the name was when it last stood plainly registered; a registrar's parking in grace does not change that. */
  owners?: Owners;
  policy: NamePolicy;
  /** A drop list that the registry contradicts. */
  overruled?: Overruled;
  /** How often it is polled from here. */
  cadence?: Cadence;
  expiresAt?: number;
  drop?: DropWindow;
  /** What the drop rests on, where a list published it. */
  published?: number;
  freed?: Span;
  usual?: number;
  next: Forecast['next'];
}

export interface Told {
  stage: Stage;
  last?: boolean;
  sponsor: string;
  /** The registry's date. */
  date: number;
}

/** What the registry said of a registration in this look, or in the last one in which it said anything. */
export function toldBy({
  answer,
  stage,
  last,
  told,
}: Pick<Sight, 'answer' | 'stage' | 'last' | 'told'>): Told | undefined {
  if (stage === 'unknown') return told;
  if (answer.kind !== 'registered') return undefined;
  const { sponsor, expiresAt: date } = answer.registration;
  return { stage, sponsor, date, ...(last && { last }) };
}

/** Registries free names late, and check may be the last to know: so long after the last stage a create tells more than check does. */
const LATE_DROP_MS = 7 * 86_400_000;

/**
 * Nobody's and yet not to be had: an unclear answer, and no reason to act, since registries lose sight of names and find them again. Free is
 * what check says. Only of a name that was about to be freed is more believed, for a while.
 */
export const isDoubtful = ({
  answer,
  seenAt,
  since,
  told,
}: Pick<Sight, 'answer' | 'seenAt' | 'since' | 'told'>): boolean =>
  answer.kind === 'withheld' && !(wasInLastStage(told) && seenAt < since.first + LATE_DROP_MS);

const wasInLastStage = (told: Told | undefined): boolean => told !== undefined && isLastStage(told);

export interface Owners {
  sponsor: string;
  nameservers: string[];
}

/** Looks at a name that is leaving remember whose it was. */
export function ownersAt(answer: RegistryAnswer, stage: Stage, before: Owners | undefined): Owners | undefined {
  if (stage !== 'registered' || answer.kind !== 'registered') return before;
  const { sponsor, nameservers } = answer.registration;
  return { sponsor, nameservers: nameservers.toSorted() };
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
  /** It was freed, and its registry gives it away in a way of its own. */
  | { kind: 'no_race' }
  /** It was freed, and another has it. */
  | { kind: 'taken'; by: string }
  /** It is registered through us. */
  | { kind: 'ours' };

export function changeOf(before: Sight | undefined, after: Sight): Change {
  if (isDoubtful(after)) {
    if (after.policy.someWithoutRace && wasInLastStage(after.told)) return { kind: 'no_race' };
    return before && isDoubtful(before) ? { kind: 'none' } : { kind: 'moved', stageChanged: true };
  }
  if (after.answer.kind !== 'registered') return { kind: 'free' };
  if (after.stage === 'registered_by_us') return { kind: 'ours' };
  if (after.answer.kind === 'registered' && after.stage === 'registered_by_other')
    return { kind: 'taken', by: after.answer.registration.sponsor };
  if (!before) return { kind: 'moved', stageChanged: true };
  const how = keptHow(before, after);
  if (how) return { kind: 'kept', how };
  const stageChanged = before.stage !== after.stage;
  const moved =
    stageChanged ||
    before.expiresAt !== after.expiresAt ||
    before.drop?.earliest !== after.drop?.earliest ||
    before.drop?.latest !== after.drop?.latest ||
    sponsorOf(before) !== sponsorOf(after) ||
    isNewlyOverruled(before, after);
  return moved ? { kind: 'moved', stageChanged } : { kind: 'none' };
}

/** Said once of each instant and reason, whichever of many daily lists says it. */
export const isNewlyOverruled = (
  { overruled: before }: { overruled?: Overruled },
  { overruled: after }: { overruled?: Overruled },
): boolean => after !== undefined && (before?.because !== after.because || before.at !== after.at);

export const sponsorOf = ({ answer }: Pick<Sight, 'answer'>): string | undefined =>
  answer.kind === 'registered' && answer.registration.sponsor !== '' ? answer.registration.sponsor : undefined;

function keptHow(before: Sight, after: Sight): Kept | undefined {
  const told = toldBy(before);
  if (!told || after.answer.kind !== 'registered' || after.stage !== 'registered') return undefined;
  // A date that is told for the first time extends nothing.
  const extended = told.date !== 0 && after.answer.registration.expiresAt > told.date;
  if (!isLeaving(told.stage) && !extended) return undefined;
  const { sponsor, nameservers } = before.owners ?? { sponsor: told.sponsor };
  if (sponsor !== after.answer.registration.sponsor) return 'transferred';
  // Registrars sell names that ran out before they are deleted: with new name servers it was kept by whom is not known.
  if (isLeaving(told.stage) && nameservers && differ(nameservers, after.answer.registration.nameservers))
    return 'kept_unknown';
  if (told.stage === 'registered' || told.stage === 'auto_renew_grace') return 'renewed';
  return isLeaving(told.stage) ? 'restored' : 'kept_unknown';
}

/** The stage from which the registry frees the name. */
export const isLastStage = ({ stage, last = false }: Pick<Sight, 'stage' | 'last'>): boolean =>
  stage === 'pending_delete' || last;
const differ = (one: string[], other: string[]): boolean => one.join() !== other.toSorted().join();

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

const SOONEST_RETRY_MS = { free: 1_000, withheld: 600_000 } as const;
const LATEST_RETRY_MS = 86_400_000;

/**
 * A registry that says of a name that nobody has it, and still refuses it: when to try again after a burst that began at `triedAt`. At once
 * while it is news, ever more slowly for as long as the registry contradicts itself.
 */
export function retryFrom(
  { answer, since }: Pick<Sight, 'answer' | 'since'>,
  triedAt: number | undefined,
): number | undefined {
  if (answer.kind === 'registered' || triedAt === undefined || triedAt < since.first) return undefined;
  return triedAt + Math.min(LATEST_RETRY_MS, Math.max(SOONEST_RETRY_MS[answer.kind], 3 * (triedAt - since.first)));
}

/** Something two sources of a registry tell, and not alike; each in its own words. */
export interface Difference {
  what: 'existence' | 'roid' | 'registered_at' | 'expires_at' | 'status' | 'nameservers';
  epp: string;
  rdap: string;
}

/** Of more than these nobody learns anything: a source that says something else each time is simply wrong. */
const MOST_DISAGREEMENTS = 10;

/** Are these worth telling, where so much was told before? */
export const isNews = (differences: readonly Difference[], told: readonly string[]): boolean =>
  differences.length > 0 && told.length < MOST_DISAGREEMENTS && !told.includes(disagreementOf(differences));

/** What makes a disagreement the same as one that was told. */
export const disagreementOf = (differences: readonly Difference[]): string =>
  differences.map(({ what, epp, rdap }) => `${what}: ${epp} / ${rdap}`).join('; ');
