/** Deliveries as `store/deliveries.ts` keeps them, in memory; `expire` ends the leases of attempts that died. */
import type { Delivery, DeliveryStore } from '../../mail/attempt.ts';
import type { NoticeResult } from '../../rules/notices.ts';
import type { EventDoc, ReservationDoc } from '../../store/reservations.ts';

export interface Kept extends Delivery {
  attempt: number;
  error?: string;
}

/** `told` is read each time: what is published to it later is seen. */
export function memoryStore(told: { reservation: ReservationDoc; events: EventDoc[]; leads?: boolean }) {
  const kept = new Map<string, Kept>();
  const noted: (NoticeResult & { event: string })[] = [];
  const note = ({ _id: event, seq }: { _id: string; seq: number }): Kept => {
    const one = kept.get(event) ?? { event, seq, status: 'due', attempt: 0, calendar: null, since: new Date() };
    kept.set(event, one);
    return one;
  };
  const own = (event: string, attempt: number): Kept | undefined => {
    const one = kept.get(event);
    return one?.status === 'sending' && one.attempt === attempt ? one : undefined;
  };
  const store: DeliveryStore = {
    load: async (id) => {
      const event = told.events.find(({ _id }) => _id === id);
      if (!event) return null;
      const deliveries = [...kept.values()].map((one) => ({ ...one })).toSorted((a, b) => a.seq - b.seq);
      const later = told.events.filter(({ seq }) => seq > event.seq);
      return { event, reservation: told.reservation, later, deliveries, leads: told.leads ?? false };
    },
    timeline: async () => told.events,
    due: async (_reservation, events) => events.forEach(note),
    claim: async (_reservation, event) => {
      const one = note(event);
      if (one.status === 'sent' || one.status === 'overtaken') return { kind: 'settled', status: one.status };
      if (one.status === 'sending') return { kind: 'busy' };
      Object.assign(one, { status: 'sending', attempt: one.attempt + 1 });
      return { kind: 'claimed', attempt: one.attempt };
    },
    markSent: async (event, calendar) => void Object.assign(kept.get(event) ?? {}, { status: 'sent', calendar }),
    markOvertaken: async (event, attempt) => void Object.assign(own(event, attempt) ?? {}, { status: 'overtaken' }),
    markFailed: async (event, attempt, { error, permanent }) =>
      void Object.assign(own(event, attempt) ?? {}, { status: permanent ? 'refused' : 'failed', error }),
    note: async (_reservation, { _id }, result) => {
      const isNoted = noted.some(
        ({ event, kind }) =>
          event === _id && (kind === result.kind || (kind === 'failed' && result.kind === 'overtaken')),
      );
      if (!isNoted) noted.push({ event: _id, ...result });
    },
  };
  const expire = () => kept.forEach((one) => one.status === 'sending' && (one.status = 'failed'));
  return { store, kept, noted, expire };
}
