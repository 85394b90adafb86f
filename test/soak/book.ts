/** A small book written by hand in which all agree: one name won by the first of two, one by bids, one caught by another, one still waited for. */
import { contested, toldBids } from './contest.ts';
import type { Books, RegistryName, Shown, Told, WorkflowEntry } from '../../dev/soak/books.ts';
import type { NameView, Outcome, ReservationState } from '../../rules/reservation.ts';
import { genesisOf, seal } from '../../store/event-hash.ts';
import type { EventDoc, ReservationDoc } from '../../store/reservations.ts';

export const NOW = Date.UTC(2026, 5, 1);
const DROP = NOW - 1_000;

const view = (stage: NameView['stage']): NameView => ({
  stage,
  seenAt: NOW,
  next: { what: 'registry_check', at: NOW },
});

function reservation(id: string, name: string, ordinal: number, state: ReservationState): ReservationDoc {
  const open = !('outcome' in state);
  const doc: ReservationDoc = {
    _id: id,
    registrar: 'rgr_1',
    livemode: false,
    domain: { name, unicode: name, tld: 'test' },
    customer: { id: `cus-${id}`, email: `${id}@customer.test` },
    owner: `owner-${id}`,
    budget: { amount: 20_000, currency: 'USD' },
    on_renewal: 'keep_waiting',
    acceptance: 'automatic',
    bidding: 'manual',
    dry_run: false,
    metadata: { soak: `key-${id}` },
    created: new Date(NOW - 60_000 + ordinal * 1_000),
    open,
    status: state.status,
    stage: 'name' in state && state.name ? state.name.stage : null,
    ordinal,
    state,
    seq: open ? 1 : 3,
    rev: 1,
    amendment: 0,
    attention: null,
    as_of: new Date(NOW),
    head: null,
  };
  const last = timeline(doc).at(-1);
  return { ...doc, head: last ? { seq: last.seq, hash: last.hash } : null };
}

const ended = (ordinal: number, outcome: Outcome): ReservationState => ({
  status: outcome.result,
  outcome,
  ordinal,
  name: view('pending_delete'),
});

const first: Extract<Outcome, { result: 'won' }> = {
  result: 'won',
  reason: 'first_in_order',
  at: DROP,
  price: { amount: 6_900, currency: 'USD' },
  registeredTo: 'backorder',
  roid: 'D2-TEST',
  registeredAt: DROP,
  expiresAt: DROP + 1,
  delivery: { status: 'delivered', why: 'no_restore_rights' },
};
const highest: Outcome = {
  ...first,
  reason: 'highest_bid',
  price: { amount: 11_002, currency: 'USD' },
  roid: 'D5-TEST',
};
const outbid: Outcome = { result: 'lost', reason: 'outbid', at: DROP + 1 };
const behind: Outcome = { result: 'lost', reason: 'behind_in_order', at: DROP };
const taken: Outcome = { result: 'lost', reason: 'caught_by_other', at: DROP, caughtBy: 'other-catcher' };

function timeline({ _id, registrar, livemode, state }: ReservationDoc): EventDoc[] {
  const told: [string, Record<string, unknown>][] = [['reservation.placed', { stage: 'pending_delete' }]];
  if ('outcome' in state)
    told.push(
      ['reservation.caught', { stage: 'registered_by_us' }],
      [`reservation.${state.status}`, { ...state.outcome }],
    );
  const events: EventDoc[] = [];
  for (const [i, [type, data]] of told.entries()) {
    const of = { reservation: _id, registrar, livemode, created: new Date(NOW) };
    const event = { _id: `evt_${_id}${i + 1}`, ...of, seq: i + 1, type, data };
    events.push(seal(event, events.at(-1)?.hash ?? genesisOf(_id)));
  }
  return events;
}

const shown = (doc: ReservationDoc): Shown => ({
  id: doc._id,
  status: doc.status,
  position: doc.open ? 1 : null,
  competitors: doc.open ? 0 : null,
  outcome: 'outcome' in doc.state ? { ...doc.state.outcome, at: new Date(doc.state.outcome.at).toISOString() } : null,
  events: timeline(doc).map(({ _id: id, type, seq }) => ({ id, type, seq })),
  toAnother: 404,
});

