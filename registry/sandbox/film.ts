/**
 * A name's life as a film: each state from the instant it begins, in order, without an end. Nothing flips a state when its
 * time comes; the film says what is true when, and whoever asks looks at the frame of now.
 */
import { createHash } from 'node:crypto';
import {
  ADD_GRACE_MS,
  addYears,
  AUTO_RENEW_GRACE_MS,
  batchDropAt,
  DAY_MS,
  PENDING_DELETE_MS,
  REDEMPTION_MS,
} from './calendar.ts';
import type { DomainFacts, Happening, Story, UpdateHappening } from './facts.ts';
import { graceMsOf, stageStarts } from './life.ts';

export interface Registered {
  kind: 'registered';
  roid: string;
  sponsor: string;
  createdAt: number;
  /** The registry's date, which auto-renewal moves a year ahead. */
  expiresAt: number;
  updatedAt?: number;
  statuses: string[];
  rgp: string[];
  nameservers: string[];
}
export type DomainState = { kind: 'free' } | { kind: 'withheld' } | Registered;

/** From its start until the next one's: half-open. The first begins at -Infinity. */
export interface Segment {
  from: number;
  state: DomainState;
}

/** Codes that say nobody can have the name (RFC 5730 section 3): reserved, or against policy. */
const WITHHOLDING = [2304, 2306];

/** Ends only where a name is free for good. Neighbours differ, and none is empty. */
export function* film(facts: DomainFacts): Generator<Segment, void> {
  let held: Segment | undefined;
  let shown: DomainState | undefined;
  for (const next of frames(facts)) {
    if (!held) held = next;
    else if (next.from <= held.from) held = { from: held.from, state: next.state };
    else {
      if (!same(held.state, shown)) yield held;
      shown = held.state;
      held = next;
    }
  }
  if (held && !same(held.state, shown)) yield held;
}

function same(one: DomainState, other: DomainState | undefined): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

function* frames(facts: DomainFacts): Generator<Segment, void> {
  const updates = facts.happened.filter((act) => act.kind === 'update');
  yield* updated(staged(facts), updates);
}

/** An update changes what a registration says, and nothing of how it goes on. */
function* updated(segments: Iterable<Segment>, updates: readonly UpdateHappening[]): Generator<Segment, void> {
  let upTo = 0;
  const changed = (state: DomainState): DomainState => {
    if (state.kind !== 'registered') return state;
    const last = updates.slice(0, upTo).findLast(({ roid }) => roid === state.roid);
    if (!last) return state;
    return { ...state, nameservers: last.nameservers, updatedAt: Math.max(state.updatedAt ?? last.at, last.at) };
  };
  let held: DomainState = { kind: 'free' };
  const until = function* (end: number): Generator<Segment, void> {
    for (let act = updates[upTo]; act && act.at < end; act = updates[upTo]) {
      upTo++;
      yield { from: act.at, state: changed(held) };
    }
  };
  for (const { from, state } of segments) {
    yield* until(from);
    held = state;
    yield { from, state: changed(state) };
  }
  yield* until(Infinity);
}

function* staged(facts: DomainFacts): Generator<Segment, void> {
  const free: DomainState = { kind: WITHHOLDING.includes(facts.story?.create_result ?? 0) ? 'withheld' : 'free' };
  let upcoming = facts.story ? scripted(facts.name, facts.story, free) : only({ from: -Infinity, state: free });
  for (const act of facts.happened) {
    if (act.kind === 'update') continue;
    let state: DomainState = free;
    for (const segment of upcoming) {
      if (segment.from > act.at) break;
      state = segment.state;
      yield segment;
    }
    upcoming = after(facts.name, act, state, free);
  }
  yield* upcoming;
}

function* only(segment: Segment): Generator<Segment, void> {
  yield segment;
}

function* scripted(name: string, story: Story, free: DomainState): Generator<Segment, void> {
  const { redemption, pendingDelete, purge } = stageStarts(name, story);
  const owned: Registered = {
    kind: 'registered',
    roid: roidOf(name, 'story', story.registered_at),
    sponsor: story.registrar,
    createdAt: story.registered_at,
    expiresAt: story.expires_at,
    statuses: ['ok'],
    rgp: [],
    nameservers: story.nameservers ?? [],
  };
  const actsAt = story.owner === 'renews' ? (story.owner_acts_at ?? owned.expiresAt - DAY_MS) : Infinity;
  // RFC 3915: what is in pending delete cannot be had back.
  const keptAt = actsAt < pendingDelete ? actsAt : Infinity;
  yield { from: -Infinity, state: owned };
  let last = owned;
  for (const { from, state } of autoRenewed(owned, graceMsOf(story))) {
    if (from >= Math.min(redemption, keptAt)) break;
    yield { from, state };
    last = state;
  }
  const inGrace = last.rgp.includes('autoRenewPeriod');
  if (redemption < keptAt) {
    last = withoutAutomaticYear(last);
    const [inRedemption, inPendingDelete] = deletion(last, redemption, pendingDelete, story.life?.tellsRgp);
    yield inRedemption;
    if (keptAt === Infinity) yield inPendingDelete;
  }
  if (keptAt < Infinity) {
    // Whoever keeps a name in grace keeps the year the registry has added already.
    const expiresAt = inGrace && keptAt <= redemption ? last.expiresAt : addYears(last.expiresAt, 1);
    return yield* renewedYearly({ ...last, expiresAt, rgp: [], updatedAt: keptAt }, keptAt);
  }
  if (story.caught_by_other === undefined || story.caught_by_other === false) return yield { from: purge, state: free };
  const other: Registered = {
    ...owned,
    roid: roidOf(name, 'other', purge),
    sponsor: story.caught_by_other === true ? 'other-catcher' : story.caught_by_other,
    createdAt: purge,
    expiresAt: addYears(purge, 1),
  };
  return yield* held(other, purge);
}

