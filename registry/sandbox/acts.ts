/**
 * What happens to a name besides its script: by EPP, or as the story tells it. Each act leads from the scene before it to the next one;
 * one that does not fit where the name stands leads nowhere.
 */
import { ADD_GRACE_MS, addYears, batchDropAt, DAY_MS, PENDING_DELETE_MS, REDEMPTION_MS } from './calendar.ts';
import { deletion, firstOwned, held, purged, scripted, withoutAutomaticYear } from './course.ts';
import type { Act, DomainFacts, Happening, Story, UpdateHappening } from './facts.ts';
import { graceMsOf } from './life.ts';
import { roidOf, type DomainState, type Frames, type Registered } from './state.ts';

/** The course of a registration from here on, and what the registry shows instead for a while. */
export interface Scene {
  course: () => Frames;
  shown?: DomainState;
}

/** So long a registrar has for the report of a restore (RFC 3915 section 2); then the deletion goes on. */
const REPORT_MS = 7 * DAY_MS;
/** `renewPeriod` and `transferPeriod` of RFC 3915. */
const PERIOD_MS = 5 * DAY_MS;

/** What decides how a life goes on. */
type Staged = Exclude<Happening, UpdateHappening>;

/** Acts by the story and by EPP, and the end of a restore that nobody reported. */
export function inOrder({ story, happened: all }: DomainFacts): (Staged | Act)[] {
  const happened = all.filter((act) => act.kind !== 'update');
  const told = story?.happens ?? [];
  const failures = told.flatMap((act): Act[] => {
    if (act.what !== 'restore_requested') return [];
    const until = act.at + REPORT_MS;
    const reported = told.some(
      ({ what, at }) => (what === 'restored' || what === 'restore_failed') && at >= act.at && at < until,
    );
    return reported ? [] : [{ what: 'restore_failed', at: until }];
  });
  if (told.length === 0) return happened;
  return [...told, ...failures, ...happened].toSorted((one, other) => one.at - other.at);
}

/** Undefined: the act does not fit, and changes nothing. */
export function followedBy(facts: DomainFacts, scene: Scene, act: Staged | Act, free: DomainState): Scene | undefined {
  const under = stateAt(scene, act.at);
  if ('kind' in act) return afterCommand(facts.name, act, scene.shown ?? under, free);
  const { story } = facts;
  if (!story) return undefined;
  if (act.what === 'returned') return scene.shown?.kind === 'hidden' ? { course: scene.course } : undefined;
  if (scene.shown?.kind === 'hidden') {
    // What nobody sees happens all the same.
    const behind = followedBy(facts, { course: scene.course }, act, free);
    return behind && { course: behind.course, shown: scene.shown };
  }
  const restoring = scene.shown?.kind === 'registered';
  if (act.what === 'restore_failed') return restoring ? { course: scene.course } : undefined;
  if (act.what === 'taken_back') return takenBack(facts.name, story, under, act, free);
  if (act.what === 'vanished') return scene.shown ? undefined : { ...scene, shown: { kind: 'hidden' } };
  if (under.kind !== 'registered') return undefined;
  const redeemable = restoring || under.rgp.includes('redemptionPeriod');
  if (act.what === 'restored') return redeemable ? restored(facts.name, story, under, act, free) : undefined;
  if (restoring) return undefined;
  if (act.what === 'restore_requested')
    return redeemable ? { ...scene, shown: { ...under, rgp: ['pendingRestore'], updatedAt: act.at } } : undefined;
  if (act.what === 'purged') return { course: () => purged(facts.name, story, act.at, free) };
  return under.statuses.includes('pendingDelete') ? undefined : afterOwners(facts.name, story, under, act, free);
}

function stateAt({ course }: Scene, at: number): DomainState {
  let state: DomainState = { kind: 'free' };
  for (const segment of course()) {
    if (segment.from > at) break;
    state = segment.state;
  }
  return state;
}

