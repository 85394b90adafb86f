/**
 * Placing a bid: write it down, hold its maximum, send it, and where it is refused hold it no longer. Each step may be done twice. A crash
 * between them leaves a bid written down that nobody was told of; the sweep asks the auction and finishes it. A bid is one attempt's at a
 * time, by the instant it wrote down: only its last attempt may undo it, and none once somebody has given it up.
 */
import { LRUCache } from 'lru-cache';
import type { Money } from '../rules/money.ts';
import { findAuction, findBid, standingOf, type AuctionDoc, type BidDoc } from '../store/auctions.ts';
import { holdForBid, undoBidHold } from '../store/ledger.ts';
import { findReservation } from '../store/reservations.ts';
import type { BidAnswer, BidMessage, Tick } from '../workflows/messages.ts';
import type { BidRefusal } from './auction-engine.ts';
import type { RouteDeps } from './deps.ts';
import { again, seeOff, writeDown, type AskedBid, type Written } from './bid-attempt.ts';
import { GIVEN_UP_AFTER_MS } from './giving-up.ts';
import { problem, Problem } from './problems.ts';
import { EngineUnavailable } from './temporal.ts';
import { auctionUnderClock } from './under-clock.ts';

export type TakenBid = BidAnswer & { id: string; max: Money };

/** Auctions as this process last knew them, their terms for good, and the highest maximum taken up of each reservation. */
const auctions = new LRUCache<string, AuctionDoc>({ max: 1_000 });
const standings = new LRUCache<string, number>({ max: 20_000 });

/** From its drop on a reservation's budget is only ever raised: one that allows as much once allows it for good. */
const budgets = new LRUCache<string, Money>({ max: 20_000 });

/** Of a reservation that is in an auction; read anew where what is known of it does not allow so much. */
export async function budgetForBids(id: string, max: number): Promise<Money | undefined> {
  const known = budgets.get(id);
  if (known && max <= known.amount) return known;
  const budget = (await findReservation(id))?.budget;
  if (budget) budgets.set(id, budget);
  return budget;
}

/** What can never change of an open auction is read once; where it stands may be old. */
export async function auctionForBids(id: string): Promise<AuctionDoc | null> {
  const known = auctions.get(id);
  if (known?.status === 'open') return known;
  const doc = await findAuction(id);
  if (doc) auctions.set(id, doc);
  return doc;
}

export function placeBid(deps: RouteDeps, asked: AskedBid): Promise<TakenBid | Problem> {
  const { auction } = asked;
  return auctionUnderClock(deps, auction.test_clock, auction._id, (tick) => placeAt(deps, asked, tick));
}

interface Ready {
  written: Written;
  message: BidMessage;
}

/** Its place is taken at once, its turn when the money is there: turns are few, and whoever waits for money holds none. */
async function placeAt(deps: RouteDeps, asked: AskedBid, tick: Tick | undefined): Promise<TakenBid | Problem> {
  const { auction, max } = asked;
  const preparing = prepare(deps, asked, tick);
  preparing.catch(() => undefined);
  let sent: Ready | undefined;
  try {
    const answer = await deps.auctions.bid(
      auction._id,
      async (send) => {
        const ready = await preparing;
        if (ready instanceof Problem) return ready;
        sent = ready;
        return send(ready.message);
      },
      preparing,
    );
    if (answer instanceof Problem || !sent) return answer as Problem;
    if ('kind' in answer) return await refuse(deps, asked, sent, tick, answer);
    remember(asked, answer);
    return { ...answer, id: sent.message.id, max };
  } catch (error) {
    // What was sent before, in another call too, only the auction can tell of: the sweep asks it.
    if (sent) throw error;
    const ready = await preparing;
    if (ready instanceof Problem) return ready;
    if (!ready.written.isNew) throw error;
    await undo(deps, asked, ready.written, tick);
    // Its end may have been moved since this process last knew it.
    if (isOver((await findAuction(auction._id)) ?? auction, deps.now())) return problem('auction_closed');
    throw error;
  }
}

const isOver = ({ test_clock, ends }: AuctionDoc, now: number): boolean =>
  test_clock === undefined && now >= ends.getTime();

