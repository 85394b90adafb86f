/** Auctions beside what bidders were answered, and each award beside a count of its own over the bids that were taken up. */
import type { AuctionDoc, BidDoc } from '../../store/auctions.ts';
import { grouped, outcomeOf, type Audit, type Books, type ToldBid, type Violation } from './books.ts';

/** Acknowledged: in the book once, with its hold. Refused: not there. Never answered: there once at most. */
export const auditBids: Audit = ({ toldBids, store }) => {
  // What stood as an auction opened has its place before the first that was sent.
  const bids = store.bids.filter(({ seq }) => seq === null || seq >= 0);
  const keyOf = ({ auction, reservation, max }: Pick<BidDoc, 'auction' | 'reservation' | 'max'>) =>
    `${auction} ${reservation} ${max}`;
  const byKey = grouped(bids, keyOf);
  const sent = new Set(toldBids.map(keyOf));
  const held = new Set(store.entries.flatMap(({ _id, kind }) => (kind === 'hold' ? [_id] : [])));
  const undone = new Set(store.entries.flatMap(({ _id }) => (_id.startsWith('undo:') ? [_id.slice(5)] : [])));
  return [
    ...bids.filter((bid) => !sent.has(keyOf(bid))).map(({ _id }) => `bid: ${_id} is in the book, and nobody sent it`),
    ...toldBids.flatMap((told) => auditToldBid(told, byKey.get(keyOf(told)) ?? [])),
    ...bids.flatMap(({ _id, seq }) => {
      if (seq === null) return [`bid: ${_id} was neither taken up nor given up`];
      return held.has(_id) && !undone.has(_id) ? [] : [`bid: ${_id} counts and nothing was held for it`];
    }),
  ];
};

function auditToldBid({ key, answers, sent, max }: ToldBid, docs: BidDoc[]): Violation[] {
  const found: Violation[] = [];
  const say = (what: string) => void found.push(`bid: ${key} (${max}): ${what}`);
  const accepted = [...new Set(answers.flatMap(({ id }) => id ?? []))];
  const refused = answers.find(({ id }) => id === undefined);
  if (docs.length > 1) say(`is in the book ${docs.length} times`);
  if (accepted.length > 1) say(`answered with ${accepted.join(' and ')}`);
  for (const id of accepted)
    if (!docs.some(({ _id, seq }) => _id === id && seq !== null)) say(`${id} was acknowledged and does not count`);
  if (refused && accepted.length > 0) say(`acknowledged and refused with ${refused.status} ${refused.code}`);
  if (refused && accepted.length === 0 && answers.length === sent && docs.length > 0)
    say(`refused with ${refused.status} ${refused.code}, and ${docs[0]?._id} is in the book`);
  return found;
}

export interface Standing {
  winner: string;
  price: number;
}

/** Second price, counted anew: one step over the highest other maximum, at most the winner's; raising an own lead changes no price. */
export function secondPrice(
  bids: readonly Pick<BidDoc, 'reservation' | 'max'>[],
  listPrice: number,
  steps: AuctionDoc['policy']['steps'],
): Standing | undefined {
  const maxima = new Map<string, number>();
  let stands: Standing | undefined;
  for (const { reservation, max } of bids) {
    // Put last: of two that are equal the earlier leads.
    maxima.delete(reservation);
    maxima.set(reservation, max);
    if (stands?.winner === reservation) continue;
    const [first, second] = [...maxima].toSorted(([, a], [, b]) => b - a) as [[string, number], [string, number]?];
    const step = second && (steps.find(({ below }) => below === null || second[1] < below)?.step ?? 0);
    const price: number = second && step !== undefined ? Math.min(first[1], second[1] + step) : listPrice;
    stands = { winner: first[0], price };
  }
  return stands;
}

/** What the auction comes to between these: the earliest of them opens at the list price. */
export function standingAmong(
  { entrants, list_price: listPrice, policy }: AuctionDoc,
  bids: readonly BidDoc[],
  among: (reservation: string) => boolean,
): Standing | undefined {
  const opener = entrants.find(({ reservation }) => among(reservation));
  if (!opener) return undefined;
  const [, ...sent] = bids.filter(({ seq }) => seq !== null).toSorted((a, b) => Number(a.seq) - Number(b.seq));
  const opening = { reservation: opener.reservation, max: listPrice };
  return secondPrice([opening, ...sent.filter(({ reservation }) => among(reservation))], listPrice, policy.steps);
}

/** Each has closed where all its bids bring it, in time and without a gap. */
export const auditAuctions: Audit = ({ store }) => {
  const byAuction = grouped(store.bids, ({ auction }) => auction);
  return store.auctions.flatMap((auction) => {
    const found: Violation[] = [];
    const say = (what: string) => void found.push(`auction: ${auction._id} (${auction.name}): ${what}`);
    const bids = byAuction.get(auction._id) ?? [];
    const taken = bids.filter(({ seq }) => seq !== null).toSorted((a, b) => Number(a.seq) - Number(b.seq));
    const sent = taken.filter(({ seq }) => Number(seq) >= 0);
    if (auction.status !== 'closed') say('is still open');
    if (sent.length !== auction.bids) say(`counts ${auction.bids} bids, and ${sent.length} were taken up`);
    if (sent.some(({ seq }, index) => seq !== index)) say('has a gap in its bids');
    const late = sent.find(({ at }) => at === null || at < auction.started || at >= auction.ends);
    if (late) say(`took up ${late._id} at ${late.at?.toISOString()}`);
    const stands = standingAmong(auction, bids, () => true);
    const leader = auction.entrants.find(({ reservation }) => reservation === stands?.winner)?.bidder;
    if (leader !== auction.leader || stands?.price !== auction.price)
      say(`closed at ${auction.price} with ${auction.leader}; its bids come to ${stands?.price} with ${leader}`);
    return found;
  });
};

/** The winner and the price are those of the bids of all that were not passed over. */
export const auditAuctionAwards: Audit = ({ store }: Books) => {
  const byAuction = grouped(store.bids, ({ auction }) => auction);
  const byId = new Map(store.reservations.map((doc) => [doc._id, doc]));
  return store.auctions.flatMap((auction) => {
    const ends = (reservation: string) => {
      const doc = byId.get(reservation);
      return doc && outcomeOf(doc);
    };
    const remained = (reservation: string) => {
      const outcome = ends(reservation);
      return outcome === undefined || outcome.result === 'won' || outcome.reason === 'outbid';
    };
    const came = standingAmong(auction, byAuction.get(auction._id) ?? [], remained);
    if (!came) return [];
    const outcome = ends(came.winner);
    const price = outcome?.result === 'won' ? outcome.price.amount : undefined;
    return price === came.price
      ? []
      : [
          `auction: ${auction._id} (${auction.name}): comes to ${came.winner} for ${came.price}, which is ${outcome?.result ?? 'open'} for ${price ?? 'nothing'}`,
        ];
  });
};
