/** Every signal, update and query between workflows, API and activities: one name, one shape, in one place. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AuctionBook, AuctionTerms } from '../rules/bidding.ts';
import type { ExpiryMark } from '../rules/expiry.ts';
import type { Money } from '../rules/money.ts';
import type { Claim, Join, JoinRefusal, Standing } from '../rules/queue.ts';
import type { Attention, End, NameView, Note, ReservationState } from '../rules/reservation.ts';
import type { DropAccount } from '../rules/tried.ts';
import type { Sight } from '../rules/watch.ts';
import type { Funds } from './funding.ts';
import { domainName, tld } from './search-attributes.ts';

export const ENGINE_QUEUE = 'engine';
export const NOTIFY_QUEUE = 'notify';
export const catchQueue = (registry: string): string => `catch:${registry}`;

export const reservationWorkflowId = (reservation: string): string => `reservation:${reservation}`;
export const domainWorkflowId = (name: string): string => `domain:${name}`;
export const auctionWorkflowId = (auction: string): string => `auction:${auction}`;
export const clockWorkflowId = (clock: string): string => `clock:${clock}`;

/** Under a test clock: the clock's now, and the tick that a participant echoes when it rests. */
export interface Tick {
  tick: number;
  now: number;
}

// --- domain: the arbiter of a name ---

export interface DomainInput {
  name: string;
  tld: string;
  livemode: boolean;
  /** The test clock the name lives under. */
  clock?: string;
  carried?: DomainCarried;
}

/** What the arbiter hands to its next run. */
export interface DomainCarried {
  /** Counts the runs that began from the store; ordinals and note numbers grow with it. */
  epoch: number;
  claims: Claim[];
  nextOrdinal: number;
  nextNote: number;
  refusals: Refusal[];
  /** Those that ended lately, and how. */
  ends?: End[];
  sight?: Sight;
  watchedRoid?: string;
  marked?: ExpiryMark;
  /** What RDAP last said. */
  lastPrint?: string;
  /** The disagreements of RDAP and EPP that were told. */
  disagreements?: string[];
  /** The instant of the last burst of creates. */
  triedAt?: number;
  /** What is held for whom; absent in runs from before there was money. */
  funds?: Funds;
  nextOperation?: number;
  /** What came of the drop so far. */
  account?: DropAccount;
  award?: WatchedAward;
  time: Tick;
}

/** A paid award that its registry may still take back. */
export interface WatchedAward {
  catchId: string;
  reservation: string;
  price: Money;
  /** What tells the registration that was caught from any other. */
  identity?: string;
  until: number;
  /** Whoever had the name before can have it back until then. */
  deliverAt?: number;
  /** Since when the registry has lost sight of it. */
  missingSince?: number;
  /** When the registry is asked next. */
  askAt: number;
}

/** How the arbiter of a name is started, whoever does it. */
export const domainStart = (domain: DomainInput) => ({
  workflowId: domainWorkflowId(domain.name),
  taskQueue: ENGINE_QUEUE,
  args: [domain],
  staticSummary: `Arbiter of ${domain.name}: its queue, watch, catch and award`,
  typedSearchAttributes: [
    { key: domainName, value: domain.name },
    { key: tld, value: domain.tld },
  ],
});

export interface Refusal {
  reservation: string;
  code: JoinRefusal;
  holder?: string;
}

export interface JoinMessage extends Join {
  tick?: Tick;
}

/** A claim asks to be admitted, or a reservation that heard nothing asks to be told again. */
export const joinSignal = defineSignal<[JoinMessage]>('join');

export type PlacedAnswer =
  | ({ kind: 'placed'; name: NameView } & Standing)
  | { kind: 'refused'; code: JoinRefusal; reservation?: string }
  | { kind: 'pending' };

/** A reservation's place. Gives up by itself after `waitMs` (2 s at most): `pending`. */
export const placedUpdate = defineUpdate<PlacedAnswer, [{ reservation: string; waitMs: number }]>('placed');

export interface LeaveRequest {
  reservation: string;
  by: 'by_registrar' | 'by_support';
  /** Support says why; kept in the timeline. */
  explanation?: string;
  tick?: Tick;
}
export type LeaveAnswer = { kind: 'left' } | { kind: 'past_cutoff' } | { kind: 'unknown' };
/** `left` once the reservation was told, or 2 s later. */
export const leaveUpdate = defineUpdate<LeaveAnswer, [LeaveRequest]>('leave');

