/** Whose a caught name is. `in_order`: the earliest claim that can take it. Nobody passes an earlier claim without a stated reason. */
import type { Claim } from './queue.ts';

export interface AwardDecision {
  policy: 'in_order';
  winner: string | undefined;
  /** Every claim considered, in order, with the reason it did or did not get the name. */
  considered: { reservation: string; ordinal: number; reason: 'first_in_order' | 'behind_in_order' | 'dry_run' }[];
}

const inOrder = (claims: Claim[]): Claim[] => claims.toSorted((a, b) => a.ordinal - b.ordinal);

/** The claim a catch is made for: undefined means that no create may be sent. */
export const firstInOrder = (claims: Claim[]): Claim | undefined => inOrder(claims).find((claim) => !claim.dryRun);

export function awardInOrder(claims: Claim[]): AwardDecision {
  const winner = firstInOrder(claims)?.reservation;
  const reasonOf = (claim: Claim) =>
    claim.dryRun ? 'dry_run' : claim.reservation === winner ? 'first_in_order' : 'behind_in_order';
  return {
    policy: 'in_order',
    winner,
    considered: inOrder(claims).map((claim) => ({
      reservation: claim.reservation,
      ordinal: claim.ordinal,
      reason: reasonOf(claim),
    })),
  };
}
