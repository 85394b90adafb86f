/** Auctions and bids as JSON. Of others a pseudonym and a price; a maximum is its owner's, and the operator's once all is over. */
import type { Money } from '../rules/money.ts';
import type { AuctionDoc, BidDoc, EntrantDoc } from '../store/auctions.ts';
import { auctionWorkflowId, type AuctionView } from '../workflows/messages.ts';
import type { Principal } from './auth.ts';
import { iso } from './views.ts';

export const isMine = (principal: Principal, { registrar }: { registrar: string }): boolean =>
  principal.kind === 'registrar' && principal.registrar._id === registrar;

const bidderOf = ({ entrants }: AuctionDoc, reservation: string): string | undefined =>
  entrants.find((entrant) => entrant.reservation === reservation)?.bidder;

/** Where it stands: as its workflow says now, else as it was last published. Who raises an own lead is not counted: nobody else learns of it. */
export function standsAt(doc: AuctionDoc, live?: AuctionView) {
  const money = (amount: number): Money => ({ amount, currency: doc.currency });
  return live
    ? {
        status: live.status,
        price: live.price,
        minimum: live.minimum,
        leader: bidderOf(doc, live.leader) ?? doc.leader,
        endsAt: live.endsAt,
        extensions: live.extensions,
        bids: live.bids,
      }
    : {
        status: doc.status,
        price: money(doc.price),
        minimum: money(doc.minimum),
        leader: doc.leader,
        endsAt: doc.ends.getTime(),
        extensions: doc.extensions,
        bids: doc.bids - (doc.raises ?? 0),
      };
}

const own = (principal: Principal, { entrants }: AuctionDoc): EntrantDoc[] =>
  entrants.filter((entrant) => isMine(principal, entrant));

export function auctionView(principal: Principal, doc: AuctionDoc, asOf: Date, live?: AuctionView) {
  const { status, price, minimum, leader, endsAt, extensions, bids } = standsAt(doc, live);
  return {
    id: doc._id,
    object: 'auction',
    livemode: doc.livemode,
    as_of: asOf.toISOString(),
    domain: { name: doc.name, tld: doc.tld },
    status,
    list_price: { amount: doc.list_price, currency: doc.currency },
    price,
    next_minimum: status === 'open' ? minimum : null,
    leader,
    started_at: doc.started.toISOString(),
    ends_at: iso(endsAt),
    extensions,
    max_extensions: doc.policy.maxExtensions,
    soft_close_s: doc.policy.softCloseMs / 1_000,
    entrants: doc.entrants.length,
    bids,
    policy_version: doc.policy.version,
    mine: own(principal, doc).map(({ reservation, bidder }) => ({ reservation, bidder, leading: bidder === leader })),
    workflow: auctionWorkflowId(doc._id),
  };
}

/** What a reader of the stream is pushed; `now` is that of the auction. */
export function auctionPush(principal: Principal, doc: AuctionDoc, now: number) {
  const { status, price, minimum, leader, endsAt, extensions, bids } = standsAt(doc);
  return {
    id: doc._id,
    object: 'auction',
    status,
    price,
    next_minimum: status === 'open' ? minimum : null,
    leader,
    leading: own(principal, doc).some(({ bidder }) => bidder === leader),
    ends_at: iso(endsAt),
    time_left_ms: status === 'open' ? Math.max(0, endsAt - now) : 0,
    extensions,
    bids,
  };
}

/** `amount` is what the auction stood at once the bid was taken up. */
export function bidView(principal: Principal, doc: AuctionDoc, bid: BidDoc) {
  const mine = isMine(principal, bid);
  const isOpen = mine || (principal.kind === 'operator' && doc.status === 'closed');
  return {
    id: bid._id,
    object: 'bid',
    auction: doc._id,
    bidder: bid.bidder,
    amount: { amount: bid.price, currency: doc.currency },
    at: (bid.at ?? bid.created).toISOString(),
    mine,
    ...(isOpen && { reservation: bid.reservation, max: { amount: bid.max, currency: doc.currency } }),
  };
}