/** What only a registration that is not being deleted can meet. */
function afterOwners(
  name: string,
  story: Story,
  owned: Registered,
  act: Extract<Act, { what: 'renewed' | 'transferred' | 'deleted' | 'expiry_moved' }>,
  free: DomainState,
): Scene | undefined {
  const inGrace = owned.rgp.includes('autoRenewPeriod');
  const changed = { ...owned, rgp: [], updatedAt: act.at, ...('nameservers' in act && servers(act.nameservers)) };
  switch (act.what) {
    case 'renewed': {
      const renewed = { ...changed, expiresAt: addYears(owned.expiresAt, act.years ?? 1) };
      // The registry's automatic year can still be taken back: autoRenewPeriod stays beside renewPeriod (RFC 3915 section 3.1).
      const graceEnds = inGrace ? addYears(owned.expiresAt, -1) + graceMsOf(story) : act.at;
      return periods(name, story, renewed, free, [
        { from: act.at, rgp: [...(inGrace ? ['autoRenewPeriod'] : []), 'renewPeriod'] },
        { from: act.at + PERIOD_MS, rgp: inGrace && act.at + PERIOD_MS < graceEnds ? ['autoRenewPeriod'] : [] },
        { from: Math.max(graceEnds, act.at + PERIOD_MS), rgp: [] },
      ]);
    }
    case 'transferred': {
      // In grace the automatic year is taken back, and the transfer's own takes its place.
      const expiresAt = inGrace ? owned.expiresAt : addYears(owned.expiresAt, 1);
      return periods(name, story, { ...changed, sponsor: act.to, expiresAt }, free, [
        { from: act.at, rgp: ['transferPeriod'] },
        { from: act.at + PERIOD_MS, rgp: [] },
      ]);
    }
    case 'expiry_moved':
      return { course: () => onward(name, story, { ...changed, expiresAt: act.expires_at }, act.at, free) };
    case 'deleted': {
      const deleted = { ...story, owner: 'lets_go', registrar_deletes_at: act.at } as const;
      return { course: () => lapsing(name, deleted, withoutAutomaticYear(owned), free) };
    }
  }
}

function restored(
  name: string,
  story: Story,
  deleted: Registered,
  act: Extract<Act, { what: 'restored' }>,
  free: DomainState,
): Scene {
  const back = { statuses: ['ok'], rgp: [], updatedAt: act.at, expiresAt: addYears(deleted.expiresAt, 1) };
  const owned = { ...deleted, ...back, ...servers(act.nameservers) };
  return { course: () => onward(name, story, owned, act.at, free) };
}

/** Whatever became of the name since its drop is undone: it is the old registration again, with as many years as it takes to run on. */
function takenBack(
  name: string,
  story: Story,
  now: DomainState,
  act: Extract<Act, { what: 'taken_back' }>,
  free: DomainState,
): Scene | undefined {
  const before = firstOwned(name, story);
  if (now.kind === 'registered' && now.roid === before.roid) return undefined;
  let { expiresAt } = before;
  while (expiresAt <= act.at) expiresAt = addYears(expiresAt, 1);
  const owned = { ...before, sponsor: act.to ?? before.sponsor, expiresAt, updatedAt: act.at };
  return { course: () => onward(name, story, owned, act.at, free) };
}

const servers = (nameservers: string[] | undefined) => (nameservers ? { nameservers } : {});

/** Grace periods one after the other, then the registration's further course. */
function periods(
  name: string,
  story: Story,
  owned: Registered,
  free: DomainState,
  shown: { from: number; rgp: string[] }[],
): Scene {
  const last = shown.at(-1)?.from ?? 0;
  return {
    course: function* () {
      for (const { from, rgp } of shown) yield { from, state: { ...owned, rgp } };
      for (const segment of onward(name, story, owned, last, free)) if (segment.from > last) yield segment;
    },
  };
}

/** The story's own registration goes on as its owner is, from its new date; any other is held. */
function onward(name: string, story: Story, owned: Registered, at: number, free: DomainState): Frames {
  const { registrar_deletes_at: _deleted, ...further } = story;
  return owned.roid === roidOf(name, 'story', story.registered_at)
    ? lapsing(name, further, owned, free)
    : held(owned, at);
}

/** From its date on as the story has it; what the story dated was of the course before. */
function lapsing(name: string, story: Story, owned: Registered, free: DomainState): Frames {
  const { drops_at: _drop, owner_acts_at: _act, ...further } = story;
  return scripted(name, { ...further, expires_at: owned.expiresAt }, free, owned);
}

function afterCommand(name: string, act: Staged, state: DomainState, free: DomainState): Scene | undefined {
  if (act.kind === 'create') {
    const { roid, clid: sponsor, at: createdAt, expiresAt, nameservers } = act;
    const dates = { createdAt, expiresAt };
    const created: Registered = { kind: 'registered', roid, sponsor, ...dates, statuses: ['ok'], rgp: [], nameservers };
    return { course: () => held(created, act.at) };
  }
  if (state.kind !== 'registered') return undefined;
  if (act.kind === 'renew')
    return { course: () => held({ ...state, expiresAt: act.expiresAt, updatedAt: act.at }, act.at) };
  if (act.at < state.createdAt + ADD_GRACE_MS) return { course: () => freed(act.at, free) };
  const pendingDelete = act.at + REDEMPTION_MS;
  return {
    course: function* () {
      yield* deletion(withoutAutomaticYear(state), act.at, pendingDelete);
      yield* freed(batchDropAt(name, pendingDelete + PENDING_DELETE_MS), free);
    },
  };
}

function* freed(from: number, state: DomainState): Frames {
  yield { from, state };
}
