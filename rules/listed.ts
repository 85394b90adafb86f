/** What a published drop list says of a name, held against its registry: where the two contradict each other the registry is right. */
import { freedBy, type RegistrationFacts } from './forecast.ts';
import { publishedWindow } from './release.ts';
import { isAnother } from './stage.ts';
import type { TldPolicy } from './tlds.ts';

/** What a list says of a name, instants in epoch ms. */
export interface ListedDrop {
  at: number;
  roid?: string;
  /** Which list: its id. */
  list: string;
}

export const OVERRULING = [
  'registered',
  'being_restored',
  'another_registration',
  'still_there',
  'registry_list',
  'too_late',
] as const;
/**
 * Why a list is not believed. `still_there`: its instant is over. `registry_list`: the registry's own list of now says otherwise.
 * `too_late`: the registry frees the name long before.
 */
export type Overruling = (typeof OVERRULING)[number];

export interface Overruled extends ListedDrop {
  because: Overruling;
}

export interface ListedFacts extends RegistrationFacts {
  /** What the registry publishes itself. */
  published?: number;
}

/** So long after the instant a name may still be on its way out. */
const LATE_MS = 3_600_000;

/** Policy knows how long stages last, and a registry may be slow: so much later than it expects is a slip of the pen. */
const SLOW_MS = 30 * 86_400_000;
/** No registry lists a name so long before it frees it. */
const AHEAD_MS = 180 * 86_400_000;

/** Further ahead than lists reach, whatever the name's stage. */
export const isFarOff = (at: number, now: number): boolean => at > now + AHEAD_MS;

function isTooLate(at: number, facts: RegistrationFacts, policy: TldPolicy): boolean {
  const freed = freedBy(facts, policy);
  // A stage that is over by policy, and is there, is late itself.
  return isFarOff(at, facts.now) || (freed !== undefined && at > Math.max(freed.latest, facts.now) + SLOW_MS);
}

/** Undefined: the list holds. `says_nothing`: the registry does not tell enough to hold the two together. */
export function overruling(
  listed: ListedDrop,
  facts: ListedFacts,
  policy: TldPolicy,
): Overruling | 'says_nothing' | undefined {
  const { registration, stage, now, published } = facts;
  if (stage === 'unknown' || stage === 'available' || stage === 'registered_by_us') return 'says_nothing';
  if (stage === 'registered_by_other') return 'says_nothing';
  if (listed.roid !== undefined && isAnother(registration, listed.roid)) return 'another_registration';
  if (published !== undefined && published !== listed.at) return 'registry_list';
  // A registry without a grace of its own shows an expired name as registered until it is purged.
  if (stage === 'registered' && (registration.expiresAt === 0 || registration.expiresAt > now)) return 'registered';
  if (stage === 'pending_restore') return 'being_restored';
  // The registry's own word is no slip of a list's.
  if (published === undefined && isTooLate(listed.at, facts, policy)) return 'too_late';
  const window = publishedWindow(listed.at, policy, now);
  return window && now < window.latest + LATE_MS ? undefined : 'still_there';
}

/** What lists say of a name; `silent` where one could not be asked. Instants in epoch ms. */
export interface Listings {
  /** The registry's own list. */
  own: number | 'silent' | undefined;
  /** A list that was loaded. */
  loaded: ListedDrop | 'silent' | undefined;
  /** What counted when they were last asked. */
  before?: number | undefined;
}

/**
 * Which published instant counts, and the loaded list that does not. What counted before stands while a list is silent, and while it is
 * only just over: a list of what is still to come no longer has it then.
 */
export function publishedBy(
  { own, loaded, before }: Listings,
  facts: Omit<ListedFacts, 'published'>,
  policy: TldPolicy,
): { at?: number; overruled?: Overruled } {
  const isSilent = own === 'silent' || loaded === 'silent';
  const ownAt = own === 'silent' ? undefined : own;
  const list = loaded === 'silent' ? undefined : loaded;
  const because = list && overruling(list, { ...facts, ...(ownAt !== undefined && { published: ownAt }) }, policy);
  const overruled = list && because && because !== 'says_nothing' ? { ...list, because } : undefined;
  const stands = (at: number) =>
    (isSilent || at <= facts.now) && overruled?.at !== at && overruling({ at, list: '' }, facts, policy) === undefined;
  const at =
    ownAt ??
    (because === undefined ? list?.at : undefined) ??
    (before !== undefined && stands(before) ? before : undefined);
  return { ...(at !== undefined && { at }), ...(overruled && { overruled }) };
}
