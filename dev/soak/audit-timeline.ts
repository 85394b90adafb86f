/** Each timeline: told once, in order, ended once, and a story that the state machine can have told. */
import { genesisOf, hashOfStored } from '../../store/event-hash.ts';
import { isOfNotice, type EventDoc, type ReservationDoc } from '../../store/reservations.ts';
import { grouped, outcomeOf, type Audit, type Violation } from './books.ts';

const ENDINGS = ['won', 'lost', 'missed', 'cancelled', 'rejected'].map((result) => `reservation.${result}`);
const ANY_TIME = ['reservation.needs_attention', 'decision.retry', 'decision.skip'];
/** From the catch to the outcome. */
const AWARDING = [
  ...['decision.award', 'decision.accepted', 'decision.declined', 'decision.lapsed'],
  ...['reservation.offered', 'reservation.payment_required'],
  ...['started', 'outbid', 'extended', 'closing', 'closed'].map((type) => `auction.${type}`),
];
/** While the award is watched. */
const AFTER = ['reservation.delivered', 'reservation.taken_back', 'observation.award_stands'];
const MIDDLE = [
  ...['expiring', 'expired', 'stage_changed', 'renewed', 'drop_scheduled', 'unfunded', 'caught'].map(
    (type) => `reservation.${type}`,
  ),
  ...[
    'observation.expiry_moved',
    'observation.transferred',
    'observation.sources_differ',
    'observation.drop_list_overruled',
    'attempt.catching',
    'attempt.made',
    'observation.registered',
  ],
];

export const auditTimelines: Audit = ({ store }) => {
  const byReservation = grouped(store.events, (event) => event.reservation);
  const known = new Set(store.reservations.map(({ _id }) => _id));
  return [
    ...[...byReservation.keys()]
      .filter((id) => !known.has(id))
      .map((id) => `timeline: ${id} has events and is not stored`),
    ...store.reservations.flatMap((doc) => auditTimeline(doc, byReservation.get(doc._id) ?? [])),
  ];
};

function auditTimeline(doc: ReservationDoc, unsorted: EventDoc[]): Violation[] {
  const events = unsorted.toSorted((a, b) => a.seq - b.seq);
  const found: Violation[] = [];
  const say = (what: string) => void found.push(`timeline: ${doc._id} (${doc.domain.name}): ${what}`);
  const gap = events.findIndex(({ seq }, i) => seq !== i + 1);
  if (gap >= 0) say(`seq ${events[gap]?.seq} where ${gap + 1} belongs`);
  const broken = brokenLink(doc._id, events);
  if (broken) say(`${broken._id} breaks the chain of hashes`);
  if (doc.head?.hash !== events.at(-1)?.hash) say('its head is not the hash of its last event');
  if (doc.seq !== events.length) say(`${events.length} events, and the projection counts ${doc.seq}`);
  const endings = events.filter(({ type }) => ENDINGS.includes(type));
  if (!doc.open && endings.length !== 1) say(`ended, with ${endings.length} endings`);
  if (doc.open && endings.length > 0) say(`open, with the ending ${endings[0]?.type}`);
  const [ending] = endings;
  // A notice may arrive long after what it tells of.
  const last = events.findLast((event) => !isOfNotice(event) && !AFTER.includes(event.type));
  if (ending && last !== ending) say(`${last?.type} after its ending`);
  if (ending && !doc.open && ending.type !== `reservation.${doc.status}`)
    say(`${doc.status}, and told as ${ending.type}`);
  if (ending && !doc.open && ending.data['at'] !== outcomeOf(doc)?.at) say('ended at another instant than was told');
  const personal = events.find(({ data }) => JSON.stringify(data).includes('@'));
  if (personal) say(`${personal._id} names a person`);
  return [...found, ...auditOrder(events).map((what) => `timeline: ${doc._id} (${doc.domain.name}): ${what}`)];
}

function brokenLink(reservation: string, events: EventDoc[]): EventDoc | undefined {
  let previous = genesisOf(reservation);
  return events.find((event) => {
    const follows = event.previous_hash === previous && event.hash === hashOfStored(event);
    previous = event.hash;
    return !follows;
  });
}

/** Placed first; each stage left is the one entered before; after a catch only its award, and none to anybody before. */
function auditOrder(events: EventDoc[]): Violation[] {
  const found: Violation[] = [];
  let stage: unknown;
  let isPlaced = false;
  let isCaught = false;
  for (const { type, seq, data } of events) {
    const at = `${type} (${seq})`;
    if (ANY_TIME.includes(type) || isOfNotice({ type })) continue;
    if (AFTER.includes(type)) {
      if (!events.some((event) => event.type === 'reservation.won' && event.seq < seq)) found.push(`${at} and not won`);
      continue;
    }
    if (type === 'reservation.placed') {
      if (isPlaced) found.push(`${at}: placed again`);
      isPlaced = true;
      stage = data['stage'];
    } else if (AWARDING.includes(type)) {
      // That nobody is to have it, since nobody has the money or it is a dry run, is decided without one.
      const isOfNobody = type === 'decision.award' && data['verdict'] === 'nobody';
      if (!isCaught && !isOfNobody) found.push(`${at} before the catch`);
    } else if (MIDDLE.includes(type)) {
      if (!isPlaced) found.push(`${at} before it was placed`);
      if (isCaught) found.push(`${at} after the catch`);
      if ('from' in data && data['from'] !== stage)
        found.push(`${at} from ${String(data['from'])}, and it stood at ${String(stage)}`);
      if (data['stage'] !== undefined) stage = data['stage'];
      isCaught ||= type === 'reservation.caught';
    } else if (!ENDINGS.includes(type)) found.push(`${at} is no event of a reservation`);
    if (type === 'reservation.won' && !isCaught) found.push(`${at} without a catch`);
    if (type === 'reservation.rejected' && isPlaced) found.push(`${at} after it was placed`);
  }
  return found;
}
