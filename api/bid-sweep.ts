/** Bids that were written down and never answered, after a crash or an outage: the auction knows whether it took them up. */
import { findAuction, forgetBid, unsettledBids, type BidDoc } from '../store/auctions.ts';
import { undoBidHold } from '../store/ledger.ts';
import { GIVEN_UP_AFTER_MS } from './bidding.ts';
import type { RouteDeps } from './deps.ts';

const BATCH = 200;

/** Answers how many were undone. Those that were taken up the auction publishes by itself. */
export async function sweepBids(deps: Pick<RouteDeps, 'auctions' | 'engine' | 'now'>): Promise<number> {
  const old = await unsettledBids(new Date(deps.now() - 3 * GIVEN_UP_AFTER_MS), BATCH);
  const byAuction = new Map<string, BidDoc[]>();
  for (const bid of old) byAuction.set(bid.auction, [...(byAuction.get(bid.auction) ?? []), bid]);
  let undone = 0;
  for (const [auction, bids] of byAuction) undone += await settle(deps, auction, bids);
  return undone;
}

async function settle(
  { auctions, engine, now }: Pick<RouteDeps, 'auctions' | 'engine' | 'now'>,
  id: string,
  bids: BidDoc[],
): Promise<number> {
  const auction = await findAuction(id);
  if (!auction) return 0;
  // One that has closed published every bid it took up before it said so.
  const taken =
    auction.status === 'closed'
      ? new Set<string>()
      : await auctions.takenOf(
          id,
          bids.map(({ _id }) => _id),
        );
  if (!taken) return 0;
  const clock = auction.test_clock === undefined ? undefined : await engine.describeClock(auction.test_clock);
  const lost = bids.filter(({ _id }) => !taken.has(_id));
  for (const { _id: operation, registrar, reservation } of lost) {
    await undoBidHold({ operation, registrar, livemode: auction.livemode, reservation, at: clock?.now ?? now() });
    await forgetBid(operation);
  }
  return lost.length;
}
