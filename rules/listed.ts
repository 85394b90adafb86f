/** What a published drop list says of a name, held against its registry: where the two contradict each other the registry is right. */
import { publishedWindow } from './release.ts';
import { isAnother, type Registration, type Stage } from './stage.ts';
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
] as const;
/** Why a list is not believed. `still_there`: its instant is over. `registry_list`: the registry's own list of now says otherwise. */
export type Overruling = (typeof OVERRULING)[number];

export interface Overruled extends ListedDrop {
  because: Overruling;
}

export interface ListedFacts {
  registration: Registration;
  stage: Stage;
  now: number;
  /** What the registry publishes itself. */
  published?: number;
}

/** So long after the instant a name may still be on its way out. */
const LATE_MS = 3_600_000;

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
