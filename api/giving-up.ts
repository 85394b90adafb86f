/**
 * Bids that no attempt takes up any more: whoever holds the mark asks the auction, and undoes what is held for those it has not taken.
 * Nothing of them is under way by then. Each message of a bid ends with the attempt that sent it (`givenUpAt`), and a bid is given up
 * by its last attempt, or long after that one ended: what the auction says now it will say for good.
 */
import { findAuction, type AuctionDoc, type BidDoc } from '../store/auctions.ts';
import { forgetBid, publishedAmong } from '../store/bid-attempts.ts';
import { undoBidHold } from '../store/ledger.ts';
import type { RouteDeps } from './deps.ts';

/** From the instant an attempt writes a bid down; the sweep looks at none that is younger than this three times over. */
export const GIVEN_UP_AFTER_MS = 20_000;

export type SettlingDeps = Pick<RouteDeps, 'auctions' | 'engine' | 'now'>;

/** Those that were taken up; the others are gone, and nothing is held for them. Undefined: nobody could say, and nothing was done. */
export async function settleGivenUp(
  deps: SettlingDeps,
  id: string,
  bids: readonly BidDoc[],
  mark: string,
): Promise<Set<string> | undefined> {
  const auction = await findAuction(id);
  if (!auction) return undefined;
  const ids = bids.map(({ _id }) => _id);
  const taken = await takenAmong(deps, auction, ids);
  if (!taken) return undefined;
  const { test_clock: clock, livemode } = auction;
  const at = (clock === undefined ? undefined : await deps.engine.describeClock(clock))?.now ?? deps.now();
  for (const { _id: operation, registrar, reservation } of bids) {
    if (taken.has(operation)) continue;
    await undoBidHold({ operation, registrar, livemode, reservation, at });
    await forgetBid(operation, mark);
  }
  return taken;
}

/**
 * One that has closed published every bid it took up before it said so: read only after that. Of one that Temporal knows no more, that is all
 * there is left.
 */
async function takenAmong(
  { auctions }: SettlingDeps,
  { _id, status }: AuctionDoc,
  ids: string[],
): Promise<Set<string> | undefined> {
  const said = status === 'closed' ? 'gone' : await auctions.takenOf(_id, ids);
  return said === 'gone' ? new Set(await publishedAmong(ids)) : said;
}
