/** Bids that were written down and never answered, after a crash or an outage: the auction knows whether it took them up. */
import type { BidDoc } from '../store/auctions.ts';
import { giveUpBids } from '../store/bid-attempts.ts';
import { GIVEN_UP_AFTER_MS, settleGivenUp, type SettlingDeps } from './giving-up.ts';

const BATCH = 200;

/**
 * Answers how many were undone. Those that were taken up the auction publishes by itself. Given up before they are asked after: who repeats
 * such a bid meanwhile finds that out, and is not undone under its hands.
 */
export async function sweepBids(deps: SettlingDeps): Promise<number> {
  const { mark, bids } = await giveUpBids(new Date(deps.now() - 3 * GIVEN_UP_AFTER_MS), BATCH);
  const byAuction = new Map<string, BidDoc[]>();
  for (const bid of bids) byAuction.set(bid.auction, [...(byAuction.get(bid.auction) ?? []), bid]);
  let undone = 0;
  for (const [auction, those] of byAuction) {
    const taken = await settleGivenUp(deps, auction, those, mark);
    if (taken) undone += those.length - taken.size;
  }
  return undone;
}
