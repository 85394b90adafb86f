/** Whether what is held for a reservation is what it is for: its list price, or its highest bid that stands; never more than its budget. */
import type { LedgerFinding } from './ledger-check.ts';

/** What the rest of the store says of a reservation for which something is held; amounts in minor units. */
export interface HeldFor {
  open: boolean;
  stage: string | null;
  budget: number;
  /** Undefined: nobody knows any more. */
  listPrice: number | undefined;
  /** Maxima that its auction took up. */
  taken: readonly number[];
  /** Maxima of bids under way: each may be held for already, and may still be refused. */
  pending: readonly number[];
}

/** `claim` is undefined where the reservation is not in the store. */
export function amissIn(held: number, claim: HeldFor | undefined): LedgerFinding['what'] | undefined {
  if (!claim) return 'unowned';
  const { open, stage, budget, listPrice, taken, pending } = claim;
  if (!open) return 'unsettled';
  if (held > budget) return 'over_budget';
  if (stage === 'registered') return 'not_due';
  if (listPrice === undefined) return undefined;
  const due = Math.max(listPrice, ...taken);
  return held === due || (held > due && pending.includes(held)) ? undefined : 'unaccounted';
}
