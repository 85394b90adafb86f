/** Reservations and events as the store keeps them, for the tests of what is mailed. */
import type { NameView, Outcome, ReservationState } from '../../rules/reservation.ts';
import { usd } from '../../rules/money.ts';
import type { EventDoc, ReservationDoc } from '../../store/reservations.ts';

export const at = (iso: string): number => Date.parse(iso);

export const inRedemption: NameView = {
  stage: 'redemption',
  seenAt: at('2026-03-14T09:00:00Z'),
  expiresAt: at('2026-01-28T00:00:00Z'),
  drop: {
    earliest: at('2026-04-18T18:00:00Z'),
    latest: at('2026-04-18T19:00:00Z'),
    source: 'policy',
    confidence: 'estimated',
  },
  next: { what: 'pending_delete', at: at('2026-04-13T09:00:00Z') },
};

export const waiting = (name: NameView = inRedemption): ReservationState => ({ status: 'waiting', ordinal: 7, name });

export const ended = (outcome: Outcome): ReservationState => ({ status: outcome.result, outcome, ordinal: 7 });

export const reservation = (over: Partial<ReservationDoc> = {}): ReservationDoc => ({
  _id: 'rsv_1',
  registrar: 'rgr_1',
  livemode: true,
  domain: { name: 'example.com', unicode: 'example.com', tld: 'com' },
  customer: { id: 'cus-7', email: 'ada@customer.test', name: 'Ada Lovelace' },
  owner: 'own_1',
  budget: usd(20_000),
  on_renewal: 'keep_waiting',
  acceptance: 'automatic',
  bidding: 'manual',
  dry_run: false,
  metadata: {},
  created: new Date('2026-01-01T00:00:00Z'),
  amendment: 0,
  open: true,
  status: 'waiting',
  stage: 'redemption',
  ordinal: 7,
  state: waiting(),
  seq: 1,
  head: { seq: 1, hash: 'ab'.repeat(32) },
  rev: 1,
  attention: null,
  as_of: new Date('2026-03-14T09:00:00Z'),
  ...over,
});

export const event = (type: string, data: Record<string, unknown> = {}, over: Partial<EventDoc> = {}): EventDoc => ({
  _id: 'evt_10001',
  reservation: 'rsv_1',
  registrar: 'rgr_1',
  livemode: true,
  seq: 1,
  type,
  created: new Date('2026-03-14T09:00:00Z'),
  data,
  hash: 'ab'.repeat(32),
  previous_hash: '00'.repeat(32),
  ...over,
});

export const placed = (over: Partial<EventDoc> = {}): EventDoc =>
  event('reservation.placed', { stage: 'redemption' }, over);

/** The mark of so many days, told when so many were left. */
export const expiringIn = (expiresAt: number, days: number, left = days): EventDoc =>
  event(
    'reservation.expiring',
    { days, expiresAt, stage: 'registered' },
    { created: new Date(expiresAt - left * 86_400_000) },
  );

export const endedBy = (outcome: Outcome): { reservation: ReservationDoc; event: EventDoc } => ({
  reservation: reservation({ open: false, status: outcome.result, state: ended(outcome) }),
  event: event(`reservation.${outcome.result}`, { ...outcome }),
});
