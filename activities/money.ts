/** Money as workflows ask for it: by reservation, in batches, each operation once. Whose account it is the store knows. */
import { ApplicationFailure } from '@temporalio/common';
import pLimit from 'p-limit';
import type { Money } from '../rules/money.ts';
import { InvariantViolation } from '../store/event-hash.ts';
import type { Holder } from '../store/reservation-queries.ts';
import type { MoneyDeps } from './deps.ts';

export interface MoneyClaim {
  reservation: string;
  /** Unique in the whole ledger, made from what it is for; the same again changes nothing. */
  operation: string;
}

interface Batch<T> {
  claims: (MoneyClaim & T)[];
  /** The workflow's now, in epoch ms. */
  at: number;
}

export type Funding =
  | { reservation: string; kind: 'held' | 'insufficient' }
  | { reservation: string; kind: 'over_cap'; cap: 'per_name' | 'per_month' };

/** Accounts worked on at once; those of one account come in the order of the claims. */
const ACCOUNTS_AT_ONCE = 10;

/** Whose each claim is, and what is done for each, in the order of the claims. */
function claimants({ money }: MoneyDeps) {
  /** Answers in the order of the claims. Throws for a reservation that the store does not know. */
  async function each<C extends { reservation: string }, A>(
    claims: C[],
    act: (claim: C, holder: Omit<Holder, 'reservation'>) => Promise<A>,
  ): Promise<A[]> {
    const holders = await holdersOf(claims.map(({ reservation }) => reservation));
    const atOnce = pLimit(ACCOUNTS_AT_ONCE);
    const inAccount = new Map<string, ReturnType<typeof pLimit>>();
    const done = claims.map((claim) => {
      const { reservation: _, ...holder } = holders.get(claim.reservation) as Holder;
      const account = inAccount.get(holder.registrar) ?? pLimit(1);
      inAccount.set(holder.registrar, account);
      return account(() => atOnce(() => act(claim, holder)));
    });
    return Promise.all(done).catch(finalIfBroken);
  }

  async function holdersOf(reservations: string[]): Promise<Map<string, Holder>> {
    const found = new Map((await money.holdersOf(reservations)).map((holder) => [holder.reservation, holder]));
    if (!reservations.every((reservation) => found.has(reservation)))
      throw ApplicationFailure.nonRetryable('the store does not know this reservation', 'reservation_unknown');
    return found;
  }

  return { each, holdersOf };
}

export const moneyActivities = (deps: MoneyDeps) => {
  const { money } = deps;
  const { each, holdersOf } = claimants(deps);
  return {
    /** Those that would not be held, if all were held now in this order. Changes nothing. */
    async checkFunds({ claims, at }: { claims: { reservation: string; amount: Money }[]; at: number }): Promise<{
      unfunded: string[];
    }> {
      const holders = await holdersOf(claims.map(({ reservation }) => reservation));
      const wanted = claims.map((claim) => ({ ...(holders.get(claim.reservation) as Holder), ...claim }));
      const funded = await money.isFunded(wanted, at).catch(finalIfBroken);
      return { unfunded: claims.filter((_, index) => !funded[index]).map(({ reservation }) => reservation) };
    },

    /** Holds exactly `amount` for each, in this order. */
    async fundClaims({ claims, at }: Batch<{ amount: Money; auction?: string }>): Promise<{ answers: Funding[] }> {
      const answers = await each(claims, async (claim, { owner: _, ...account }): Promise<Funding> => {
        const answer = await money.holdFor({ ...account, ...claim, at });
        if (answer.kind === 'over_cap') return { reservation: claim.reservation, kind: 'over_cap', cap: answer.cap };
        return { reservation: claim.reservation, kind: answer.kind === 'held' ? 'held' : 'insufficient' };
      });
      return { answers };
    },

    async releaseClaims({ claims, at }: Batch<{ reason: string }>): Promise<void> {
      await each(claims, (claim, { owner: _, ...account }) => money.releaseHold({ ...account, ...claim, at }));
    },

    /** Ends the hold and takes `amount`; what was held beyond is free again. */
    async captureAward({ claims, at }: Batch<{ amount: Money; auction?: string }>): Promise<{
      answers: { reservation: string; kind: 'captured' | 'insufficient' }[];
    }> {
      const answers = await each(claims, async (claim, { owner: _, ...account }) => {
        const { kind } = await money.captureHold({ ...account, ...claim, at });
        return { reservation: claim.reservation, kind };
      });
      return { answers };
    },

    /** Releases what is held, charges the fee (0: none) and notes a strike; answers the strikes' ids. */
    async chargeDefault({ claims, at }: Batch<{ amount: Money; reason: string; auction?: string }>): Promise<{
      strikes: string[];
    }> {
      const strikes = await each(claims, async ({ amount, ...claim }, { owner, ...account }) => {
        const { operation } = claim;
        await money.releaseHold({ ...account, ...claim, operation: `${operation}:release`, at });
        if (amount.amount > 0)
          await money.chargeFee({ ...account, ...claim, operation: `${operation}:fee`, amount, at });
        const { name: _, ...key } = account;
        return money.addStrike({ ...key, owner, ...claim, at });
      });
      return { strikes };
    },

    /** `settles`: the operation of the capture. What was given back before is not given back again. */
    async giveBackAward({ claims, at }: Batch<{ amount: Money; settles: string; reason: string }>): Promise<void> {
      await each(claims, (claim, { owner: _, ...account }) => money.giveBack({ ...account, ...claim, at }));
    },

    /** Those of the reservations that strikes keep from bidding. */
    async blockedClaims({ reservations, at }: { reservations: string[]; at: number }): Promise<{ blocked: string[] }> {
      const claims = reservations.map((reservation) => ({ reservation }));
      const blocked = await each(claims, (_, { name: _name, ...keys }) => money.isBlocked(keys, at));
      return { blocked: reservations.filter((_, index) => blocked[index]) };
    },
  };
};

/** What must always hold and does not waits for support: no further attempt would mend it. */
export function finalIfBroken(error: unknown): never {
  if (!(error instanceof InvariantViolation)) throw error;
  throw ApplicationFailure.nonRetryable('the ledger would not add up', error.name);
}
