/** What an auction will send through Temporal, in little: a budget in the input, maxima in updates, state carried on, and a refusal with details. */
import {
  ApplicationFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineUpdate,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';

interface Money {
  amount: number;
  currency: string;
}

export interface BidsInput {
  domain: string;
  budget: Money;
  carried?: { maxima: Money[] };
}

export interface BidsActivities {
  weigh(bid: { max: Money; budget: Money }): Promise<{ maximum: Money; within: boolean }>;
}

export const bidUpdate = defineUpdate<{ max: Money; bids: number }, [{ max: Money }]>('bid');
export const maximaQuery = defineQuery<{ domain: string; maxima: Money[] }>('maxima');

const { weigh } = proxyActivities<BidsActivities>({ startToCloseTimeout: '10s' });

/** Takes one bid a run; ends after the second. */
export async function bids({ domain, budget, carried }: BidsInput): Promise<{ domain: string; maximum: Money | null }> {
  const maxima = [...(carried?.maxima ?? [])];
  const before = maxima.length;
  setHandler(maximaQuery, () => ({ domain, maxima }));
  setHandler(bidUpdate, async ({ max }) => {
    const { within, maximum } = await weigh({ max, budget });
    if (!within)
      throw ApplicationFailure.create({
        message: 'over the budget',
        type: 'over_budget',
        nonRetryable: true,
        details: [{ budget }],
      });
    maxima.push(maximum);
    return { max, bids: maxima.length };
  });
  await condition(() => maxima.length > before);
  if (maxima.length < 2) await continueAsNew<typeof bids>({ domain, budget, carried: { maxima } });
  return { domain, maximum: maxima.at(-1) ?? null };
}
