/**
 * One attempt at one notice, once everything older of its reservation is settled. Which attempt is the one to send is settled in the
 * store, so that no event is mailed twice knowingly, none after a newer one of its reservation, and none that is no longer true.
 */
import type { NoticeResult } from '../rules/notices.ts';
import type { Entry } from './invitation.ts';
import { hasReader, noticeFor, type NoticeSettings } from './notices.ts';
import { isOvertaken } from './overtaken.ts';
import { isEnding } from './report-events.ts';
import type { HashedEvent } from './report.ts';
import { isMailed, type NoticedEvent, type NoticedReservation } from './telling.ts';
import { MailFailure, type Mailer } from './transport.ts';
import { withWayIn, type WayInTo } from './way-in.ts';

/** The delivery of one event, as kept. */
export interface Delivery {
  event: string;
  seq: number;
  /** `due`: not begun. `refused`: for good, as the other side says. An attempt somebody asks for is made all the same. */
  status: 'due' | 'sending' | 'sent' | 'failed' | 'refused' | 'overtaken';
  /** What a notice that was sent told the reader's calendar, where it told it anything. */
  calendar: Entry | null;
  /** When it was first to be sent, on this machine's clock. */
  since: Date;
}

/** An event with all that says whether it is still to be mailed. */
export interface Loaded {
  event: NoticedEvent;
  reservation: NoticedReservation;
  later: Pick<NoticedEvent, 'type' | 'data'>[];
  /** All of the reservation, in the order of `seq`. */
  deliveries: Delivery[];
  /** It leads the auction in which it was told that it was outbid. */
  leads: boolean;
}

type Settled = { kind: 'settled'; status: 'sent' | 'overtaken' };

/** Where it is kept what was sent: `store/deliveries.ts`. */
export interface DeliveryStore {
  load(event: string): Promise<Loaded | null>;
  /** Notes that these are to be sent, so that a newer one waits for them. */
  timeline(reservation: string): Promise<HashedEvent[]>;
  due(reservation: string, events: readonly Pick<NoticedEvent, '_id' | 'seq'>[]): Promise<void>;
  claim(
    reservation: string,
    event: Pick<NoticedEvent, '_id' | 'seq'>,
  ): Promise<{ kind: 'claimed'; attempt: number } | Settled | { kind: 'busy' }>;
  markSent(event: string, calendar: Entry | null): Promise<void>;
  markOvertaken(event: string, attempt: number): Promise<void>;
  markFailed(event: string, attempt: number, failure: { error: string; permanent: boolean }): Promise<void>;
  /** What became of it, in the timeline; noted once, however often it is said. */
  note(reservation: NoticedReservation, event: NoticedEvent, result: NoticeResult): Promise<void>;
}

export interface NotifierDeps {
  mailer: Mailer;
  store: DeliveryStore;
  settingsOf(registrar: string, livemode: boolean): Promise<NoticeSettings>;
  /** The registry's own way in for names that it withholds, where it has one. */
  wayInTo?: WayInTo;
  now?(): number;
}

export type Delivered = 'sent' | 'already' | 'overtaken' | 'nothing_to_send';

/** As long as later attempts go on: what was not sent by then keeps no newer notice waiting. */
export const GIVEN_UP_MS = 3 * 86_400_000;

/** Answers what does one attempt. It throws MailFailure, or what the store or the settings threw. */
export function attempting({
  mailer,
  store,
  settingsOf,
  wayInTo = async () => undefined,
  now = Date.now,
}: NotifierDeps): (id: string) => Promise<Delivered> {
  const load = loadingFrom(store);

  /** What is older goes first, where it can still be sent. */
  async function inOrder(id: string): Promise<Delivered> {
    const loaded = await load(id);
    const { event, deliveries } = loaded;
    if (!isMailed(event)) return 'nothing_to_send';
    const waiting = ({ seq, status, since }: Delivery) =>
      seq < event.seq && isOpen(status) && now() - since.getTime() < GIVEN_UP_MS;
    for (const older of deliveries.filter(waiting)) await one(await load(older.event)).catch(unlessPermanent);
    return one(loaded);
  }

  async function one({ reservation, event }: Loaded): Promise<Delivered> {
    const settings = await settingsOf(reservation.registrar, reservation.livemode);
    if (!hasReader(reservation, event, settings)) return 'nothing_to_send';
    const claim = await store.claim(reservation._id, event);
    if (claim.kind === 'busy') throw new MailFailure('attempt_under_way', false);
    if (claim.kind === 'settled') {
      // Whoever settled it may have died before it was noted.
      await store.note(reservation, event, { kind: claim.status });
      return claim.status === 'sent' ? 'already' : 'overtaken';
    }
    try {
      const done = await send(event._id, claim.attempt, settings);
      await store.note(reservation, event, { kind: done });
      return done;
    } catch (error) {
      // Where the store is away too, the lease ends by itself, and a later attempt notes what came of it.
      await failed({ reservation, event }, claim.attempt, neutral(error)).catch(() => undefined);
      throw error;
    }
  }

  async function failed(
    { reservation, event }: Pick<Loaded, 'reservation' | 'event'>,
    attempt: number,
    { type, smtpCode: code, permanent }: MailFailure,
  ): Promise<void> {
    const error = code === undefined ? type : `${type} ${code}`;
    await store.markFailed(event._id, attempt, { error, permanent });
    if (!permanent) return;
    await store.note(reservation, event, { kind: 'failed', reason: 'refused', ...(code !== undefined && { code }) });
  }

  /** Looked at once more after the claim: of two that claim at once at least one then sees the other. */
  async function send(id: string, attempt: number, settings: NoticeSettings): Promise<'sent' | 'overtaken'> {
    const { event, reservation, later, deliveries, leads } = await load(id);
    const isNewerOut = deliveries.some(
      ({ seq, status }) => seq > event.seq && (status === 'sent' || status === 'sending'),
    );
    if (isNewerOut || isOvertaken(event, reservation.state, later, leads)) {
      await store.markOvertaken(id, attempt);
      return 'overtaken';
    }
    if (deliveries.some(({ seq, status }) => seq < event.seq && status === 'sending'))
      throw new MailFailure('older_under_way', false);
    const calendar = deliveries.findLast(({ status, calendar: told }) => status === 'sent' && told)?.calendar ?? null;
    const account = isEnding(event) ? { events: await store.timeline(reservation._id), now: now() } : undefined;
    const mail = noticeFor(await withWayIn(reservation, [event], wayInTo), event, settings, calendar, account);
    if (!mail) throw new MailFailure('nobody_to_send_to', true);
    await mailer.send(mail);
    const { invitation: told } = mail;
    await store.markSent(id, told ? { method: told.method, drop: told.drop } : null);
    return 'sent';
  }

  return inOrder;
}

const loadingFrom =
  (store: DeliveryStore) =>
  async (id: string): Promise<Loaded> => {
    const loaded = await store.load(id);
    if (!loaded) throw new MailFailure('event_unknown', true);
    return loaded;
  };

const isOpen = (status: Delivery['status']): boolean => status === 'due' || status === 'sending' || status === 'failed';

/** What is refused for good keeps nobody waiting. */
function unlessPermanent(error: unknown): void {
  if (!neutral(error).permanent) throw error;
}

/** What is not ours keeps its type alone: a driver's text names hosts. */
export const neutral = (error: unknown): MailFailure =>
  error instanceof MailFailure ? error : new MailFailure(error instanceof Error ? error.name : 'unknown', false);
