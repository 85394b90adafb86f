/**
 * What each notice says: where the name stands, what happens next and when, and that nothing is promised. A notice may arrive
 * late; it then tells what was, and that things have moved on. A place in the queue is never told: it changes unannounced.
 */
import { formatMoney, type Money } from '../rules/money.ts';
import { hasEnded, type Outcome, type ReservationState } from '../rules/reservation.ts';
import { STAGES, type Stage } from '../rules/stage.ts';
import type { Head } from '../rules/timeline.ts';
import type { Kept } from '../rules/watch.ts';
import { oneLine } from './clean.ts';
import type { Notice } from './render.ts';
import * as words from './wording.ts';

/** What a notice needs of a stored reservation. */
export interface NoticedReservation {
  _id: string;
  registrar: string;
  livemode: boolean;
  domain: { name: string; unicode: string };
  customer: { id: string; email?: string; name?: string };
  budget: Money;
  on_renewal: 'keep_waiting' | 'close';
  wait_until?: number;
  dry_run: boolean;
  state: ReservationState;
  /** The latest event of its timeline, and its hash. */
  head: Head | null;
}

/** What a notice needs of a stored event. */
export interface NoticedEvent {
  _id: string;
  type: string;
  created: Date;
  data: Record<string, unknown>;
}

export type Told = Pick<Notice, 'subject' | 'paragraphs'> & { facts?: Notice['facts'] };
type Teller = (name: string, reservation: NoticedReservation, event: NoticedEvent) => Told;

/** Undefined: this event is not mailed. */
export const tell = (reservation: NoticedReservation, event: NoticedEvent): Told | undefined =>
  TELLERS.get(event.type)?.(words.shownName(reservation.domain), reservation, event);

const placed: Teller = (name, reservation, event) => {
  const { dry_run, on_renewal, wait_until } = reservation;
  return {
    subject: `Your reservation of ${name}`,
    paragraphs: [
      dry_run
        ? `Your reservation of ${name} is placed. We watch the name, and tell you what becomes of it.`
        : `Your reservation of ${name} is placed. We watch the name, and try to register it for you when it is released.`,
      words.STAGE_WORDS[stageOf(event)].meaning(name),
      ...whatNext(reservation, event),
      on_renewal === 'close'
        ? 'If the owner keeps the name, your reservation ends, as you asked.'
        : 'If the owner keeps the name, your reservation goes on waiting for the next time.',
      ...(wait_until === undefined ? [] : [`It waits until ${words.utc(wait_until)} at the longest.`]),
      ...dryRunNote(reservation),
      words.NO_PROMISE,
    ],
    facts: [{ label: 'Budget', value: formatMoney(reservation.budget) }],
  };
};

const stageChanged: Teller = (name, reservation, event) => {
  const { title, meaning } = words.STAGE_WORDS[stageOf(event)];
  return {
    subject: `${name}: ${title}`,
    paragraphs: [meaning(name), ...whatNext(reservation, event), ...dryRunNote(reservation), words.NO_PROMISE],
  };
};

const renewed: Teller = (name, reservation, event) => {
  const how = words.KEPT_WORDS[event.data['how'] as Kept] ?? words.KEPT_WORDS.kept_unknown;
  return {
    subject: `${name}: not released this time`,
    paragraphs: [
      how(name),
      ...(hasEnded(reservation.state) ? [] : ['Your reservation goes on waiting, and keeps its place.']),
      ...whatNext(reservation, event),
      ...dryRunNote(reservation),
      words.NO_PROMISE,
    ],
  };
};

/** The data of an event that ends a reservation is its outcome. */
const outcomeOf = <R extends Outcome['result']>({ data }: NoticedEvent, _result: R) =>
  data as unknown as Extract<Outcome, { result: R }>;

const won: Teller = (name, _reservation, event) => {
  const { at, price, registeredTo, roid, expiresAt } = outcomeOf(event, 'won');
  return {
    subject: `${name} is registered for you`,
    paragraphs: [
      `${name} was released, and has been registered for you. The price is ${formatMoney(price)}.`,
      'You need to do nothing to have it. It runs until the date below: renew it in time if you want to keep it.',
      'Having a registration does not settle every right in a name: somebody with an earlier right, such as a trade mark, can still dispute it.',
    ],
    facts: [
      { label: 'Price', value: formatMoney(price) },
      { label: 'Awarded', value: words.utc(at) },
      { label: 'Registered until', value: words.utc(expiresAt) },
      { label: 'Registrar, as the registry names it', value: oneLine(registeredTo, 100) },
      { label: 'The registry’s id of the registration (ROID)', value: oneLine(roid, 100) },
    ],
  };
};

const RESERVE_AGAIN =
  'If you still want the name, you can place a new reservation for the next time it may be released.';

const lost: Teller = (name, _reservation, event) => {
  const { reason, caughtBy } = outcomeOf(event, 'lost');
  return {
    subject: reason === 'dry_run' ? `${name}: your dry run has ended` : `${name} could not be registered for you`,
    paragraphs: [
      words.LOST_WORDS[reason](name, caughtBy),
      'Your reservation has ended.',
      RESERVE_AGAIN,
      words.NO_PROMISE,
    ],
  };
};

const missed: Teller = (name, { wait_until }, event) => ({
  subject: `${name}: your reservation has ended`,
  paragraphs: [
    words.MISSED_WORDS[outcomeOf(event, 'missed').reason](name, wait_until),
    RESERVE_AGAIN,
    words.NO_PROMISE,
  ],
});

const TELLERS: ReadonlyMap<string, Teller> = new Map([
  ['reservation.placed', placed],
  ['reservation.stage_changed', stageChanged],
  ['reservation.renewed', renewed],
  ['reservation.won', won],
  ['reservation.lost', lost],
  ['reservation.missed', missed],
]);

export const isMailed = ({ type }: Pick<NoticedEvent, 'type'>): boolean => TELLERS.has(type);

const stageOf = ({ data }: NoticedEvent): Stage => STAGES.find((stage) => stage === data['stage']) ?? 'unknown';

/** Dates belong to the stage they were forecast in: a notice that comes after the next one names none. */
function whatNext({ state, dry_run }: NoticedReservation, event: NoticedEvent): string[] {
  if (hasEnded(state)) return ['Since then the reservation has ended.'];
  if (!('name' in state)) return [];
  const { stage, next, drop } = state.name;
  if (stage !== stageOf(event))
    return ['The name has moved on since then; where it stands now is told in a message of its own.'];
  const nextWords = words.nextWords(next);
  return [...(nextWords === undefined ? [] : [nextWords]), ...(drop ? [words.dropWords(drop, dry_run)] : [])];
}

const dryRunNote = ({ dry_run }: NoticedReservation): string[] =>
  dry_run ? ['This reservation is a dry run: the name is followed, and nothing will be registered for it.'] : [];
