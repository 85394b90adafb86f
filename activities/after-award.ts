/** What the arbiter does about an award once it was paid: watch it while it can be taken back, and give back what was paid for one that was. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import {
  awardOperation,
  findingOf,
  findingOfLost,
  type AwardEnd,
  type Awarded,
  type Finding,
} from '../rules/after-award.ts';
import type { Money } from '../rules/money.ts';
import type { AwardWatch, NewWatch, Unclaimed } from '../store/domains.ts';
import type { EngineDeps } from './deps.ts';
import { moneyActivities } from './money.ts';
import { registryFor } from './registry.ts';

export interface AskedAward {
  catchId: string;
  name: string;
  tld: string;
  /** What tells the registration that was caught from any other. */
  identity?: string;
  missingSince?: number;
  /** The test clock's now; real time where absent. */
  now?: number;
}

export interface TakenBackAward {
  catchId: string;
  reservation: string;
  price: Money;
  at: number;
}

const POLL_MS = 6 * 3_600_000;

export const afterAwardActivities = (deps: Pick<EngineDeps, 'store' | 'money' | 'registryOf'>) => ({
  /** Answers the watch that was begun first. */
  async beginWatch({ catchId, ...watch }: NewWatch & { catchId: string }): Promise<AwardWatch> {
    const begun = await deps.store.beginWatch(catchId, watch);
    if (!begun) throw ApplicationFailure.nonRetryable('an award without a catch', 'InvariantViolation');
    return begun;
  },

  /** Whose the registry says the name is. Throws while the registry is out of reach. */
  askOfAward: (input: AskedAward): Promise<Finding> => ask(deps, input, 'look'),

  /** The name was registered anew, so that the award before it is over. */
  async askOfEarlier({ catchId }: { catchId: string }): Promise<Finding> {
    return findingOfLost(await knownOf(deps, catchId), { why: 'other_registration' });
  },

  /** Returns when the registry says something to act on; "unchanged" is thrown, and names when to ask again. */
  async pollAward(input: AskedAward): Promise<Finding> {
    const found = await ask(deps, input, 'lookInTurn');
    const isNews = found.kind !== 'untold' && (found.kind !== 'missing' || input.missingSince === undefined);
    if (isNews && found.kind !== 'stands') return found;
    throw ApplicationFailure.create({
      type: 'unchanged',
      message: found.kind === 'stands' ? 'Still the winner’s.' : 'The registry does not tell.',
      nextRetryDelay: POLL_MS,
      category: ApplicationFailureCategory.BENIGN,
    });
  },

  /** What was paid is there again before anybody is told; done once. */
  async takeBackAward({ catchId, reservation, price, at }: TakenBackAward): Promise<void> {
    const settles = awardOperation(catchId, reservation);
    const operation = `take_back:${catchId}:${reservation}`;
    const claim = { reservation, operation, settles, amount: price, reason: 'taken_back_by_registry' };
    await moneyActivities(deps).giveBackAward({ claims: [claim], at });
  },

  endWatch: ({ catchId, ended }: { catchId: string; ended: AwardEnd }): Promise<void> =>
    deps.store.endWatch(catchId, ended),

  noteUnclaimed: ({ catchId, ...unclaimed }: Unclaimed & { catchId: string }): Promise<void> =>
    deps.store.noteUnclaimed(catchId, unclaimed),
});

async function ask(
  deps: Pick<EngineDeps, 'store' | 'registryOf'>,
  { catchId, name, tld, identity, missingSince, now: clockNow }: AskedAward,
  how: 'look' | 'lookInTurn',
): Promise<Finding> {
  const { gateway, owns } = registryFor(deps, tld);
  const now = clockNow ?? Context.current().info.currentAttemptScheduledTimestampMs;
  const answer = await gateway[how](name);
  // Read after the registry has answered: whoever was shown it may have used it since.
  const known = await knownOf(deps, catchId);
  return findingOf(
    answer,
    {
      owns,
      ...known,
      ...(identity !== undefined && { identity }),
      ...(missingSince !== undefined && { missingSince }),
    },
    now,
  );
}

async function knownOf(
  { store }: Pick<EngineDeps, 'store'>,
  catchId: string,
): Promise<Pick<Awarded, 'authInfoShown' | 'before'>> {
  const doc = await store.findCatch(catchId);
  const before = doc?.roid_before ?? undefined;
  return { authInfoShown: Boolean(doc?.auth_info?.shown), ...(before !== undefined && { before }) };
}
