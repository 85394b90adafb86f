/**
 * Which events are mailed, to whom, and in whose name. What each says is in telling.ts. Nothing a registrar or a customer typed
 * can become a header, a second recipient or markup.
 */
import { hasEnded } from '../rules/reservation.ts';
import { actLink, oneAddress, oneLine } from './clean.ts';
import { render, type Notice } from './render.ts';
import { tell, type NoticedEvent, type NoticedReservation, type Told } from './telling.ts';
import type { Mail } from './transport.ts';
import { utc } from './wording.ts';

/** Who gets a registrar's notices, and in whose name. `registrar`: its `reply_to`. */
export interface NoticeSettings {
  to: 'customer' | 'registrar' | 'nobody';
  from_name?: string;
  reply_to?: string;
  /** A page of the registrar's; `reservation=rsv_…` is added to its query. */
  act_url?: string;
}

/** Null where there is nothing to send: the event is not mailed, or nobody can be written to. */
export function noticeFor(reservation: NoticedReservation, event: NoticedEvent, settings: NoticeSettings): Mail | null {
  const to = recipient(reservation, settings);
  const told = to && tell(reservation, event);
  if (!to || !told) return null;
  const notice = complete(told, reservation, event, settings);
  const replyTo = oneAddress(settings.reply_to);
  return {
    id: event._id,
    to,
    ...(settings.from_name && { fromName: oneLine(settings.from_name, 100) }),
    ...(replyTo !== undefined && { replyTo }),
    subject: notice.subject,
    ...render(notice),
  };
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

/** What all notices have in common: the greeting, what can be done, and the small print. */
function complete(told: Told, reservation: NoticedReservation, event: NoticedEvent, settings: NoticeSettings): Notice {
  const { _id: id, customer, livemode, state } = reservation;
  const toCustomer = settings.to === 'customer';
  const holder = settings.from_name ? oneLine(settings.from_name, 100) : 'the registrar you placed it with';
  const url = actLink(settings.act_url, id);
  return {
    subject: livemode ? told.subject : `[test] ${told.subject}`,
    greeting: toCustomer && customer.name ? `Hello ${oneLine(customer.name, 80)},` : 'Hello,',
    paragraphs: [
      ...(toCustomer
        ? []
        : [
            `This is for your customer ${oneLine(customer.id, 100)}, and was sent to you instead. It is written to them.`,
          ]),
      ...told.paragraphs,
      hasEnded(state)
        ? `For questions, write to ${holder}.`
        : `You need to do nothing now. To change or cancel the reservation, write to ${holder}. It can be cancelled until shortly before the release.`,
    ],
    facts: [
      ...(told.facts ?? []),
      { label: 'Reservation', value: id },
      { label: 'As of', value: utc(event.created.getTime()) },
    ],
    ...(url !== undefined && { action: { label: 'See your reservation', url } }),
    footer: [
      ...(livemode ? [] : ['This is a test: the name and its registry are simulated, and so are the dates.']),
      'All times are in UTC. This message was sent automatically.',
      ...proof(reservation),
    ],
  };
}

/** As `npm run verify-timelines -- --heads` takes it: the line alone, so that it can be cut out of a message by a program. */
const proof = ({ _id, head }: NoticedReservation): string[] =>
  head === null
    ? []
    : [
        'Keep this message: its last line proves what was on record of this reservation so far.',
        `${_id} ${head.seq} ${head.hash}`,
      ];
