/**
 * Whose a bid is that is written down and not published: the attempt's that wrote its `created` last, until somebody gives it up and sees
 * it off. Each of these is one conditional write, so that of any number of processes one has it.
 */
import { randomUUID } from 'node:crypto';
import { Bids, unsettledBids, type BidDoc } from './auctions.ts';

/** False: another attempt has taken it up since, it was given up, or its auction has published it. `at` is later than `created`. */
export async function renewBid({ _id, created }: Pick<BidDoc, '_id' | 'created'>, at: Date): Promise<boolean> {
  const own = { _id, seq: null, given_up: null, created };
  return (await Bids.updateOne(own, { $set: { created: at } })).matchedCount === 1;
}

/**
 * Takes it out of the hands of all attempts, to be seen off by whoever has the answer, a mark: asked after, its hold undone, and
 * forgotten. Also from one who had it before and may be no more. Undefined: since it was read it was taken up again, or published.
 */
export async function giveUpBid({
  _id,
  created,
  given_up,
}: Pick<BidDoc, '_id' | 'created' | 'given_up'>): Promise<string | undefined> {
  const mark = randomUUID();
  const given = await Bids.updateOne({ _id, seq: null, given_up, created }, { $set: { given_up: mark } });
  return given.matchedCount === 1 ? mark : undefined;
}

/** The same for the oldest of those of which nobody knows whether they were taken up. */
export async function giveUpBids(before: Date, limit: number): Promise<{ mark: string; bids: BidDoc[] }> {
  const mark = randomUUID();
  const old = await unsettledBids(before, limit);
  const these = { _id: { $in: old.map(({ _id }) => _id) }, seq: null };
  if (old.length === 0) return { mark, bids: [] };
  await Bids.updateMany({ ...these, created: { $lt: before } }, { $set: { given_up: mark } });
  return {
    mark,
    bids: await Bids.find({ ...these, given_up: mark })
      .sort({ created: 1 })
      .lean<BidDoc[]>(),
  };
}

/** It was refused, or never arrived, and nothing is held for it any more. Whoever lost the mark leaves it to who has it. */
export async function forgetBid(id: string, mark: string): Promise<void> {
  await Bids.deleteOne({ _id: id, seq: null, given_up: mark });
}

/** Those of these that their auction has published. */
export const publishedAmong = (ids: readonly string[]): Promise<string[]> =>
  Bids.distinct('_id', { _id: { $in: ids }, seq: { $ne: null } }).exec();
