/**
 * One customer's reservation, as a state that carries exactly what it knows, and the events each note of the arbiter adds to its
 * timeline. Total: a note that does not fit changes nothing.
 */
import type { Money } from './money.ts';
import type { NextStep } from './forecast.ts';
import type { JoinRefusal } from './queue.ts';
import type { Stage } from './stage.ts';
import type { DropWindow } from './tlds.ts';
import type { Kept } from './watch.ts';

/** What a reservation is told of its name: enough to show, nothing of others. Instants in epoch ms. */
export interface NameView {
  stage: Stage;
  seenAt: number;
  expiresAt?: number;
  drop?: DropWindow;
  next: NextStep;
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
  | { result: 'missed'; reason: MissedReason; at: number }
  | { result: 'cancelled'; reason: 'by_registrar' | 'by_support'; at: number }
  | { result: 'rejected'; reason: JoinRefusal; at: number; reservation?: string };

/** What the arbiter tells a reservation. `at` is when it became true. */
export type Note =
  | { kind: 'admitted'; at: number; ordinal: number; name: NameView }
  | { kind: 'seen'; at: number; name: NameView }
  | { kind: 'kept'; at: number; how: Kept; name: NameView }
  | { kind: 'catching'; at: number; name: NameView }
  | { kind: 'caught'; at: number; name: NameView }
  | {
      kind: 'attention';
      at: number;
      attention: Attention | null;
      decision?: { action: 'retry' | 'skip'; reason: string };
    }
  | { kind: 'ended'; at: number; outcome: Outcome; name?: NameView; explanation?: string };

export type ReservationState =
  | { status: 'placed' }
  | { status: 'waiting' | 'catching' | 'standby'; ordinal: number; name: NameView }
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
            state: { status: 'waiting', ordinal: note.ordinal, name: note.name },
            entries: [entry('reservation.placed', { stage: note.name.stage })],
          }
        : watched(state, note, entry);
    case 'seen':
    case 'kept':
    case 'catching':
    case 'caught':
      return state.status === 'placed' ? { state, entries: [] } : watched(state, note, entry);
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
        entries: [entry(`reservation.${outcome.result}`, data)],
      };
    }
  }
}

type Watched = Extract<ReservationState, { status: 'waiting' | 'catching' | 'standby' }>;

function watched(
  state: Watched,
  note: Extract<Note, { kind: 'admitted' | 'seen' | 'kept' | 'catching' | 'caught' }>,
  entry: (type: string, data?: Record<string, unknown>) => TimelineEntry,
): Transition {
  const { name } = note;
  const moved =
    state.name.stage === name.stage
      ? []
      : [entry('reservation.stage_changed', { stage: name.stage, from: state.name.stage })];
  switch (note.kind) {
    case 'admitted':
      // Again, by an arbiter that was gone: the place is kept, and the stage may have moved meanwhile.
      return { state: { ...state, name }, entries: moved };
    case 'seen':
      return { state: { status: 'waiting', ordinal: state.ordinal, name }, entries: moved };
    case 'kept':
      return {
        state: { status: 'waiting', ordinal: state.ordinal, name },
        entries: [entry('reservation.renewed', { how: note.how, stage: name.stage, from: state.name.stage })],
      };
    case 'catching':
      return {
        state: { status: 'catching', ordinal: state.ordinal, name },
        entries:
          state.status === 'catching' ? moved : [...moved, entry('attempt.catching', { drop: name.drop ?? null })],
      };
    case 'caught':
      return {
        state: { status: 'standby', ordinal: state.ordinal, name },
        entries: state.status === 'standby' ? moved : [entry('reservation.caught', { stage: name.stage })],
      };
  }
}

function attentionEntries(
  { attention, decision }: Extract<Note, { kind: 'attention' }>,
  entry: (type: string, data?: Record<string, unknown>) => TimelineEntry,
): TimelineEntry[] {
  return [
    ...(decision ? [entry(`decision.${decision.action}`, { reason: decision.reason })] : []),
    ...(attention ? [entry('reservation.needs_attention', { ...attention })] : []),
  ];
}