const told = (doc: ReservationDoc): Told => ({
  key: doc.metadata['soak'] ?? '',
  name: doc.domain.name,
  registrar: doc.registrar,
  sentAt: doc.created.getTime(),
  answeredAt: doc.created.getTime() + 500,
  answers: [{ status: 201, id: doc._id }],
});

const workflow = (id: string, type: string, status: string): WorkflowEntry => ({ id, type, status, taskAttempt: 0 });

const journey = (doc: ReservationDoc): WorkflowEntry => ({
  ...workflow(`reservation:${doc._id}`, 'reservation', doc.open ? 'RUNNING' : 'COMPLETED'),
  ...(!doc.open && { view: { id: doc._id, state: doc.state, seq: doc.seq, attention: null } }),
});

const entry = (name: string, sponsor: string, roid: string): RegistryName => ({
  name,
  accepted:
    sponsor === 'backorder' ? [{ clid: sponsor, cltrid: 'bk-1', at: DROP, name_now: DROP, code: 1000, roid }] : [],
  holder: { sponsor, roid },
  firstSponsor: 'other-registrar',
  now: NOW,
});

/** A fresh one each time, for a test to falsify. */
export function agreedBook(): Books {
  const reservations = [
    reservation('rsv_first', 'won.test', 1, ended(1, first)),
    reservation('rsv_second', 'won.test', 2, ended(2, behind)),
    reservation('rsv_other', 'taken.test', 1, ended(1, taken)),
    reservation('rsv_opener', 'bid.test', 1, ended(1, { ...outbid })),
    reservation('rsv_bidder', 'bid.test', 2, ended(2, highest)),
    reservation('rsv_rival', 'bid.test', 3, ended(3, { ...outbid })),
    reservation('rsv_open', 'kept.test', 1, { status: 'waiting', ordinal: 1, name: view('registered') }),
  ];
  const events = reservations.flatMap(timeline);
  // What was caught and at once decided is told by the outcome alone.
  const isOvertaken = ({ type }: EventDoc) => type === 'reservation.caught';
  const mailed = events.filter((event) => !isOvertaken(event)).map(({ _id }) => _id);
  const sent = { channel: 'mail', status: 'sent', attempts: 1, calendar: null, error: null } as const;
  const caught = { roid: 'D2-TEST', sponsor: 'backorder', registeredAt: DROP, expiresAt: DROP + 1 };
  return structuredClone<Books>({
    owns: ['backorder'],
    told: reservations.map(told),
    toldBids: toldBids(),
    declined: [],
    verified: [],
    unanswered: [],
    broken: [],
    registry: [
      entry('won.test', 'backorder', 'D2-TEST'),
      entry('bid.test', 'backorder', 'D5-TEST'),
      entry('taken.test', 'other-catcher', 'D3-TEST'),
      entry('kept.test', 'other-registrar', 'D4-TEST'),
    ],
    store: {
      reservations,
      events,
      deliveries: events.map((event) => ({
        ...{ _id: `${event._id}:mail`, event: event._id, reservation: event.reservation, seq: event.seq, ...sent },
        ...{ leased_until: new Date(0), since: new Date(NOW), sent: new Date(NOW) },
        ...(isOvertaken(event) && { status: 'overtaken' as const, sent: null }),
      })),
      ...contested(),
      catches: [
        {
          ...{ _id: 'won.test#D1-TEST', name: 'won.test', registry: 'sandbox', roid_before: 'D1-TEST' },
          ...{ cltrid_prefix: 'bk', attempts: 1, started: new Date(DROP), caught, awarded_to: 'rsv_first' },
        },
        {
          ...{ _id: 'bid.test#D1-TEST', name: 'bid.test', registry: 'sandbox', roid_before: 'D1-TEST' },
          ...{ cltrid_prefix: 'bk', attempts: 1, started: new Date(DROP), awarded_to: 'rsv_bidder' },
          caught: { ...caught, roid: 'D5-TEST' },
        },
      ],
    },
    workflows: [
      ...reservations.map(journey),
      workflow('domain:kept.test', 'domain', 'RUNNING'),
      workflow('domain:won.test', 'domain', 'COMPLETED'),
      workflow('clock:clk_1', 'clock', 'RUNNING'),
    ],
    clocks: [{ id: 'clk_1', status: 'ready' }],
    shown: reservations.map(shown),
    mails: mailed,
  });
}
