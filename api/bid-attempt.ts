/**
 * A bid as one attempt has it. A request that is repeated takes up its own bid again, and with that takes it from the attempt before;
 * what was given up meanwhile it sees off itself, and bids by another id.
 */
import type { Terms } from '../rules/ledger.ts';
import type { Money } from '../rules/money.ts';
import {
  findBid,
  intendBid,
  type AuctionDoc,
  type BidDoc,
  type BidIntent,
  type EntrantDoc,
} from '../store/auctions.ts';
import { forgetBid, giveUpBid, renewBid } from '../store/bid-attempts.ts';
import { findEntry } from '../store/ledger-entries.ts';
import type { RouteDeps } from './deps.ts';
import { settleGivenUp } from './giving-up.ts';
import { requestedId } from './ids.ts';
import { problem, type Problem } from './problems.ts';
import { EngineUnavailable } from './temporal.ts';

export interface AskedBid {
  id: string;
  auction: AuctionDoc;
  entrant: EntrantDoc;
  max: Money;
  /** What the registrar may spend. */
  terms: Terms;
}

/** A bid as an attempt has it. */
export interface Written extends Pick<BidDoc, '_id' | 'created'> {
  /** Nobody tried it before, so nothing of it was ever sent. */
  isNew: boolean;
  /** It is known to have been taken up: the auction is asked for its answer, and nothing is held or undone. */
  isTaken: boolean;
}

/** An id whose hold was undone is spent, and was never taken up: who repeats the request bids by the next one, the same whoever works it out. */
export const again = ({ secret }: RouteDeps, asked: AskedBid): AskedBid => ({
  ...asked,
  id: requestedId('bid', secret, ['again'], asked.id),
});

/** Without any trace of it in the store no attempt came so far as to send it, by this id or by one that followed. */
export const wasAskedBefore = async (id: string): Promise<boolean> =>
  (await findBid(id)) !== null || (await findEntry(id)) !== null;

/** From here on it is this attempt's. */
export async function writeDown(deps: RouteDeps, asked: AskedBid): Promise<Written | Problem> {
  const { id, auction } = asked;
  const now = deps.now();
  const before = await intendBid(intentOf(asked, new Date(now)));
  if (before === 'new') return { _id: id, created: new Date(now), isNew: true, isTaken: false };
  if (!isSame(before, asked)) return problem('idempotency_key_reused');
  const known = { _id: id, created: before.created, isNew: false, isTaken: true };
  if (before.seq !== null) return known;
  if (before.given_up === null) {
    const created = new Date(Math.max(now, before.created.getTime() + 1));
    return (await renewBid(before, created)) ? { ...known, created, isTaken: false } : writeDown(deps, asked);
  }
  const mark = await giveUpBid(before);
  if (mark === undefined) return writeDown(deps, asked);
  const taken = await settleGivenUp(deps, auction._id, [before], mark);
  if (!taken) throw new EngineUnavailable('nobody tells what came of this bid');
  return taken.has(id) ? known : writeDown(deps, again(deps, asked));
}

const intentOf = ({ id, auction, entrant, max }: AskedBid, created: Date): BidIntent => ({
  _id: id,
  auction: auction._id,
  ...entrant,
  max: max.amount,
  created,
});

const isSame = (written: BidDoc, { auction, entrant, max }: AskedBid): boolean =>
  written.auction === auction._id && written.reservation === entrant.reservation && written.max === max.amount;

/** Nothing is held for it, or no more once `undoHold` has run. False: another attempt has it by now, or whoever gave it up; it is theirs. */
export async function seeOff({ _id, created }: Written, undoHold?: () => Promise<void>): Promise<boolean> {
  const mark = await giveUpBid({ _id, created, given_up: null });
  if (mark === undefined) return false;
  await undoHold?.();
  await forgetBid(_id, mark);
  return true;
}
