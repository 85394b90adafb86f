/**
 * One customer's reservation, as a state that carries exactly what it knows, and the events each note of the arbiter adds to its
 * timeline. Total: a note that does not fit changes nothing.
 */
import type { Money } from './money.ts';
import { expiryMarkAt, isNewMark, type ExpiryMark } from './expiry.ts';
import type { NextStep } from './forecast.ts';
import type { JoinRefusal } from './queue.ts';
import type { Stage } from './stage.ts';
import type { DropWindow } from './tlds.ts';
import type { Overruled } from './listed.ts';
import { accountEntries, type DropAccount } from './tried.ts';
import { isLastStage, isNewlyOverruled, sponsorOf, type Difference, type Kept, type Sight } from './watch.ts';

/** What a reservation is told of its name: enough to show, nothing of others. Instants in epoch ms. */
export interface NameView {
  stage: Stage;
  /** See Sight. */
  last?: boolean;
  seenAt: number;
  /** The sponsoring registrar. */
  sponsor?: string;
  expiresAt?: number;
  drop?: DropWindow;
  /** A drop list that the registry contradicts. */
  overruled?: Overruled;
  next: NextStep;
}

/** A look, as reservations are told of it. */
export function viewOf(sight: Sight): NameView {
  const { stage, last, seenAt, expiresAt, drop, overruled, next } = sight;
  const sponsor = sponsorOf(sight);
  return {
    stage,
    seenAt,
    next,
    ...(last && { last }),
    ...(sponsor !== undefined && { sponsor }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(drop && { drop }),
    ...(overruled && { overruled }),
  };
}

export const LOST_REASONS = ['caught_by_other', 'behind_in_order', 'dry_run', 'not_catchable'] as const;
export type LostReason = (typeof LOST_REASONS)[number];
export type MissedReason = 'kept' | 'wait_until';

/** A workflow that stopped and waits for support. `error` is a type and a code, never a foreign text. */
export interface Attention {
  id: string;
  workflow: string;
  step: string;
  error: string;
  since: number;
  attempts: number;
}

export type Outcome =
  | {
      result: 'won';
      reason: 'first_in_order';
      at: number;
      price: Money;
      registeredTo: string;
      roid: string;
      registeredAt: number;
      expiresAt: number;
    }
  | { result: 'lost'; reason: LostReason; at: number; caughtBy?: string }
  | { result: 'missed'; reason: 'wait_until'; at: number }
  | { result: 'missed'; reason: 'kept'; at: number; how: Kept; expiresAt?: number }
  | { result: 'cancelled'; reason: 'by_registrar' | 'by_support'; at: number }
  | { result: 'rejected'; reason: JoinRefusal; at: number; reservation?: string };

/** What the arbiter tells a reservation. `at` is when it became true. */
export type Note =
  | { kind: 'admitted'; at: number; ordinal: number; name: NameView }
  | { kind: 'seen'; at: number; name: NameView }
  | { kind: 'expiring'; at: number; mark: ExpiryMark; name: NameView }
  /** Two sources of the registry disagree. What EPP says holds. */
  | { kind: 'differing'; at: number; differences: Difference[] }
  | { kind: 'kept'; at: number; how: Kept; name: NameView; account?: DropAccount }
  | { kind: 'catching'; at: number; name: NameView }
  | { kind: 'caught'; at: number; name: NameView; account?: DropAccount }
  | {
      kind: 'attention';
      at: number;
      attention: Attention | null;
      decision?: { action: 'retry' | 'skip'; reason: string };
    }
  | { kind: 'ended'; at: number; outcome: Outcome; name?: NameView; explanation?: string; account?: DropAccount };

/** `told` is the last mark before an expiry, `toldUntil` the last date of expiry, that a notice gave. */
export type ReservationState =
  | { status: 'placed' }
  | {
      status: 'waiting' | 'catching' | 'standby';
      ordinal: number;
      name: NameView;
      told?: ExpiryMark;
      toldUntil?: number;
    }
  | { status: Outcome['result']; outcome: Outcome; ordinal?: number; name?: NameView };

export const STATUSES = [
  'placed',
  'waiting',
  'catching',
  'standby',
  'won',
  'lost',
  'missed',
  'cancelled',
  'rejected',
] as const;

export interface TimelineEntry {
  type: string;
  at: number;
  /** Facts of this step alone; never anything personal. */
  data: Record<string, unknown>;
}

export interface Transition {
  state: ReservationState;
  entries: TimelineEntry[];
}

export const hasEnded = (state: ReservationState): state is Extract<ReservationState, { outcome: Outcome }> =>
  'outcome' in state;

export function transition(state: ReservationState, note: Note): Transition {
  if (hasEnded(state)) return { state, entries: [] };
  const entry = (type: string, data: Record<string, unknown> = {}): TimelineEntry => ({ type, at: note.at, data });
  switch (note.kind) {
    case 'admitted':
      return state.status === 'placed'
        ? {
            state: { status: 'waiting', ordinal: note.ordinal, name: note.name, ...toldOnPlacing(note) },
            entries: [entry('reservation.placed', { stage: note.name.stage, ...scheduled(note.name) })],
          }
        : watched(state, note, entry);
    case 'seen':
    case 'expiring':
    case 'kept':
    case 'catching':
    case 'caught':
      return state.status === 'placed' ? { state, entries: [] } : watched(state, note, entry);
    case 'differing':
      return {
        state,
        entries:
          state.status === 'placed'
            ? []
            : [entry('observation.sources_differ', { differences: note.differences, holds: 'epp' })],
      };
    case 'attention':
      return { state, entries: attentionEntries(note, entry) };
    case 'ended': {
      const { outcome, name = 'name' in state ? state.name : undefined } = note;
      const data = { ...outcome, ...(note.explanation && { explanation: note.explanation }) };
      return {
        state: {
          status: outcome.result,
          outcome,
          ...('ordinal' in state && { ordinal: state.ordinal }),
          ...(name && { name }),
        },
        entries: [...accountEntries(note.account, entry), entry(`reservation.${outcome.result}`, data)],
      };
    }
  }
}

type Watched = Extract<ReservationState, { status: 'waiting' | 'catching' | 'standby' }>;
type Entry = (type: string, data?: Record<string, unknown>) => TimelineEntry;

function watched(
  state: Watched,
  note: Extract<Note, { kind: 'admitted' | 'seen' | 'expiring' | 'kept' | 'catching' | 'caught' }>,
  entry: Entry,
): Transition {
  const { name } = note;
  const moved = movements(state, name, entry);
  const going = { ...state, name };
  switch (note.kind) {
    case 'admitted':
      // Again, by an arbiter that was gone: the place is kept, and the stage may have moved meanwhile.
      return { state: going, entries: moved };
    case 'seen':
      return { state: { ...going, status: 'waiting' }, entries: moved };
    case 'expiring': {
      if (name.stage !== 'registered' || !isNewMark(note.mark, state.told)) return { state: going, entries: moved };
      const { days, expiresAt } = note.mark;
      return {
        state: { ...going, told: note.mark, toldUntil: expiresAt },
        entries: [
          ...moved,
          entry('reservation.expiring', { days, expiresAt, stage: name.stage, ...otherDateTold(state, expiresAt) }),
        ],
      };
    }
    case 'kept': {
      const { expiresAt } = name;
      const data = { how: note.how, stage: name.stage, from: state.name.stage };
      return {
        state: { ...going, status: 'waiting', ...(expiresAt !== undefined && { toldUntil: expiresAt }) },
        entries: [
          ...accountEntries(note.account, entry),
          entry('reservation.renewed', { ...data, ...(expiresAt !== undefined && { expiresAt }) }),
          ...overruledEntries(state.name, name, entry),
        ],
      };
    }
    case 'catching':
      return {
        state: { ...going, status: 'catching' },
        entries:
          state.status === 'catching' ? moved : [...moved, entry('attempt.catching', { drop: name.drop ?? null })],
      };
    case 'caught':
      return {
        state: { ...going, status: 'standby' },
        entries:
          state.status === 'standby'
            ? moved
            : [...accountEntries(note.account, entry), entry('reservation.caught', { stage: name.stage })],
      };
  }
}

/** Who reserves shortly before the expiry reads of it in the first notice. */
function toldOnPlacing({
  at,
  name: { expiresAt },
}: {
  at: number;
  name: NameView;
}): Pick<Watched, 'told' | 'toldUntil'> {
  if (expiresAt === undefined) return {};
  const told = expiryMarkAt(expiresAt, at);
  return { toldUntil: expiresAt, ...(told && { told }) };
}

/** A notice that gives another date than the one before says so. */
const otherDateTold = ({ toldUntil }: Watched, expiresAt: number) =>
  toldUntil === undefined || toldUntil === expiresAt ? {} : { before: { expiresAt: toldUntil } };

/** A drop that is near, or published, is more than a forecast: customers plan by it. */
export const believed = ({ stage, last, drop }: NameView): DropWindow | undefined =>
  isLastStage({ stage, ...(last && { last }) }) || drop?.confidence === 'published' ? drop : undefined;

const scheduled = (name: NameView): { drop?: DropWindow } => {
  const drop = believed(name);
  return drop ? { drop } : {};
};

/** What is news between two views of a name, for the timeline. */
function movements(state: Watched, after: NameView, entry: Entry): TimelineEntry[] {
  const before = state.name;
  const entries: TimelineEntry[] = [];
  const { stage, sponsor, expiresAt } = after;
  const [dropBefore, drop] = [believed(before), believed(after)];
  if (stage === 'auto_renew_grace' && before.stage === 'registered')
    entries.push(
      entry('reservation.expired', expiresAt === undefined ? {} : { expiresAt, ...otherDateTold(state, expiresAt) }),
    );
  if (stage !== before.stage) entries.push(entry('reservation.stage_changed', { stage, from: before.stage }));
  else if (expiresAt !== undefined && before.expiresAt !== undefined && expiresAt !== before.expiresAt)
    entries.push(entry('observation.expiry_moved', { expiresAt, before: { expiresAt: before.expiresAt } }));
  if (sponsor !== undefined && before.sponsor !== undefined && sponsor !== before.sponsor)
    entries.push(entry('observation.transferred', { sponsor, before: { sponsor: before.sponsor } }));
  entries.push(...overruledEntries(before, after, entry));
  if (drop && (drop.earliest !== dropBefore?.earliest || drop.latest !== dropBefore.latest))
    entries.push(entry('reservation.drop_scheduled', { drop, before: { drop: dropBefore ?? null } }));
  return entries;
}

/** A list said when the name drops, and the registry contradicts it. */
function overruledEntries(before: NameView, after: NameView, entry: Entry): TimelineEntry[] {
  if (!after.overruled || !isNewlyOverruled(before, after)) return [];
  const { list, at, because } = after.overruled;
  return [entry('observation.drop_list_overruled', { list, listed: at, because, stage: after.stage })];
}

function attentionEntries(
  { attention, decision }: Extract<Note, { kind: 'attention' }>,
  entry: Entry,
): TimelineEntry[] {
  return [
    ...(decision ? [entry(`decision.${decision.action}`, { reason: decision.reason })] : []),
    ...(attention ? [entry('reservation.needs_attention', { ...attention })] : []),
  ];
}
