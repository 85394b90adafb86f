/** What an award must know of those who reserved, and what is kept of it. */
import { ApplicationFailure } from '@temporalio/common';
import { awardOf, ownVersion, withOwn } from '../registry/policies/award.ts';
import { tiesOf, type AwardDecision, type AwardFacts, type AwardTerms, type VersionedAward } from '../rules/award.ts';
import type { Money } from '../rules/money.ts';
import type { EngineDeps } from './deps.ts';
import { finalIfBroken, moneyActivities, type MoneyClaim } from './money.ts';

interface BudgetsInput {
  claims: { reservation: string; operation: string }[];
  auction: string;
  at: number;
}

/** A budget that was to be bid and is not. */
export interface Unheld {
  reservation: string;
  why: 'insufficient' | 'over_cap';
}

export interface AwardPayment extends MoneyClaim {
  catchId: string;
  amount: Money;
  at: number;
}

export interface DecisionInput {
  catchId: string;
  name: string;
  livemode: boolean;
  step: number;
  at: number;
  setBy: AwardTerms['setBy'];
  facts: AwardFacts;
  decision: AwardDecision;
}

export const awardActivities = ({
  store,
  money,
  ownAwardOf,
  settingsOf,
  policyOf,
}: Pick<EngineDeps, 'store' | 'money' | 'ownAwardOf' | 'settingsOf' | 'policyOf'>) => ({
  /** By what the name is awarded, and what each registrar of these has of its own; null: nothing. */
  async awardPolicies({ name, tld, reservations }: { name: string; tld: string; reservations: string[] }): Promise<{
    tld: VersionedAward;
    owns: (VersionedAward | null)[];
  }> {
    const { policy: livesBy = tld, own } = await settingsOf(name);
    const policy = policyOf(livesBy);
    if (!policy) throw ApplicationFailure.nonRetryable('no policy for this TLD', 'tld_not_supported');
    const house = withOwn(awardOf(policy), own);
    const docs = await store.findReservations(reservations);
    const registrars = await Promise.all([...new Set(docs.map(({ registrar }) => registrar))].map(ownAwardOf));
    return {
      tld: house,
      owns: registrars.map((one) => (one && ownVersion(one) !== null ? withOwn(house, one) : null)),
    };
  },

  /**
   * Holds the budgets of those who want theirs bid; what is not there is not bid, and why is answered. Read here, so that no history
   * tells an amount that is not sealed.
   */
  async holdBudgets({ claims, auction, at }: BudgetsInput): Promise<{
    proxies: { reservation: string; proxyMax: number }[];
    unheld: Unheld[];
  }> {
    const docs = await store.findReservations(claims.map(({ reservation }) => reservation));
    const proxies: { reservation: string; proxyMax: number }[] = [];
    const unheld: Unheld[] = [];
    for (const { _id: reservation, registrar, livemode, domain, budget, bidding } of docs) {
      const claim = claims.find((one) => one.reservation === reservation);
      if (!claim || bidding !== 'up_to_budget') continue;
      const { operation } = claim;
      const hold = { operation, registrar, livemode, reservation, name: domain.name, amount: budget, auction, at };
      const { kind } = await money.holdFor(hold).catch(finalIfBroken);
      if (kind === 'held') proxies.push({ reservation, proxyMax: budget.amount });
      else unheld.push({ reservation, why: kind === 'over_cap' ? kind : 'insufficient' });
    }
    return { proxies, unheld };
  },

  /** Which of the others are the same customer's, by its registrar's word, e-mail or registrant. */
  async tiedTo({ reservation, among }: { reservation: string; among: string[] }): Promise<{ tied: string[] }> {
    const [doc, others] = await Promise.all([store.findReservation(reservation), store.findReservations(among)]);
    const ties = new Set(doc ? tiesOf(doc) : []);
    return { tied: others.filter((other) => tiesOf(other).some((tie) => ties.has(tie))).map(({ _id }) => _id) };
  },

  /** Answers whether whoever is to have it wants to be asked first. */
  async recordDecision({ catchId, name, livemode, step, at, setBy, facts, decision }: DecisionInput): Promise<{
    asks: boolean;
  }> {
    await store.recordDecision({ _id: catchId, name, livemode }, { ...decision, step, at, setBy, facts });
    const { verdict } = decision;
    const winner = verdict.kind === 'take' ? await store.findReservation(verdict.winner) : null;
    return { asks: winner?.acceptance === 'ask' };
  },

  /**
   * Takes the price from what is held, and the name is whoever paid's for good. An arbiter that was terminated may have settled it for
   * another: nobody is told that it is theirs before support has looked.
   */
  async payAward({ catchId, at, ...claim }: AwardPayment): Promise<{ paid: boolean }> {
    const elsewhere = () =>
      ApplicationFailure.nonRetryable('awarded to another before, or never caught', 'InvariantViolation');
    const before = await store.findCatch(catchId);
    // Asked before anything is taken: what was paid for nothing would have to be given back.
    if (!before || (before.awarded_to ?? claim.reservation) !== claim.reservation) throw elsewhere();
    const { answers } = await moneyActivities({ money }).captureAward({ claims: [claim], at });
    if (!answers.some(({ kind }) => kind === 'captured')) return { paid: false };
    if ((await store.settleAward(catchId, claim.reservation)) !== claim.reservation) throw elsewhere();
    return { paid: true };
  },
});
