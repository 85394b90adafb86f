/**
 * One customer's reservation, as a state that carries exactly what it knows, and the events each note of the arbiter adds to its
 * timeline. Total: a note that does not fit changes nothing.
 */
import { afterwards, awarding, goingOf } from './award-notes.ts';
import type { Delivery, TakenBackWhy } from './after-award.ts';
import type { Money } from './money.ts';
import { expiryMarkAt, isNewMark, type ExpiryMark } from './expiry.ts';
import type { NextStep } from './forecast.ts';
import type { JoinRefusal } from './queue.ts';
import type { AwardReason } from './award.ts';
import type { FundsMark } from './funding.ts';
import type { Stage } from './stage.ts';
import type { Award, DropWindow } from './tlds.ts';
import type { Overruled } from './listed.ts';
import { accountEntries, type DropAccount } from './tried.ts';
import { movements, otherDateTold, overruledEntries, scheduled, stageIn } from './news.ts';
import { sponsorOf, type Difference, type Kept, type Sight } from './watch.ts';

/** What a reservation is told of its name: enough to show, nothing of others. Instants in epoch ms. */
export interface NameView {
  stage: Stage;
  /** See Sight. */
  last?: boolean;
  /** In pending delete, where its registry does not tell whether the owner can still restore it. */
  restorable?: 'unknown';
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
  const { stage, last, seenAt, expiresAt, drop, overruled, next, policy } = sight;
  const sponsor = sponsorOf(sight);
  return {
    stage,
    seenAt,
    next,
    ...(last && { last }),
    ...(stage === 'pending_delete' && policy.maybeRestorable && { restorable: 'unknown' }),
    ...(sponsor !== undefined && { sponsor }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(drop && { drop }),
    ...(overruled && { overruled }),
  };
}

export const LOST_REASONS = [
  'caught_by_other',
  'no_race',
  'outbid',
  'behind_in_order',
  'unfunded',
  'declined',
  'defaulted',
  'blocked',
  'dry_run',
  'not_catchable',
] as const;
export type LostReason = (typeof LOST_REASONS)[number];
export const WON_REASONS = ['first_in_order', 'next_in_order', 'highest_bid'] as const;
export type WonReason = (typeof WON_REASONS)[number];
export type MissedReason = 'kept' | 'wait_until';

/** What was decided of a caught name: the rule, and the reason for each claim. Of the others a reservation learns no more than their place. */
export interface ShownDecision {
  rule: Award;
  version: string;
  policy: string;
  verdict: 'take' | 'auction' | 'nobody';
  price?: Money;
  /** How many were considered; of a long queue not all are listed. */
  claims: number;
  considered: { place: number; mine: boolean; reason: AwardReason }[];
}

/** News of the auction of a name. `price` is what it stands at. */
export interface AuctionEvent {
  type: 'started' | 'outbid' | 'extended' | 'closing' | 'closed';
  auction: string;
  price: Money;
  /** The least that takes the lead, as long as bids are taken. */
  minimum?: Money;
  endsAt: number;
  /** At the start, to who wanted its budget bid: whether it was. */
  budget?: 'bid' | 'insufficient' | 'over_cap';
}

/** A workflow that stopped and waits for support. `error` is a type and a code, never a foreign text. */
export interface Attention {
  id: string;
  workflow: string;
  step: string;
  error: string;
  since: number;
  attempts: number;
}

export interface TakenBack {
  at: number;
  why: TakenBackWhy;
  /** Whose the registry says it is. */
  sponsor?: string;
  refunded: Money;
}

export type Outcome =
  | {
      result: 'won';
      reason: WonReason;
      at: number;
      price: Money;
      registeredTo: string;
      roid: string;
      registeredAt: number;
      expiresAt: number;
      delivery: Delivery;
      /** The registry took it back, and what was paid was given back. */
      takenBack?: TakenBack;
    }
  /** `lapsed`: an offer that nobody answered. */
  | { result: 'lost'; reason: LostReason; at: number; caughtBy?: string; lapsed?: boolean }
  | { result: 'missed'; reason: 'wait_until'; at: number }
  | { result: 'missed'; reason: 'kept'; at: number; how: Kept; expiresAt?: number }
  | { result: 'cancelled'; reason: 'by_registrar' | 'by_support'; at: number }
  | { result: 'rejected'; reason: JoinRefusal; at: number; reservation?: string };

export interface End {
  reservation: string;
  outcome: Outcome;
}

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
  /** The money for it is not there: the claim is passed over if it is still missing by `due`. */
  | {
      kind: 'unfunded';
      at: number;
      mark: FundsMark;
      why: 'insufficient' | 'over_cap';
      amount: Money;
      due: number;
      name: NameView;
    }
  /** A decision of the award, as this reservation may know it. */
  | { kind: 'decided'; at: number; decision: ShownDecision }
  | { kind: 'auction'; at: number; news: AuctionEvent }
  | { kind: 'offered'; at: number; price: Money; answerBy: number }
  | { kind: 'answered'; at: number; answer: 'accepted' | 'declined' | 'lapsed' }
  | { kind: 'unpaid'; at: number; price: Money; payBy: number }
  | {
      kind: 'attention';
      at: number;
      attention: Attention | null;
      decision?: { action: 'retry' | 'skip'; reason: string };
    }
  /** `watchedUntil`: won, and until then the registry may take it back. */
  | {
      kind: 'ended';
      at: number;
      outcome: Outcome;
      name?: NameView;
      explanation?: string;
      account?: DropAccount;
      watchedUntil?: number;
    }
  | AfterNote;

/** What a winner is told while its award is watched; `stands` and `taken_back` are the last of it. */
export type AfterNote =
  | { kind: 'delivered'; at: number }
  /** `left`: transferred away by whoever was shown its authInfo. */
  | { kind: 'stands'; at: number; left?: true }
  | ({ kind: 'taken_back' } & TakenBack);

/** `told` is the last mark before an expiry, `toldUntil` the last date of expiry, that a notice gave. */
export interface Going {
  ordinal: number;
  name: NameView;
  told?: ExpiryMark;
  toldUntil?: number;
  /** The auction of its name, from its start. */
  auction?: string;
}

export type ReservationState =
  | { status: 'placed' }
  | ({ status: 'waiting' | 'catching' | 'standby' } & Going)
  | ({ status: 'in_auction'; endsAt: number } & Going)
  | ({ status: 'offered'; price: Money; answerBy: number } & Going)
  | ({ status: 'awaiting_payment'; price: Money; payBy: number } & Going)
  | Ended;

/** `watchedUntil` while the award is watched: something may still be told. */
export interface Ended {
  status: Outcome['result'];
  outcome: Outcome;
  ordinal?: number;
  name?: NameView;
  watchedUntil?: number;
}

export const STATUSES = [
  'placed',
  'waiting',
  'catching',
  'in_auction',
  'offered',
  'standby',
  'awaiting_payment',
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

export const hasEnded = (state: ReservationState): state is Ended => 'outcome' in state;

/** Nothing more is told. */
export const isOver = (state: ReservationState): boolean => hasEnded(state) && state.watchedUntil === undefined;

export function transition(state: ReservationState, note: Note): Transition {
  const entry = (type: string, data: Record<string, unknown> = {}): TimelineEntry => ({ type, at: note.at, data });
  if (hasEnded(state)) return afterwards(state, note, entry);
  switch (note.kind) {
    case 'admitted':
      return state.status === 'placed'
        ? {
            state: { status: 'waiting', ordinal: note.ordinal, name: note.name, ...toldOnPlacing(note) },
            entries: [entry('reservation.placed', { ...stageIn(note.name), ...scheduled(note.name) })],
          }
        : watched(state, note, entry);
    case 'seen':
    case 'expiring':
    case 'kept':
    case 'catching':
    case 'caught':
      return state.status === 'placed' ? { state, entries: [] } : watched(state, note, entry);
    case 'unfunded': {
      if (state.status === 'placed') return { state, entries: [] };
      const { amount, due, mark, why, name } = note;
      const data = { amount, due, hours: mark.hours, why };
      return {
        state: { ...state, name },
        entries: [...movements(state, name, entry), entry('reservation.unfunded', data)],
      };
    }
    case 'answered':
      return { state, entries: [entry(`decision.${note.answer}`)] };
    case 'decided':
      return { state, entries: [entry('decision.award', { ...note.decision })] };
    case 'auction':
    case 'offered':
    case 'unpaid':
      return state.status === 'placed' ? { state, entries: [] } : awarding(state, note, entry);
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
    case 'delivered':
    case 'stands':
    case 'taken_back':
      return { state, entries: [] };
    case 'ended': {
      const { outcome, name = 'name' in state ? state.name : undefined } = note;
      const data = { ...outcome, ...(note.explanation && { explanation: note.explanation }) };
      return {
        state: {
          status: outcome.result,
          outcome,
          ...('ordinal' in state && { ordinal: state.ordinal }),
          ...(name && { name }),
          ...(note.watchedUntil !== undefined && { watchedUntil: note.watchedUntil }),
        },
        entries: [...accountEntries(note.account, entry), entry(`reservation.${outcome.result}`, data)],
      };
    }
  }
}

export type Watched = Extract<ReservationState, Going>;
export type Entry = (type: string, data?: Record<string, unknown>) => TimelineEntry;

function watched(
  state: Watched,
  note: Extract<Note, { kind: 'admitted' | 'seen' | 'expiring' | 'kept' | 'catching' | 'caught' }>,
  entry: Entry,
): Transition {
  const { name } = note;
  const moved = movements(state, name, entry);
  const going = { ...goingOf(state), name };
  switch (note.kind) {
    case 'admitted':
      // Again, by an arbiter that was gone: the place is kept, and the stage may have moved meanwhile.
      return { state: { ...state, name }, entries: moved };
    case 'seen':
      return { state: { ...going, status: 'waiting' }, entries: moved };
    case 'expiring': {
      if (name.stage !== 'registered' || !isNewMark(note.mark, state.told))
        return { state: { ...state, name }, entries: moved };
      const { days, expiresAt } = note.mark;
      return {
        state: { ...state, name, told: note.mark, toldUntil: expiresAt },
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

function attentionEntries(
  { attention, decision }: Extract<Note, { kind: 'attention' }>,
  entry: Entry,
): TimelineEntry[] {
  return [
    ...(decision ? [entry(`decision.${decision.action}`, { reason: decision.reason })] : []),
    ...(attention ? [entry('reservation.needs_attention', { ...attention })] : []),
  ];
}