export interface AmendRequest {
  reservation: string;
  onRenewal: Claim['onRenewal'];
  /** Counts the changes of the reservation: an older one that arrives later changes nothing. */
  amendment: number;
  tick?: Tick;
}
export interface AnswerRequest {
  reservation: string;
  answer: 'accepted' | 'declined';
  tick?: Tick;
}
export type AnswerAnswer = { kind: 'taken' } | { kind: 'no_offer' };
/** Answers an offer while it stands; given twice it is taken once. Answered once the reservation was told what came of it, or 2 s later. */
export const answerUpdate = defineUpdate<AnswerAnswer, [AnswerRequest]>('answer');

export const amendSignal = defineSignal<[AmendRequest]>('amend');

/** Look at the registry now: something there is known to have changed. */
export const checkSignal = defineSignal<[{ tick?: Tick }]>('check');

export interface DomainView {
  name: string;
  claims: number;
  sight: Sight | null;
  phase: 'watching' | 'catching' | 'awarding';
  attention: Attention | null;
  standing: Standing | null;
  /** Joins and cancels close here. */
  cutoffAt: number | null;
}
export const describeDomain = defineQuery<DomainView, [{ reservation?: string }]>('describe');

// --- any workflow that can stop and wait for support ---

export interface Decision {
  attention: string;
  action: 'retry' | 'skip';
  reason: string;
  tick?: Tick;
}
/** Throws ApplicationFailure of type `attention_changed` (another id, or none) or `not_skippable`. */
export const decideUpdate = defineUpdate<void, [Decision]>('decide');

// --- reservation ---

export interface ReservationInput {
  id: string;
  name: string;
  tld: string;
  registrar: string;
  livemode: boolean;
  clock?: string;
  join: Join;
  carried?: ReservationCarried;
}

export interface ReservationCarried {
  state: ReservationState;
  seq: number;
  rev: number;
  lastNote: number;
  attention: Attention | null;
}

export interface Told {
  number: number;
  note: Note;
}
/**
 * Lower or equal numbers change nothing. `taken` at once, or with `untilRecorded` when the notes are in the timeline; `pending` after 5 s.
 * An Update, and not a signal, because it also wakes a reservation from its start delay.
 */
export const toldUpdate = defineUpdate<'taken' | 'recorded' | 'pending', [{ told: Told[]; untilRecorded: boolean }]>(
  'told',
);

/** A reservation starts with this delay, which the first word from its arbiter ends: it wakes by itself only if it heard nothing. */
export const FIRST_WORD_MS = 30_000;

export interface ReservationView {
  id: string;
  state: ReservationState;
  seq: number;
  attention: Attention | null;
}
export const describeReservation = defineQuery<ReservationView>('describe');

// --- auction: a child of the arbiter ---

export interface AuctionInput extends AuctionTerms {
  /** auc_… */
  id: string;
  name: string;
  tld: string;
  livemode: boolean;
  clock?: string;
  /** Under a test clock: the arbiter's last tick. */
  time: Tick;
  carried?: AuctionCarried;
}

/** Every bid that was taken up, in order, with its answer: column by column, so that ten thousand are well under a payload's limit. */
export interface KeptBids {
  ids: string[];
  /** Whose, when, and the maxima, which are sealed. */
  bids: AuctionBook['bids'];
  /** What each answer was: the price it came to, whether it led then (0 no, 1 yes, 2 it raised an own lead), how often the end had been moved. */
  prices: number[];
  led: number[];
  extensions: number[];
  /** The end after so many extensions. */
  ends: number[];
}

/** What an auction hands to its next run. */
export interface AuctionCarried {
  kept: KeptBids;
  /** Publications and batches of news so far, and what they said. */
  told: {
    rev: number;
    bids: number;
    news: number;
    newsAt: number;
    extensions: number;
    closing: boolean;
    outbid: string[];
  };
  time: Tick;
}

export interface AuctionResult {
  id: string;
  endedAt: number;
  extensions: number;
  /** For `ranking` and `recompute`. */
  book: AuctionBook;
  /** Where the auction still stands at the test clock: the arbiter takes its place over (`Time.takeOver`). */
  time: Tick;
}

/** How the arbiter starts an auction as its child, and anybody one alone. */
export const auctionStart = (auction: AuctionInput) => ({
  workflowId: auctionWorkflowId(auction.id),
  taskQueue: ENGINE_QUEUE,
  args: [auction] as [AuctionInput],
  staticSummary: `Auction ${auction.id} of ${auction.name} between ${auction.entrants.length} claims`,
  typedSearchAttributes: [
    { key: domainName, value: auction.name },
    { key: tld, value: auction.tld },
  ],
});

