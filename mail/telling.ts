/**
 * What each notice says: where the name stands, what happens next and when, and that nothing is promised. Which are still worth
 * sending is settled in overtaken.ts. A place in the queue is never told: it changes unannounced.
 */
import { daysLeft, type ExpiryMark } from '../rules/expiry.ts';
import type { Money } from '../rules/money.ts';
import { isDue } from '../rules/news.ts';
import {
  hasEnded,
  type AuctionEvent,
  type Outcome,
  type ReservationState,
  type TakenBack,
} from '../rules/reservation.ts';
import type { Head } from '../rules/timeline.ts';
import type { DropWindow, Translated } from '../rules/tlds.ts';
import type { Kept } from '../rules/watch.ts';
import { oneLine } from './clean.ts';
import type { Reader } from './reader.ts';
import type { Notice } from './render.ts';
import { stageOf, stageWords, toldStage } from './stages.ts';

/** What a notice needs of a stored reservation. */
export interface NoticedReservation {
  _id: string;
  registrar: string;
  livemode: boolean;
  domain: { name: string; unicode: string; tld: string };
  customer: { id: string; email?: string; name?: string; locale?: string; time_zone?: string };
  budget: Money;
  on_renewal: 'keep_waiting' | 'close';
  wait_until?: number;
  dry_run: boolean;
  test_clock?: string;
  /** The registry's own way in, where it withholds names to give them away itself. */
  way_in?: Translated;
  /** It was accepted before its place was known: what then becomes of it was not told by the answer. */
  accepted_unplaced?: boolean;
  state: ReservationState;
  /** The latest event of its timeline, and its hash. */
  head: Head | null;
}

/** What a notice needs of a stored event. */
export interface NoticedEvent {
  _id: string;
  seq: number;
  type: string;
  created: Date;
  data: Record<string, unknown>;
}

export type Told = Pick<Notice, 'subject' | 'paragraphs'> & { facts?: Notice['facts'] };

interface Telling {
  reader: Reader;
  name: string;
  reservation: NoticedReservation;
  event: NoticedEvent;
}
type Teller = (telling: Telling) => Told;

/** Undefined: this event is not mailed. */
export const tell = (reader: Reader, reservation: NoticedReservation, event: NoticedEvent): Told | undefined =>
  TELLERS.get(event.type)?.({ reader, name: shownName(reservation.domain), reservation, event });

/** Both forms where they differ: look-alike letters show in the ASCII one. */
export const shownName = ({ name, unicode }: { name: string; unicode: string }): string =>
  oneLine(unicode === name ? name : `${unicode} (${name})`, 520);

const placed: Teller = (telling) => {
  const { reader, name, reservation, event } = telling;
  const { words, when } = reader;
  const { dry_run, on_renewal, wait_until } = reservation;
  return {
    subject: words.placed.subject(name),
    paragraphs: [
      dry_run ? words.placed.dryRun(name) : words.placed.text(name),
      stageWords(reader, toldStage(event)).meaning(name),
      ...whatNext(telling),
      words.placed.onRenewal[on_renewal],
      ...(wait_until === undefined ? [] : [words.placed.waitUntil(when(wait_until))]),
      ...closing(telling),
    ],
    facts: [{ label: words.labels.budget, value: words.money(reservation.budget) }],
  };
};

/** What an earlier notice said, where the registry's date has moved since. */
interface DateBefore {
  before?: { expiresAt: number };
}
const dateMoved = ({ words, when }: Telling['reader'], before: DateBefore['before']): string[] =>
  before ? [words.dateMoved(when(before.expiresAt))] : [];

const expiring: Teller = (telling) => {
  const { reader, name, event } = telling;
  const { expiring: says } = reader.words;
  const { days, expiresAt, before } = event.data as unknown as ExpiryMark & DateBefore;
  return {
    subject: says.subject(name, reader.day(expiresAt)),
    paragraphs: [
      says.text(name, reader.when(expiresAt), daysLeft({ days, expiresAt }, event.created.getTime())),
      ...dateMoved(reader, before),
      says.canRenew,
      says.otherwise(name),
      ...dropWords(telling),
      ...closing(telling),
    ],
  };
};