async function prepare(deps: RouteDeps, asked: AskedBid, tick: Tick | undefined): Promise<Ready | Problem> {
  const { auction, entrant, max, terms } = asked;
  const written = await writeDown(deps, asked);
  if (written instanceof Problem) return written;
  const { _id: id, created, isNew, isTaken } = written;
  // Counted from what is written down, however long the money took: what is given up cannot be taken up after that.
  const givenUpAt = isTaken ? 0 : created.getTime() + GIVEN_UP_AFTER_MS;
  const message = { id, reservation: entrant.reservation, max: max.amount, givenUpAt, ...(tick && { tick }) };
  if (isTaken) return { written, message };
  const held = await holdForBid({
    ...moneyOf(asked),
    ...{ operation: id, name: auction.name, amount: max, auction: auction._id, at: tick?.now ?? deps.now(), terms },
    ...(await knownStanding(asked)),
  });
  if (held.kind === 'held') return { written, message };
  // An earlier attempt may have been sent: then the sweep asks what came of it.
  if (isNew || held.kind === 'undone') await seeOff(written);
  switch (held.kind) {
    case 'insufficient':
      return problem('insufficient_funds', { param: 'max' });
    case 'over_cap':
      return problem('over_spend_cap', { param: 'max', detail: CAPS[held.cap] });
    case 'undone':
      return prepare(deps, again(deps, { ...asked, id }), tick);
  }
}

const CAPS = {
  per_name: 'This is more than your registrar may spend on one name.',
  per_month: 'With this your registrar would spend more than it may in one month.',
} as const;

const moneyOf = ({ entrant, auction }: Pick<AskedBid, 'entrant' | 'auction'>) => ({
  registrar: entrant.registrar,
  livemode: auction.livemode,
  reservation: entrant.reservation,
});

async function knownStanding({ entrant, auction }: AskedBid): Promise<{ standing?: Money }> {
  const { reservation } = entrant;
  const known = standings.get(reservation);
  if (known !== undefined) return { standing: { amount: known, currency: auction.currency } };
  const standing = await standingOf(auction._id, reservation, auction.currency);
  if (standing) standings.set(reservation, standing.amount);
  return standing ? { standing } : {};
}

/** Price and leader of one moment: who did not lead then, and bids less than one step over that price, is too low whatever came since. */
function remember({ auction, entrant, max }: AskedBid, { leading, price, endsAt, extensions }: BidAnswer): void {
  standings.set(entrant.reservation, Math.max(max.amount, standings.get(entrant.reservation) ?? 0));
  const known = auctions.get(auction._id) ?? auction;
  if (!leading || known.price > price.amount) return;
  auctions.set(auction._id, {
    ...known,
    ...{ price: price.amount, leader: entrant.bidder, extensions, ends: new Date(endsAt) },
  });
}

const undo = (deps: RouteDeps, asked: AskedBid, written: Written, tick: Tick | undefined): Promise<boolean> =>
  seeOff(written, async () =>
    undoBidHold({
      ...moneyOf(asked),
      ...{ operation: written._id, at: tick?.now ?? deps.now(), terms: asked.terms },
      ...(await knownStanding(asked)),
    }),
  );

async function refuse(
  deps: RouteDeps,
  asked: AskedBid,
  { written }: Ready,
  tick: Tick | undefined,
  refusal: BidRefusal,
): Promise<TakenBid | Problem> {
  const { auction, max } = asked;
  const { _id: id } = written;
  if (refusal.kind === 'gone' || refusal.kind === 'auction_closed') {
    auctions.delete(auction._id);
    // Asked again after it was taken up: its answer is what the auction published.
    const before = await findBid(id);
    if (before && before.seq !== null) return { ...(await publishedAnswer(before, auction)), id, max };
    if (refusal.kind === 'gone' && (await findAuction(auction._id))?.status !== 'closed')
      throw new EngineUnavailable('the auction was ended by hand');
  }
  const isUndone = await undo(deps, asked, written, tick);
  switch (refusal.kind) {
    case 'below_minimum': {
      const minimum = { amount: refusal.minimum, currency: auction.currency };
      return problem('bid_below_minimum', { param: 'max', minimum });
    }
    case 'not_an_entrant':
      return problem('not_an_entrant', { param: 'reservation' });
    case 'too_many_bids':
      return problem('too_many_bids');
    case 'given_up':
      return isUndone ? problem('bid_given_up') : problem('idempotency_in_progress', { retryAfterS: 1 });
    case 'gone':
    case 'auction_closed':
      return problem('auction_closed');
  }
}

async function publishedAnswer(bid: BidDoc, auction: AuctionDoc): Promise<BidAnswer> {
  const now = (await findAuction(auction._id)) ?? auction;
  return {
    leading: bid.leading ?? false,
    price: { amount: bid.price ?? now.price, currency: auction.currency },
    at: (bid.at ?? bid.created).getTime(),
    endsAt: now.ends.getTime(),
    extensions: now.extensions,
  };
}