export interface BidMessage {
  /** bid_…; the same one again is answered as before, in a later run too. */
  id: string;
  reservation: string;
  /** Minor units of the auction's currency. */
  max: number;
  /** Real time, also under a test clock: a bid that whoever sent it has given up by then is refused however late it arrives. */
  givenUpAt: number;
  tick?: Tick;
}
export interface BidAnswer {
  leading: boolean;
  /** What the auction stands at after this bid. */
  price: Money;
  /** The instant of the task that took it. */
  at: number;
  endsAt: number;
  extensions: number;
}
/**
 * Refused by the validator, so without a trace, as ApplicationFailure of type `auction_closed`, `not_an_entrant`, `below_minimum` (its
 * detail is the minimum), `too_many_bids` or `given_up`.
 */
export const bidUpdate = defineUpdate<BidAnswer, [BidMessage]>('bid');
/**
 * Bids that waited together, taken up in this order and in one task. Refused as a whole, without a trace too, where any of them would
 * be: whoever sent them sends each alone then.
 */
export const bidsUpdate = defineUpdate<BidAnswer[], [BidMessage[]]>('bids');

export interface AuctionView {
  id: string;
  name: string;
  status: 'open' | 'closed';
  price: Money;
  /** The least that somebody who does not lead may bid. */
  minimum: Money;
  /** The leading reservation. */
  leader: string;
  startedAt: number;
  endsAt: number;
  extensions: number;
  bids: number;
}
export const describeAuction = defineQuery<AuctionView>('describe');
/** The answers to those of the given bids that were taken up. */
export const takenBids = defineQuery<{ id: string; answer: BidAnswer }[], [{ ids: string[] }]>('taken_bids');

/** What it would hand to its next run, and whether it is over: for its arbiter, where it was ended by hand. */
export const carriedAuction = defineQuery<{ carried: AuctionCarried; over: boolean }>('carried');

/**
 * What reservations are to hear of an auction while it is open, from the auction to its arbiter. Batches are numbered from 1; lower or
 * equal numbers change nothing. Its start and its end the arbiter knows by itself.
 */
export interface AuctionNews {
  auction: string;
  number: number;
  at: number;
  price: Money;
  minimum: Money;
  endsAt: number;
  extensions: number;
  leader: string;
  /** Led when last told, and lead no more. */
  outbid: string[];
  /** The end was moved since the last batch: for all entrants. */
  extended: boolean;
  /** The end is near: for all entrants, once. */
  closing: boolean;
}
/** `taken` at once, or with `untilRecorded` (under a test clock) when the notes are in the timelines; `pending` after 5 s. */
export const auctionNewsUpdate = defineUpdate<
  'taken' | 'recorded' | 'pending',
  [{ news: AuctionNews; untilRecorded: boolean }]
>('auction_news');

// --- clock ---

export interface ClockInput {
  id: string;
  frozenAt: number;
  carried?: ClockCarried;
}

export interface ClockCarried {
  now: number;
  target: number;
  /** At its target a clock still advances until all who were told have settled. */
  advancing: boolean;
  tick: number;
  participants: [string, ParticipantState][];
}

/** `rest`: settled; `until` null waits for messages only. */
export type ParticipantState = { kind: 'busy'; tick: number } | { kind: 'rest'; tick: number; until: number | null };

/** Names a participant busy before it is started or woken. Throws `test_clock_advancing` while the clock moves. */
export const enterUpdate = defineUpdate<Tick, [{ participant: string }]>('enter');
/** Throws `test_clock_advancing`, or `not_forward` where the target is not ahead. Returns at once; the clock then moves by itself. */
export const advanceUpdate = defineUpdate<void, [{ to: number }]>('advance');
export const restingSignal = defineSignal<[{ participant: string; tick: number; until: number | null }]>('resting');
/** Started with the last word of who tells of it; before it has rested itself, time does not move. */
export const introducedSignal = defineSignal<[{ participant: string; tick: number }]>('introduced');
/** `to`: who takes its place over, and has yet to rest. */
export const leftSignal = defineSignal<[{ participant: string; tick: number; to?: string }]>('left');
/** Ends the clock. */
export const closeSignal = defineSignal('close');
/** The clock's word to a participant. */
export const tickSignal = defineSignal<[Tick]>('tick');

export interface ClockView {
  status: 'ready' | 'advancing' | 'internal_failure';
  now: number;
  target: number;
  waitingFor: string[];
  /** The step it stopped at. */
  attention: Attention | null;
}
export const describeClock = defineQuery<ClockView>('describe');