const expired: Teller = (telling) => {
  const { reader, name, event } = telling;
  const { title, meaning } = reader.words.stages.auto_renew_grace;
  const { expiresAt, before } = event.data as { expiresAt?: number } & DateBefore;
  return {
    subject: `${name}: ${title}`,
    paragraphs: [
      ...(expiresAt === undefined ? [] : [reader.words.ranUntil(name, reader.when(expiresAt))]),
      ...dateMoved(reader, before),
      meaning(name),
      ...whatNext(telling),
      ...closing(telling),
    ],
  };
};

const stageChanged: Teller = (telling) => {
  const { reader, name, event } = telling;
  const { title, meaning } = stageWords(reader, toldStage(event));
  return { subject: `${name}: ${title}`, paragraphs: [meaning(name), ...whatNext(telling), ...closing(telling)] };
};

/**
 * Says the stage too: it is the one notice of a name that entered its last stage and of when that ends. How sure the drop is may have
 * changed since without an event, so what is said of it is what is known now.
 */
const dropScheduled: Teller = (telling) => {
  const { reader, name, reservation, event } = telling;
  const { words } = reader;
  const { drop: told, before } = event.data as unknown as { drop: DropWindow; before: { drop: DropWindow | null } };
  const view = 'name' in reservation.state ? reservation.state.name : undefined;
  const { confidence, earliest } = view?.drop ?? told;
  return {
    subject: before.drop ? words.drop.movedSubject(name) : words.drop.subject[confidence](name, reader.day(earliest)),
    paragraphs: [
      ...(view ? [stageWords(reader, view).meaning(name)] : []),
      ...dropWords(telling),
      ...(before.drop ? [words.drop.before(reader.period(before.drop))] : []),
      ...closing(telling),
    ],
  };
};

const caught: Teller = (telling) => {
  const { reader, name } = telling;
  const { title, meaning } = reader.words.stages.registered_by_us;
  return { subject: `${name}: ${title}`, paragraphs: [meaning(name), ...closing(telling)] };
};

const unfunded: Teller = ({ reader, name, event }) => {
  const { words, when } = reader;
  const { amount, due } = event.data as unknown as { amount: Money; due: number };
  const [needed, by] = [words.money(amount), when(due)];
  return {
    subject: words.unfunded.subject(name),
    paragraphs: [words.unfunded.text(name, needed, by), words.unfunded.otherwise],
    facts: [
      { label: words.labels.needed, value: needed },
      { label: words.labels.neededBy, value: by },
    ],
  };
};

const auctioned =
  (kind: 'started' | 'outbid' | 'closing' | 'closed'): Teller =>
  ({ reader, name, reservation, event }) => {
    const { words, when } = reader;
    const { price, minimum, endsAt, budget } = event.data as unknown as AuctionEvent;
    const isAbove = kind === 'outbid' && minimum !== undefined && minimum.amount > reservation.budget.amount;
    const says = words.auction[kind];
    return {
      subject: says.subject(name),
      paragraphs: [
        says.text(name, words.money(price), when(endsAt)),
        ...(budget ? [words.auction.budget[budget]] : []),
        ...(isAbove ? [words.auction.aboveBudget] : []),
        ...(kind === 'closed' ? [] : [words.auction.hardLimit]),
      ],
      facts: [
        { label: words.labels.standsAt, value: words.money(price) },
        ...(minimum ? [{ label: words.labels.nextBid, value: words.money(minimum) }] : []),
        { label: words.labels.auctionEnds, value: when(endsAt) },
        { label: words.labels.budget, value: words.money(reservation.budget) },
      ],
    };
  };

/** What a winner is asked for, and until when. */
const asks =
  (what: 'offered' | 'unpaid', until: 'answerBy' | 'payBy'): Teller =>
  ({ reader, name, event }) => {
    const { words, when } = reader;
    const { price, [until]: at } = event.data as unknown as { price: Money } & Record<typeof until, number>;
    return {
      subject: words[what].subject(name),
      paragraphs: [words[what].text(name, words.money(price), when(at)), words[what].otherwise],
      facts: [
        { label: words.labels.price, value: words.money(price) },
        { label: words.labels[until], value: when(at) },
      ],
    };
  };

