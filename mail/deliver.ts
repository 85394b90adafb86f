/**
 * Telling by mail: a first attempt beside the publication that it never holds up, and later ones, each by itself, until it is
 * sent. Which of them is the one to send is settled in the store, so that no event is mailed twice knowingly.
 */
import { noticeFor, type NoticeSettings } from './notices.ts';
import { isMailed, type NoticedEvent, type NoticedReservation } from './telling.ts';
import { MailFailure, type Mailer } from './transport.ts';

/** Where it is kept what was sent: `store/deliveries.ts`. */
export interface DeliveryStore {
  claim(
    event: string,
    channel: 'mail',
  ): Promise<{ kind: 'claimed'; attempt: number } | { kind: 'sent' } | { kind: 'busy' }>;
  markSent(event: string, channel: 'mail'): Promise<void>;
  markFailed(
    event: string,
    channel: 'mail',
    attempt: number,
    failure: { error: string; permanent: boolean },
  ): Promise<void>;
  load(event: string): Promise<{ event: NoticedEvent; reservation: NoticedReservation } | null>;
}

export interface NotifierDeps {
  mailer: Mailer;
  store: DeliveryStore;
  settingsOf(registrar: string, livemode: boolean): Promise<NoticeSettings>;
}

export type Delivered = 'sent' | 'already' | 'nothing_to_send';

export interface Notifier {
  /** First attempts, in order. Never throws: what was not delivered, for whatever reason, is in the answer. */
  notify(
    reservation: NoticedReservation,
    events: readonly NoticedEvent[],
  ): Promise<{ undelivered: { event: string; channel: 'mail' }[] }>;
  /** One attempt. Throws MailFailure: `permanent` is refused for good, anything else is worth a retry. */
  deliver(event: string): Promise<Delivered>;
}

export function createNotifier({ mailer, store, settingsOf }: NotifierDeps): Notifier {
  async function attempt(reservation: NoticedReservation, event: NoticedEvent): Promise<Delivered> {
    const settings = await settingsOf(reservation.registrar, reservation.livemode);
    const mail = noticeFor(reservation, event, settings);
    if (!mail) return 'nothing_to_send';
    const claim = await store.claim(event._id, 'mail');
    if (claim.kind === 'sent') return 'already';
    if (claim.kind === 'busy') throw new MailFailure('attempt_under_way', false);
    try {
      await mailer.send(mail);
    } catch (error) {
      const { type, smtpCode, permanent } = neutral(error);
      const code = smtpCode === undefined ? type : `${type} ${smtpCode}`;
      // Where the store is away too, the lease ends by itself.
      await store.markFailed(event._id, 'mail', claim.attempt, { error: code, permanent }).catch(() => undefined);
      throw error;
    }
    await store.markSent(event._id, 'mail');
    return 'sent';
  }

  return {
    async notify(reservation, events) {
      const undelivered: { event: string; channel: 'mail' }[] = [];
      let isDown = false;
      for (const event of events.filter(isMailed)) {
        try {
          // One failure that may pass is enough: each further attempt would only add its time limit to a life.
          if (!isDown && (await attempt(reservation, event))) continue;
        } catch (error) {
          isDown = !neutral(error).permanent;
        }
        undelivered.push({ event: event._id, channel: 'mail' });
      }
      return { undelivered };
    },

    async deliver(id) {
      try {
        const told = await store.load(id);
        if (!told) throw new MailFailure('event_unknown', true);
        return isMailed(told.event) ? await attempt(told.reservation, told.event) : 'nothing_to_send';
      } catch (error) {
        throw neutral(error);
      }
    },
  };
}

/** What is not ours keeps its type alone: a driver's text names hosts. */
const neutral = (error: unknown): MailFailure =>
  error instanceof MailFailure ? error : new MailFailure(error instanceof Error ? error.name : 'unknown', false);
