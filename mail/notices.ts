/**
 * Which events are mailed, to whom, and in whose name. What each says is in telling.ts. Nothing a registrar or a customer typed
 * can become a header, a second recipient or markup.
 */
import { hasEnded } from '../rules/reservation.ts';
import { actLink, oneAddress, oneLine } from './clean.ts';
import { entryDue, type Entry, type Invitation } from './invitation.ts';
import { readerOf, type Reader } from './reader.ts';
import { render, type Notice } from './render.ts';
import { reportPage } from './report-page.ts';
import { reportOf, type HashedEvent } from './report.ts';
import {
  dropWords,
  isMailedTo,
  shownName,
  tell,
  type NoticedEvent,
  type NoticedReservation,
  type Told,
} from './telling.ts';
import type { Mail } from './transport.ts';

/** Who gets a registrar's notices, and in whose name. `registrar`: its `reply_to`. */
export interface NoticeSettings {
  to: 'customer' | 'registrar' | 'nobody';
  from_name?: string;
  reply_to?: string;
  /** A page of the registrar's; `reservation=rsv_…` is added to its query. */
  act_url?: string;
}

/** Is there anything to send? The event is mailed, and somebody can be written to. */
export const hasReader = (reservation: NoticedReservation, event: NoticedEvent, settings: NoticeSettings): boolean =>
  isMailedTo(reservation, event) && recipient(reservation, settings) !== undefined;

/**
 * Null where there is nothing to send: the event is not mailed, or nobody can be written to. `calendar` is what the reader's was
 * last told. `account`: what the report attached to the last notice is made of.
 */
export function noticeFor(
  reservation: NoticedReservation,
  event: NoticedEvent,
  settings: NoticeSettings,
  calendar: Entry | null = null,
  account?: Account,
): Mail | null {
  const to = isMailedTo(reservation, event) ? recipient(reservation, settings) : undefined;
  const reader = readerOf(reservation.customer);
  const told = to && tell(reader, reservation, event);
  if (!to || !told) return null;
  const entry = entryDue({ state: reservation.state, at: event.created.getTime(), before: calendar });
  const notice = complete(told, { reader, reservation, event, settings, entry, hasReport: account !== undefined });
  const replyTo = oneAddress(settings.reply_to);
  return {
    id: event._id,
    to,
    ...(settings.from_name && { fromName: oneLine(settings.from_name, 100) }),
    ...(replyTo !== undefined && { replyTo }),
    subject: notice.subject,
    ...render(notice),
    ...(entry && { invitation: invitationOf(entry, reader, reservation, event) }),
    ...(account && { report: reportFile(reservation, account) }),
  };
}

/** Which other names are free changes while a mail is on its way: it lists none. */
function reportFile(reservation: NoticedReservation, { events, now }: Account): NonNullable<Mail['report']> {
  const similar = reservation.state.status === 'won' ? undefined : ({ kind: 'elsewhere' } as const);
  const report = reportOf({ reservation, events, similar, now, toRegistrar: false });
  return { filename: `${reservation.domain.name}-${reservation._id}.html`, html: reportPage(report) };
}

function recipient({ customer }: NoticedReservation, { to, reply_to }: NoticeSettings): Mail['to'] | undefined {
  switch (to) {
    case 'nobody':
      return undefined;
    case 'registrar': {
      const address = oneAddress(reply_to);
      return address === undefined ? undefined : { address };
    }
    case 'customer': {
      const address = oneAddress(customer.email);
      return address === undefined
        ? undefined
        : { address, ...(customer.name && { name: oneLine(customer.name, 80) }) };
    }
  }
}

interface Telling {
  reader: Reader;
  reservation: NoticedReservation;
  event: NoticedEvent;
  settings: NoticeSettings;
  entry: Entry | undefined;
  hasReport: boolean;
}

/** The timeline up to now. */
export interface Account {
  events: readonly HashedEvent[];
  now: number;
}

/** What all notices have in common: the greeting, the calendar, what can be done, and the small print. */
function complete(told: Told, { reader, reservation, event, settings, entry, hasReport }: Telling): Notice {
  const { _id: id, customer, livemode } = reservation;
  const { words } = reader;
  const toCustomer = settings.to === 'customer';
  const registrar = settings.from_name ? oneLine(settings.from_name, 100) : words.registrar;
  const url = actLink(settings.act_url, id);
  const freedom = freedomOf(reservation, event);
  return {
    language: words.language,
    subject: livemode ? told.subject : `${words.testSubject} ${told.subject}`,
    greeting: words.greeting(toCustomer && customer.name ? oneLine(customer.name, 80) : undefined),
    paragraphs: [
      ...(toCustomer ? [] : [words.forCustomer(oneLine(customer.id, 100))]),
      ...told.paragraphs,
      ...(entry ? [words.calendar[entry.method === 'REQUEST' ? 'invited' : 'cancelled']] : []),
      ...(hasReport ? [reader.report.attached] : []),
      words.canDo[freedom](registrar),
    ],
    facts: [
      ...(told.facts ?? []),
      { label: words.labels.reservation, value: id },
      { label: words.labels.asOf, value: reader.when(event.created.getTime()) },
    ],
    ...(url !== undefined && { action: { label: words.act[freedom], url } }),
    footer: [
      ...(livemode ? [] : [words.footer.test]),
      words.footer.times(reader.zone),
      ...proof(words.footer.proof, reservation),
    ],
  };
}

/** What the customer can still do. */
function freedomOf({ state }: NoticedReservation, { type }: NoticedEvent): keyof Reader['words']['canDo'] {
  if (hasEnded(state)) return 'ended';
  if (type === 'reservation.unfunded') return 'fund';
  switch (state.status) {
    case 'placed':
    case 'waiting':
      return 'waiting';
    case 'catching':
    case 'standby':
      return 'bound';
    case 'in_auction':
      return 'bid';
    case 'offered':
      return 'answer';
    case 'awaiting_payment':
      return 'pay';
  }
}

function invitationOf(entry: Entry, reader: Reader, reservation: NoticedReservation, event: NoticedEvent): Invitation {
  const { words } = reader;
  const { livemode } = reservation;
  const title = words.calendar.title[entry.drop.confidence](shownName(reservation.domain));
  return {
    ...entry,
    uid: reservation._id,
    sequence: event.seq,
    stampedAt: event.created.getTime(),
    title: livemode ? title : `${words.testSubject} ${title}`,
    text: [...dropWords({ reader, reservation }), words.noPromise, ...(livemode ? [] : [words.footer.test])].join(
      '\n\n',
    ),
  };
}

/** As `npm run verify-timelines -- --heads` takes it: the line alone, so that it can be cut out of a message by a program. */
const proof = (says: string, { _id, head }: NoticedReservation): string[] =>
  head === null ? [] : [says, `${_id} ${head.seq} ${head.hash}`];
