/** What the arbiter of a name keeps beyond its own run. */
import { ApplicationFailure } from '@temporalio/common';
import type { Claim } from '../rules/queue.ts';
import type { EngineDeps } from './deps.ts';

export interface Loaded {
  epoch: number;
  claims: Claim[];
  watchedRoid?: string;
}

export const arbiterActivities = ({ store }: EngineDeps) => ({
  /** What a run that begins from nothing must know: the open claims in their ordinals, and the registration they wait for. */
  async loadDomain(name: string): Promise<Loaded> {
    const { epoch, watchedRoid } = await store.beginRun(name);
    const claims = await store.openClaims(name);
    return { epoch, claims, ...(claims.length > 0 && watchedRoid !== null && { watchedRoid }) };
  },

  /** Whose a caught name is: the first award stands, whoever asks again. */
  async award(input: { catchId: string; winner: string }): Promise<{ winner: string }> {
    const winner = await store.settleAward(input.catchId, input.winner);
    if (winner === null) throw ApplicationFailure.nonRetryable('an award without a catch', 'InvariantViolation');
    return { winner };
  },
});
