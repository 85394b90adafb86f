/** What an award must know of those who reserved, and what is kept of it. */
import type { AwardDecision, AwardFacts, AwardTerms } from '../rules/award.ts';
import { DEFAULT_AUCTION_POLICY, type AuctionPolicy } from '../rules/bidding.ts';
import type { Money } from '../rules/money.ts';
import type { Award } from '../rules/tlds.ts';
import { tiesOf, type ReservationDoc } from '../store/reservations.ts';
import type { EngineDeps } from './deps.ts';
import { finalIfBroken } from './money.ts';

/** What whoever reserved asked for. */
export interface Wish {
  reservation: string;
  /** Its registrar's own rule; null: that of the TLD. */
  rule: Award | null;
  /** An award is to be an offer first. */
  asks: boolean;
  /** Its budget is to be bid for it. */
  bidsBudget: boolean;
  budget: Money;
}

interface BudgetsInput {
  claims: { reservation: string; operation: string }[];
  auction: string;
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
  awardRuleOf,
}: Pick<EngineDeps, 'store' | 'money' | 'awardRuleOf'>) => ({
  /** As they are now: what is amended later counts later. */
  async wishesOf({ reservations }: { reservations: string[] }): Promise<{ wishes: Wish[] }> {
    const docs = await store.findReservations(reservations);
    const registrars = [...new Set(docs.map(({ registrar }) => registrar))];
    const rules = new Map(await Promise.all(registrars.map(async (one) => [one, await awardRuleOf(one)] as const)));
    return { wishes: docs.map((doc) => wishOf(doc, rules.get(doc.registrar) ?? null)) };
  },

  /**
   * Holds the budgets of those who want theirs bid; what is not there is not bid. Read here, so that no history tells an amount that
   * is not sealed.
   */
  async holdBudgets({ claims, auction, at }: BudgetsInput): Promise<{
    policy: AuctionPolicy;
    proxies: { reservation: string; proxyMax: number }[];
  }> {
    const docs = await store.findReservations(claims.map(({ reservation }) => reservation));
    const proxies: { reservation: string; proxyMax: number }[] = [];
    for (const { _id: reservation, registrar, livemode, domain, budget, bidding } of docs) {
      const claim = claims.find((one) => one.reservation === reservation);
      if (!claim || bidding !== 'up_to_budget') continue;
      const { operation } = claim;
      const hold = { operation, registrar, livemode, reservation, name: domain.name, amount: budget, auction, at };
      const { kind } = await money.holdFor(hold).catch(finalIfBroken);
      if (kind === 'held') proxies.push({ reservation, proxyMax: budget.amount });
    }
    return { policy: DEFAULT_AUCTION_POLICY, proxies };
  },

  /** Which of the others are the same customer's, by its registrar's word, e-mail or registrant. */
  async tiedTo({ reservation, among }: { reservation: string; among: string[] }): Promise<{ tied: string[] }> {
    const [doc, others] = await Promise.all([store.findReservation(reservation), store.findReservations(among)]);
    const ties = new Set(doc ? tiesOf(doc) : []);
    return { tied: others.filter((other) => tiesOf(other).some((tie) => ties.has(tie))).map(({ _id }) => _id) };
  },

  async recordDecision({ catchId, name, livemode, step, at, setBy, facts, decision }: DecisionInput): Promise<void> {
    await store.recordDecision({ _id: catchId, name, livemode }, { ...decision, step, at, setBy, facts });
  },
});

const wishOf = ({ _id, acceptance, bidding, budget }: ReservationDoc, rule: Award | null): Wish => ({
  reservation: _id,
  rule,
  asks: acceptance === 'ask',
  bidsBudget: bidding === 'up_to_budget',
  budget,
});
