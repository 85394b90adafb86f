/**
 * When the money for a name must be there: a claim without it is told 7 days, 1 day and 6 hours before the drop, it is held from 6 hours
 * before, and whose money is not held at the cut-off is passed over. Instants in epoch ms.
 */
import { isLeaving } from './stage.ts';
import { isLastStage, type Sight } from './watch.ts';

const HOUR_MS = 3_600_000;
const WEEK_MS = 168 * HOUR_MS;

export const FUNDS_HOURS = [168, 24, 6] as const;

/** A mark holds from so many hours before the drop until the next one, the last until the drop. */
export interface FundsMark {
  dropAt: number;
  hours: (typeof FUNDS_HOURS)[number];
}

type Leaving = Pick<Sight, 'stage' | 'last' | 'drop'>;

/**
 * The drop that money is wanted for; undefined while the name is not on its way there. What grace says of it is a guess that the weeks of
 * redemption still put off, unless it was published.
 */
export function dropToFund(sight: Leaving): number | undefined {
  const { stage, drop } = sight;
  const isGuess = stage === 'auto_renew_grace' && drop?.confidence !== 'published';
  return isLastStage(sight) || (isLeaving(stage) && !isGuess) ? drop?.earliest : undefined;
}

/** The mark that holds now; undefined before the first. */
export function fundsMarkAt(dropAt: number, now: number): FundsMark | undefined {
  const hours = FUNDS_HOURS.findLast((candidate) => dropAt - candidate * HOUR_MS <= now);
  return hours === undefined ? undefined : { dropAt, hours };
}

/** When the next mark begins; undefined after the last. */
export const nextFundsMark = (dropAt: number, now: number): number | undefined =>
  FUNDS_HOURS.map((hours) => dropAt - hours * HOUR_MS).find((at) => at > now);

/** Has whoever owns the claim heard of this already, or of a later one? A drop put off by a week begins anew. */
export const isNewFundsMark = (mark: FundsMark, told: FundsMark | undefined): boolean =>
  told === undefined || mark.hours < told.hours || mark.dropAt - told.dropAt >= WEEK_MS;

/** From here money is held: only for a drop that is certain to come. */
export const holdsFrom = (sight: Leaving): number | undefined =>
  isLastStage(sight) && sight.drop ? sight.drop.earliest - 6 * HOUR_MS : undefined;
