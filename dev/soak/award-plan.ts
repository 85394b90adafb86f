/** The award's part of the plan: by which terms each name is awarded, who bids what, who answers an offer how, and whose money comes and goes. */
import type { Dice } from './dice.ts';

/** Its credit is small, and is cut and given back while it bids. */
export const POOR = 2;
export const SMALL_CREDIT = 100_000;
const DAY_S = 86_400;

/** One bid to come, measured at what the auction then asks for: `over` its next minimum, or the own maximum of who leads. */
export interface PlannedBid {
  over: number;
  /** So many looks at the open auction after the bid before. */
  afterLooks: number;
  /** Sent twice at once, as a program does that lost patience. */
  twice: boolean;
}

export interface AwardWish {
  budget: number;
  bidding: 'manual' | 'up_to_budget';
  acceptance: 'automatic' | 'ask';
  bids: PlannedBid[];
  /** To an offer; `lapse`: none. */
  answer: 'accept' | 'decline' | 'lapse';
}

/** The sandbox's settings of one name. On a clock everything is long enough for a leap of time to end in the middle of it. */
export function awardTerms(dice: Dice, onClock: boolean): Record<string, unknown> {
  const seconds = (days: readonly [number, number], real: readonly [number, number]) =>
    onClock ? dice.between(...days) * DAY_S : dice.between(...real);
  const auction = {
    duration_s: seconds([15, 29], [12, 25]),
    soft_close_s: seconds([0, 1], [0, 3]),
    max_extensions: dice.between(0, 4),
    closing_s: seconds([1, 3], [1, 5]),
  };
  const terms = { auction, offer_s: seconds([3, 10], [4, 9]), payment_s: seconds([3, 10], [4, 9]) };
  return dice.percent(25) ? { ...terms, award: 'in_order' } : terms;
}

export function awardWish(dice: Dice): AwardWish {
  const bids = Array.from({ length: dice.between(0, 5) }, () => plannedBid(dice));
  return {
    budget: dice.between(100, 1_500) * 100,
    bidding: dice.percent(15) ? 'up_to_budget' : 'manual',
    acceptance: dice.percent(30) ? 'ask' : 'automatic',
    bids,
    answer: dice.weighed([
      [60, 'accept'],
      [25, 'decline'],
      [15, 'lapse'],
    ] as const),
  };
}

const plannedBid = (dice: Dice): PlannedBid => ({
  over: dice.weighed<() => number>([
    [84, () => dice.between(0, 5_000)],
    [10, () => -dice.between(100, 3_000)],
    [6, () => 200_000],
  ])(),
  afterLooks: dice.between(0, 3),
  twice: dice.percent(20),
});

export type MoneyAct = { do: 'credit' | 'deposit'; registrar: number; amount: number; atMs: number };

/** Credit that is cut while it is counted on, and given back or made up for by a deposit, perhaps too late. */
export const moneyActs = (dice: Dice, durationMs: number): MoneyAct[] =>
  Array.from({ length: 6 }, (_, i): MoneyAct[] => {
    const atMs = (durationMs * (i + 1 + dice.between(0, 5) / 10)) / 7;
    const backAtMs = atMs + dice.between(8_000, 16_000);
    const back = dice.percent(50)
      ? { do: 'credit' as const, amount: SMALL_CREDIT }
      : { do: 'deposit' as const, amount: dice.between(100, 500) * 100 };
    return [
      { do: 'credit', registrar: POOR, amount: 0, atMs },
      { ...back, registrar: POOR, atMs: backAtMs },
    ];
  }).flat();