const renewed: Teller = (telling) => {
  const { reader, name, reservation, event } = telling;
  const { kept } = reader.words;
  const { expiresAt } = event.data as { expiresAt?: number };
  const isOpen = !hasEnded(reservation.state);
  return {
    subject: kept.subject(name),
    paragraphs: [
      kept.text[event.data['how'] as Kept](name),
      ...(isOpen ? [kept.waitsOn] : []),
      ...(isOpen && expiresAt !== undefined ? [kept.until(reader.when(expiresAt))] : whatNext(telling)),
      ...closing(telling),
    ],
  };
};

/** The data of an event that ends a reservation is its outcome. */
const outcomeOf = <R extends Outcome['result']>({ data }: NoticedEvent, _result: R) =>
  data as unknown as Extract<Outcome, { result: R }>;

const won: Teller = ({ reader, name, event }) => {
  const { words, when } = reader;
  const { at, price, registeredTo, roid, expiresAt, delivery } = outcomeOf(event, 'won');
  return {
    subject: words.won.subject(name),
    paragraphs: [
      words.won.text(name, words.money(price)),
      ...(delivery?.status === 'held' ? [words.won.held(when(delivery.deliverAt))] : []),
      words.won.keepIt,
      words.won.rights,
    ],
    facts: [
      { label: words.labels.price, value: words.money(price) },
      { label: words.labels.awarded, value: when(at) },
      { label: words.labels.registeredUntil, value: when(expiresAt) },
      { label: words.labels.sponsor, value: oneLine(registeredTo, 100) },
      { label: words.labels.roid, value: oneLine(roid, 100) },
    ],
  };
};

const delivered: Teller = ({ reader: { words }, name }) => ({
  subject: words.delivered.subject(name),
  paragraphs: [words.delivered.text(name), words.won.rights],
});

const takenBack: Teller = ({ reader: { words, when }, name, event }) => {
  const { at, why, sponsor, refunded } = event.data as unknown as TakenBack;
  const amount = words.money(refunded);
  return {
    subject: words.takenBack.subject(name),
    paragraphs: [
      words.takenBack.text[why](name, when(at)),
      words.takenBack.refunded(amount),
      words.reserveAgain,
      words.noPromise,
    ],
    facts: [
      { label: words.labels.refunded, value: amount },
      ...(sponsor === undefined ? [] : [{ label: words.labels.sponsor, value: oneLine(sponsor, 100) }]),
    ],
  };
};

/** How the registry itself gives the name away, where that is why it ended. */
const wayIn = ({ reader: { words }, reservation: { way_in } }: Telling, reason: string): string[] =>
  reason === 'no_race' && way_in ? [words.inOurLanguage(way_in)] : [];

const lost: Teller = (telling) => {
  const { name, event } = telling;
  const { words } = telling.reader;
  const { reason, caughtBy } = outcomeOf(event, 'lost');
  return {
    subject: reason === 'dry_run' ? words.lost.dryRunSubject(name) : words.lost.subject(name),
    paragraphs: [
      words.lost.text[reason](name, caughtBy === undefined ? undefined : oneLine(caughtBy, 100)),
      ...wayIn(telling, reason),
      words.reservationEnded,
      words.reserveAgain,
      words.noPromise,
    ],
  };
};

const missed: Teller = ({ reader: { words, when }, name, reservation: { wait_until }, event }) => {
  const outcome = outcomeOf(event, 'missed');
  const { reason } = outcome;
  return {
    subject: words.missed.subject(name),
    paragraphs: [
      ...(reason === 'kept' ? [words.kept.text[outcome.how](name)] : []),
      ...(reason === 'kept' && outcome.expiresAt !== undefined ? [words.kept.until(when(outcome.expiresAt))] : []),
      words.missed.text[reason](name, wait_until === undefined ? undefined : when(wait_until)),
      words.reserveAgain,
      words.noPromise,
    ],
  };
};