const inAutoRenewGrace = (owned: Registered, at: number): Registered => ({
  ...owned,
  expiresAt: addYears(owned.expiresAt, 1),
  updatedAt: at,
  rgp: ['autoRenewPeriod'],
});

/** Deleted: some time to be restored, then some in which nothing helps. Without RFC 3915 both look the same. */
function deletion(owned: Registered, redemption: number, pendingDelete: number, tellsRgp = true): [Segment, Segment] {
  const deleted = { ...owned, updatedAt: redemption, statuses: ['pendingDelete'] };
  return [
    { from: redemption, state: { ...deleted, rgp: tellsRgp ? ['redemptionPeriod'] : [] } },
    { from: pendingDelete, state: { ...deleted, rgp: tellsRgp ? ['pendingDelete'] : [] } },
  ];
}

/** An owner who has renewed once does so again each year, the day before the date. */
function* renewedYearly(owned: Registered, from: number): Generator<Segment, void> {
  let current = owned;
  yield { from, state: current };
  for (;;) {
    const at = Math.max(from, current.expiresAt - DAY_MS);
    current = { ...current, expiresAt: addYears(current.expiresAt, 1), updatedAt: at };
    yield { from: at, state: current };
  }
}

/** What the registry does by itself: at each date another year, and a grace in which the registrar can still say no. */
function* autoRenewed(
  owned: Registered,
  graceMs = AUTO_RENEW_GRACE_MS,
): Generator<{ from: number; state: Registered }, void> {
  let current = owned;
  for (;;) {
    const { expiresAt } = current;
    const moved = inAutoRenewGrace(current, expiresAt);
    yield { from: expiresAt, state: moved };
    current = { ...moved, rgp: [] };
    yield { from: expiresAt + graceMs, state: current };
  }
}

/** A registrar that deletes nothing. The first five days are add grace. */
function* held(owned: Registered, from: number): Generator<Segment, void> {
  const quiet: Registered = { ...owned, statuses: ['ok'], rgp: [] };
  const addGraceEnds = owned.createdAt + ADD_GRACE_MS;
  if (from < addGraceEnds) yield { from, state: { ...quiet, rgp: ['addPeriod'] } };
  yield { from: Math.max(from, addGraceEnds), state: quiet };
  yield* autoRenewed(quiet);
}

/** A deletion in auto-renew grace takes the automatic year back. */
function withoutAutomaticYear(state: Registered): Registered {
  return state.rgp.includes('autoRenewPeriod') ? { ...state, expiresAt: addYears(state.expiresAt, -1) } : state;
}

function* after(
  name: string,
  act: Exclude<Happening, UpdateHappening>,
  state: DomainState,
  free: DomainState,
): Generator<Segment, void> {
  if (act.kind === 'create') {
    const { roid, clid: sponsor, at: createdAt, expiresAt, nameservers } = act;
    return yield* held(
      { kind: 'registered', roid, sponsor, createdAt, expiresAt, statuses: ['ok'], rgp: [], nameservers },
      act.at,
    );
  }
  if (state.kind !== 'registered') return yield { from: act.at, state };
  if (act.kind === 'renew') return yield* held({ ...state, expiresAt: act.expiresAt, updatedAt: act.at }, act.at);
  if (act.at < state.createdAt + ADD_GRACE_MS) return yield { from: act.at, state: free };
  const pendingDelete = act.at + REDEMPTION_MS;
  yield* deletion(withoutAutomaticYear(state), act.at, pendingDelete);
  return yield { from: batchDropAt(name, pendingDelete + PENDING_DELETE_MS), state: free };
}

/** A repository object id (RFC 5730 section 2.8), the same for the same registration and no other. */
export function roidOf(name: string, ...registration: (string | number)[]): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([name, ...registration]))
    .digest('hex');
  return `D${digest.slice(0, 16).toUpperCase()}-TEST`;
}
