/** Reservations as JSON. What the arbiter and the workflow say now goes before what was last published; `as_of` says when it was true. */
import type { Delivery } from '../rules/after-award.ts';
import type { Money } from '../rules/money.ts';
import { standing, type Standing } from '../rules/queue.ts';
import {
  hasEnded,
  viewOf,
  type Attention,
  type NameView,
  type Outcome,
  type ReservationState,
  type TakenBack,
} from '../rules/reservation.ts';
import type { DropWindow } from '../rules/tlds.ts';
import type { Sight } from '../rules/watch.ts';
import { hashedForm } from '../store/event-hash.ts';
import type { OpenClaim } from '../store/reservation-queries.ts';
import type { EventDoc, ReservationDoc } from '../store/reservations.ts';
import type { Principal } from './auth.ts';
import { reservationWorkflowId, type DomainView, type ReservationView } from '../workflows/messages.ts';

export const iso = (at: number): string => new Date(at).toISOString();
export const isoOrNull = (at: number | undefined): string | null => (at === undefined ? null : iso(at));

/** What is known of an open reservation besides its document. */
export interface Live {
  reservation?: ReservationView | undefined;
  domain?: DomainView | undefined;
  /** Counted in the store, where the arbiter did not answer. */
  standing?: Standing | undefined;
  asOf?: Date;
  /** It is shown to an operator. */
  forOperator?: boolean;
}

export function reservationView(doc: ReservationDoc, live: Live = {}) {
  const state = stateOf(doc, live);
  const name = nameOf(state, live.domain?.sight);
  const place = hasEnded(state) ? undefined : (live.domain?.standing ?? live.standing);
  const outcome = hasEnded(state) ? state.outcome : undefined;
  const attention = outcome ? null : (attentionOf(doc, live) ?? null);
  const asked = live.reservation !== undefined || live.domain !== undefined;
  return {
    id: doc._id,
    object: 'reservation',
    livemode: doc.livemode,
    created: doc.created.toISOString(),
    as_of: (live.asOf ?? (asked ? new Date() : doc.as_of)).toISOString(),
    domain: doc.domain,
    customer: doc.customer,
    budget: isSealed(doc, state, live) ? null : doc.budget,
    on_renewal: doc.on_renewal,
    wait_until: isoOrNull(doc.wait_until),
    acceptance: doc.acceptance,
    bidding: doc.bidding,
    dry_run: doc.dry_run,
    registrant: doc.registrant ?? null,
    nameservers: doc.nameservers ?? null,
    status: state.status,
    stage: name?.stage ?? null,
    position: place?.position ?? null,
    competitors: place?.competitors ?? null,
    expires_at: isoOrNull(name?.expiresAt),
    drop: name?.drop ? dropView(name.drop) : null,
    next: name && !outcome ? { what: name.next.what, at: iso(name.next.at) } : null,
    auction: 'auction' in state ? (state.auction ?? null) : null,
    price: priceOf(state),
    offer: state.status === 'offered' ? { price: state.price, respond_by: iso(state.answerBy) } : null,
    payment: state.status === 'awaiting_payment' ? { price: state.price, pay_by: iso(state.payBy) } : null,
    outcome: outcome ? outcomeView(outcome) : null,
    needs_attention: attention ? attentionView(attention) : null,
    workflow: reservationWorkflowId(doc._id),
    test_clock: doc.test_clock ?? null,
    metadata: doc.metadata,
  };
}

export const seenBy = ({ kind }: Pick<Principal, 'kind'>): Pick<Live, 'forOperator'> => ({
  forOperator: kind === 'operator',
});

/** A budget that bids as a whole is the maximum of a bid: whoever runs the auction sees none before it has closed. */
const isSealed = ({ bidding }: ReservationDoc, { status }: ReservationState, { forOperator }: Live): boolean =>
  forOperator === true && bidding === 'up_to_budget' && status === 'in_auction';

/** What the name costs this reservation, once that is known. */
function priceOf(state: ReservationState): Money | null {
  if (hasEnded(state)) return state.outcome.result === 'won' ? state.outcome.price : null;
  return 'price' in state ? state.price : null;
}

/** An arbiter that knows the claim has admitted it, whether or not the reservation has heard. */
function stateOf(doc: ReservationDoc, { reservation, domain }: Live): ReservationState {
  const state = reservation?.state ?? doc.state;
  if (state.status !== 'placed' || !domain?.standing || !domain.sight) return state;
  return { status: 'waiting', ordinal: domain.standing.ordinal, name: viewOf(domain.sight) };
}

function nameOf(state: ReservationState, sight: Sight | null | undefined): NameView | undefined {
  const told = 'name' in state ? state.name : undefined;
  if (hasEnded(state) || !sight) return told;
  return told && told.seenAt > sight.seenAt ? told : viewOf(sight);
}

/** The step that waits for support: the reservation's own, or its name's. */
export function attentionOf(doc: ReservationDoc, { reservation, domain }: Live): Attention | null | undefined {
  if (reservation?.attention) return reservation.attention;
  if (domain) return domain.attention;
  return reservation ? reservation.attention : doc.attention;
}

export const attentionView = ({ since, ...attention }: Attention) => ({ ...attention, since: iso(since) });

export const dropView = ({ earliest, latest, source, confidence }: DropWindow) => ({
  earliest: iso(earliest),
  latest: iso(latest),
  source,
  confidence,
});

export const deliveryView = (delivery: Delivery) => ({
  status: delivery.status,
  ...(delivery.status === 'held' && { until: iso(delivery.deliverAt) }),
  why: delivery.why,
});

export const takenBackView = ({ at, why, sponsor, refunded }: TakenBack) => ({
  at: iso(at),
  why,
  ...(sponsor !== undefined && { sponsor }),
  refunded,
});

export function outcomeView(outcome: Outcome) {
  const { result, reason, at } = outcome;
  const told = { result, reason, at: iso(at) };
  switch (outcome.result) {
    case 'won':
      return {
        ...told,
        ...{ price: outcome.price, registered_to: outcome.registeredTo, delivery: deliveryView(outcome.delivery) },
        ...(outcome.takenBack && { taken_back: takenBackView(outcome.takenBack) }),
      };
    case 'lost':
      return {
        ...told,
        ...(outcome.caughtBy !== undefined && { caught_by: outcome.caughtBy }),
        ...(outcome.lapsed && { lapsed: true }),
      };
    case 'missed':
      return { ...told, ...(outcome.reason === 'kept' && { how: outcome.how }) };
    case 'rejected':
      return { ...told, ...(outcome.reservation !== undefined && { reservation: outcome.reservation }) };
    default:
      return told;
  }
}

/** Places counted from stored claims, by reservation. */
export function standingsOf(docs: readonly ReservationDoc[], claims: readonly OpenClaim[]): Map<string, Standing> {
  const found = new Map<string, Standing>();
  for (const { _id, domain, open } of docs) {
    const place = open
      ? standing(
          claims.filter((claim) => claim.name === domain.name),
          _id,
        )
      : undefined;
    if (place) found.set(_id, place);
  }
  return found;
}

export { factsView } from '../store/event-hash.ts';

export const eventView = ({ hash, ...event }: EventDoc) => ({ ...hashedForm(event), hash });