const cancelled: Teller = ({ reader: { words }, name, event }) => ({
  subject: words.cancelled.subject(name),
  // Support's own words are for the registrar's eyes: they may say anything.
  paragraphs: [words.cancelled.text[outcomeOf(event, 'cancelled').reason](name), words.reservationEnded],
});

const rejected: Teller = (telling) => {
  const { name, event } = telling;
  const { words } = telling.reader;
  const { reason } = outcomeOf(event, 'rejected');
  return {
    subject: words.rejected.subject(name),
    paragraphs: [words.rejected.text(name), words.rejected.reasons[reason](name), ...wayIn(telling, reason)],
  };
};

const TELLERS: ReadonlyMap<string, Teller> = new Map([
  ['reservation.placed', placed],
  ['reservation.expiring', expiring],
  ['reservation.expired', expired],
  ['reservation.stage_changed', stageChanged],
  ['reservation.drop_scheduled', dropScheduled],
  ['reservation.renewed', renewed],
  ['reservation.caught', caught],
  ['reservation.unfunded', unfunded],
  ['auction.started', auctioned('started')],
  ['auction.outbid', auctioned('outbid')],
  ['auction.closing', auctioned('closing')],
  ['auction.closed', auctioned('closed')],
  ['reservation.offered', asks('offered', 'answerBy')],
  ['reservation.payment_required', asks('unpaid', 'payBy')],
  ['reservation.won', won],
  ['reservation.delivered', delivered],
  ['reservation.taken_back', takenBack],
  ['reservation.lost', lost],
  ['reservation.missed', missed],
  ['reservation.cancelled', cancelled],
  ['reservation.rejected', rejected],
]);

/** A name's first step past its expiry has an event of its own beside the change of stage, and that one is told. */
const isToldAsExpired = ({ type, data }: Pick<NoticedEvent, 'type' | 'data'>): boolean =>
  type === 'reservation.stage_changed' && data['stage'] === 'auto_renew_grace' && data['from'] === 'registered';

export const isMailed = (event: Pick<NoticedEvent, 'type' | 'data'>): boolean =>
  TELLERS.has(event.type) && !isToldAsExpired(event);

/** Whoever was refused by the answer to the request itself has read it there. */
export const isMailedTo = (
  reservation: Pick<NoticedReservation, 'accepted_unplaced'>,
  event: Pick<NoticedEvent, 'type' | 'data'>,
): boolean => isMailed(event) && (event.type !== 'reservation.rejected' || reservation.accepted_unplaced === true);

/** Dates belong to the stage they were forecast in: a receipt that comes after the next one names none. */
function whatNext(telling: Telling): string[] {
  const { reader, reservation, event } = telling;
  const { state } = reservation;
  if (hasEnded(state)) return [reader.words.hasEnded];
  if (!('name' in state)) return [];
  const { stage, next } = state.name;
  const told = event.type === 'reservation.expired' ? 'auto_renew_grace' : stageOf(event);
  if (stage !== told) return [reader.words.movedOn];
  // A name that is free is not waited for: creates are sent at once, and again after each burst that brought nothing.
  if (stage === 'available' || (state.status === 'catching' && next.what === 'registry_check'))
    return [reader.words.released[reservation.dry_run ? 'dryRun' : 'trying']];
  return [...(next.what === 'drop' ? [] : [reader.words.next[next.what](reader.when(next.at))]), ...dropWords(telling)];
}

/** When it is released, as far as is known, and what is then done. */
export function dropWords({
  reader,
  reservation: { state, dry_run },
}: Pick<Telling, 'reader' | 'reservation'>): string[] {
  if (hasEnded(state) || !('name' in state) || !state.name.drop) return [];
  const { drop, seenAt } = state.name;
  const { text, thenWeTry, itIsTime } = reader.words.drop;
  const weTry = isDue(drop, seenAt) ? itIsTime : thenWeTry;
  return [[text[drop.confidence](reader.period(drop)), ...(dry_run ? [] : [weTry])].join(' ')];
}

const closing = ({ reader: { words }, reservation }: Telling): string[] => [
  ...(reservation.dry_run ? [words.dryRun] : []),
  words.noPromise,
];
