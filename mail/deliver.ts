/** Telling by mail: a first attempt beside the publication that it never holds up, and later ones, each by itself, until it is sent. */
import { attempting, neutral, type Delivered, type NotifierDeps } from './attempt.ts';
import { hasReader } from './notices.ts';
import { isMailed, type NoticedEvent, type NoticedReservation } from './telling.ts';

export interface Notifier {
  /** First attempts, in order. Never throws: what was not delivered, for whatever reason, is in the answer. */
  notify(
    reservation: NoticedReservation,
    events: readonly NoticedEvent[],
  ): Promise<{ undelivered: { event: string; channel: 'mail' }[] }>;
  /** One attempt. Throws MailFailure: `permanent` is refused for good, anything else is worth a retry. */
  deliver(event: string): Promise<Delivered>;
  /** No attempt follows: that is noted in the timeline, where none came through after all. */
  giveUp(event: string): Promise<void>;
}

export function createNotifier(deps: NotifierDeps): Notifier {
  const attempt = attempting(deps);
  const { store, settingsOf } = deps;

  /** Those of a publication that have somebody to go to are noted first: what is published next must find them. */
  async function noteDue(reservation: NoticedReservation, events: readonly NoticedEvent[]): Promise<void> {
    const settings = await settingsOf(reservation.registrar, reservation.livemode);
    const due = events.filter((event) => hasReader(reservation, event, settings));
    if (due.length > 0) await store.due(reservation._id, due);
  }

  return {
    async notify(reservation, events) {
      const mailed = events.filter(isMailed);
      const undelivered: { event: string; channel: 'mail' }[] = [];
      let isDown = false;
      try {
        await noteDue(reservation, mailed);
      } catch {
        isDown = true;
      }
      for (const event of mailed) {
        try {
          // One failure that may pass is enough: each further attempt would only add its time limit to a life.
          if (!isDown && (await attempt(event._id))) continue;
        } catch (error) {
          isDown = !neutral(error).permanent;
        }
        undelivered.push({ event: event._id, channel: 'mail' });
      }
      return { undelivered };
    },

    deliver: (id) =>
      attempt(id).catch((error: unknown) => {
        throw neutral(error);
      }),

    async giveUp(id) {
      const loaded = await store.load(id);
      const status = loaded?.deliveries.find(({ event }) => event === id)?.status;
      if (!loaded || status === 'sent' || status === 'overtaken' || status === 'refused') return;
      await store.note(loaded.reservation, loaded.event, { kind: 'failed', reason: 'given_up' });
    },
  };
}
