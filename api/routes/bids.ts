/** Bids: placed by registrars, listed to all who are in the auction. */
import { z } from 'zod';
import { stepOver } from '../../rules/bidding.ts';
import { compareMoney, type Money } from '../../rules/money.ts';
import { bidsOf, type AuctionDoc } from '../../store/auctions.ts';
import { termsFor } from '../../store/ledger-operation.ts';
import { findReservation } from '../../store/reservations.ts';
import { bidView } from '../auction-views.ts';
import { scopeOf, sees } from '../auth.ts';
import { wasAskedBefore } from '../bid-attempt.ts';
import { auctionForBids, budgetForBids, placeBid, type TakenBid } from '../bidding.ts';
import type { RouteDeps } from '../deps.ts';
import { created, list, ok, type Call, type Handled, type Route } from '../http.ts';
import { requestedId } from '../ids.ts';
import { problem, Problem } from '../problems.ts';
import { read } from '../read.ts';
import { money, pageQuery } from '../schemas.ts';
import { iso } from '../views.ts';
import { ownAuction } from './auctions.ts';

const bidBody = z.strictObject({ reservation: z.string().min(1).max(100), max: money });
const bidsQuery = z.strictObject({ ...pageQuery, cursor: z.coerce.number().int().optional() });

async function bid(deps: RouteDeps, call: Call): Promise<Handled> {
  const body = read(bidBody, call.body);
  if (body instanceof Problem) return body;
  const { principal } = call;
  const auction = await ownAuction(call, auctionForBids);
  if (auction instanceof Problem) return auction;
  const entrant = auction.entrants.find((one) => one.reservation === body.reservation);
  // In an auction it is known whose it is. Another's is as if it were not there.
  const owned = entrant ? { ...entrant, livemode: auction.livemode } : await findReservation(body.reservation);
  const budget = entrant && (await budgetForBids(entrant.reservation, body.max.amount));
  if (!owned || !sees(principal, owned) || principal.kind !== 'registrar')
    return problem('reservation_not_found', { param: 'reservation' });
  if (!entrant || !budget) return problem('not_an_entrant', { param: 'reservation' });
  const id = requestedId('bid', deps.secret, [...scopeOf(principal), auction._id], call.idempotencyKey);
  const refused = refusedAtOnce(auction, budget, entrant.bidder, body.max.amount);
  // One that was sent before may have been taken up, unheard by whoever asks again: only the auction can tell.
  if (refused && !(call.idempotencyKey !== undefined && (await wasAskedBefore(id)))) return refused;
  const taken = await placeBid(deps, {
    ...{ id, auction, entrant, max: body.max },
    terms: termsFor(principal.registrar, principal.livemode),
  });
  return taken instanceof Problem
    ? taken
    : created(answerOf(auction, entrant, taken), `/v1/auctions/${auction._id}/bids`);
}

/** What needs no question to the auction: its price only rises, so what was too low once is too low now. Money is not moved for it. */
function refusedAtOnce(auction: AuctionDoc, budget: Money, bidder: string, max: number): Problem | undefined {
  const { currency, price, policy } = auction;
  if (compareMoney({ amount: max, currency }, budget) > 0) return problem('bid_over_budget', { param: 'max' });
  if (auction.status === 'closed') return undefined;
  const minimum = price + stepOver(price, policy.steps);
  const tooLow = bidder !== auction.leader && max < minimum;
  return tooLow ? problem('bid_below_minimum', { param: 'max', minimum: { amount: minimum, currency } }) : undefined;
}

const answerOf = (
  auction: AuctionDoc,
  { reservation, bidder }: { reservation: string; bidder: string },
  { id, max, leading, price, at, endsAt, extensions }: TakenBid,
) => ({
  id,
  object: 'bid',
  auction: auction._id,
  reservation,
  bidder,
  mine: true,
  result: leading ? 'leading' : 'outbid',
  max,
  amount: price,
  next_minimum: { amount: price.amount + stepOver(price.amount, auction.policy.steps), currency: price.currency },
  at: iso(at),
  ends_at: iso(endsAt),
  extensions,
});

async function listBids(call: Call): Promise<Handled> {
  const query = read(bidsQuery, call.query);
  if (query instanceof Problem) return query;
  const auction = await ownAuction(call);
  if (auction instanceof Problem) return auction;
  const { principal } = call;
  const registrar = principal.kind === 'registrar' ? principal.registrar._id : undefined;
  const rows = await bidsOf(auction._id, registrar, query.cursor ?? Number.MAX_SAFE_INTEGER, query.limit + 1);
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  const next = rows.length > query.limit && last ? String(last.seq) : null;
  return ok(
    list(
      shown.map((row) => bidView(principal, auction, row)),
      next,
    ),
  );
}

export const bidRoutes = (deps: RouteDeps): Route[] => [
  {
    method: 'GET',
    path: '/v1/auctions/:id/bids',
    access: { registrar: 'any', operator: 'any' },
    handle: listBids,
  },
  { method: 'POST', path: '/v1/auctions/:id/bids', access: { registrar: 'bids' }, handle: (call) => bid(deps, call) },
];
