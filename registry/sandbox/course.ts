/** The course a registration takes if nobody does anything more: the owner's script, or what becomes of a name that somebody else has. */
import { ADD_GRACE_MS, addYears, AUTO_RENEW_GRACE_MS, DAY_MS } from './calendar.ts';
import type { Story } from './facts.ts';
import { graceMsOf, stageStarts } from './life.ts';
import { roidOf, type DomainState, type Frames, type Registered, type Segment } from './state.ts';

/** The registration that the story is about, as it begins. */
export const firstOwned = (name: string, story: Story): Registered => ({
  kind: 'registered',
  roid: roidOf(name, 'story', story.registered_at),
  sponsor: story.registrar,
  createdAt: story.registered_at,
  expiresAt: story.expires_at,
  statuses: ['ok'],
  rgp: [],
  nameservers: story.nameservers ?? [],
});

export function* scripted(name: string, story: Story, free: DomainState, owned = firstOwned(name, story)): Frames {
  const { redemption, pendingDelete, purge } = stageStarts(name, story);
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
  yield* purged(name, story, purge, free);
}

/** Free, or another's from the same instant on. */
export function* purged(name: string, story: Story, at: number, free: DomainState): Frames {
  const { caught_by_other: by = false } = story;
  if (by === false) return yield { from: at, state: free };
  const roid = roidOf(name, 'other', at);
  const sponsor = by === true ? 'other-catcher' : by;
  const dates = { createdAt: at, expiresAt: addYears(at, 1) };
  const other: Registered = { ...firstOwned(name, story), roid, sponsor, ...dates };
  return yield* held(other, at);
}

const inAutoRenewGrace = (owned: Registered, at: number): Registered => ({
  ...owned,
  expiresAt: addYears(owned.expiresAt, 1),
  updatedAt: at,
  rgp: ['autoRenewPeriod'],
});

/** Deleted: some time to be restored, then some in which nothing helps. Without RFC 3915 both look the same. */
export function deletion(
  owned: Registered,
  redemption: number,
  pendingDelete: number,
  tellsRgp = true,
): [Segment, Segment] {
  const deleted = { ...owned, updatedAt: redemption, statuses: ['pendingDelete'] };
  return [
    { from: redemption, state: { ...deleted, rgp: tellsRgp ? ['redemptionPeriod'] : [] } },
    { from: pendingDelete, state: { ...deleted, rgp: tellsRgp ? ['pendingDelete'] : [] } },
  ];
}

/** An owner who has renewed once does so again each year, the day before the date. */
function* renewedYearly(owned: Registered, from: number): Frames {
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
export function* held(owned: Registered, from: number): Frames {
  const quiet: Registered = { ...owned, statuses: ['ok'], rgp: [] };
  const addGraceEnds = owned.createdAt + ADD_GRACE_MS;
  if (from < addGraceEnds) yield { from, state: { ...quiet, rgp: ['addPeriod'] } };
  yield { from: Math.max(from, addGraceEnds), state: quiet };
  yield* autoRenewed(quiet);
}

/** A deletion in auto-renew grace takes the automatic year back. */
export function withoutAutomaticYear(state: Registered): Registered {
  return state.rgp.includes('autoRenewPeriod') ? { ...state, expiresAt: addYears(state.expiresAt, -1) } : state;
}
