/**
 * What is held for one reservation. Bids of one reservation may be under way at once and end in any order, so a bid never sets the
 * hold: it adds to what is remembered, and the hold is the most of all. A bid is never withdrawn, so a smaller one than what was
 * held for good need not be remembered.
 */

export interface BidHold {
  bid: string;
  amount: number;
}

/** `operation` made it what it is. `base` is held for good; of `bids` any may still turn out to have been refused. */
export interface Hold {
  operation: string;
  amount: number;
  base: number;
  bids: BidHold[];
}

/** Bids of one reservation that are remembered; beyond, the smallest counts as held for good: rather too much held than too little. */
export const MAX_BIDS_REMEMBERED = 100;

function madeOf(operation: string, base: number, bids: BidHold[]): Hold {
  const above = bids.filter(({ amount }) => amount > base).toSorted((a, b) => b.amount - a.amount);
  const folded = above[MAX_BIDS_REMEMBERED];
  if (folded) return madeOf(operation, folded.amount, above);
  return { operation, base, bids: above, amount: above[0]?.amount ?? base };
}

/** Exactly this much, whatever bids there were. */
export const heldExactly = (operation: string, amount: number): Hold => madeOf(operation, amount, []);

/**
 * What is held for good. `standing`, the maximum the auction is known to have taken of this reservation, is a part of that only as long as
 * anything is: after the reservation's end it was let go with the rest, and a bid that came too late must not bring it back.
 */
const forGood = (base: number, standing: number): number => (base === 0 ? 0 : Math.max(base, standing));

export function withBid(before: Hold | null, { bid, amount }: BidHold, standing = 0): Hold {
  const others = (before?.bids ?? []).filter((one) => one.bid !== bid);
  return madeOf(bid, forGood(before?.base ?? 0, standing), [...others, { bid, amount }]);
}

/** Undefined: that bid is not remembered, nothing changes. It never holds more than before. */
export function withoutBid(before: Hold, bid: string, operation: string, standing = 0): Hold | undefined {
  if (!before.bids.some((one) => one.bid === bid)) return undefined;
  const others = before.bids.filter((one) => one.bid !== bid);
  return madeOf(operation, forGood(before.base, Math.min(standing, before.amount)), others);
}
