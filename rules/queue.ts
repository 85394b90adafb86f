/**
 * The queue of a name. The order in which joins were recorded is the order of claims; an ordinal is given once and
 * never again, so nobody passes an earlier claim unless that one left. Position and competitors are computed when read.
 */
import type { RegistryAnswer, Stage } from './stage.ts';

export interface Claim {
  reservation: string;
  ordinal: number;
  /** HMAC of (registrar, customer): tells the same person without naming one. */
  owner: string;
  onRenewal: 'keep_waiting' | 'close';
  /** Counts the changes the customer made; absent before the first. */
  amendment?: number;
  /** Epoch ms; the claim is missed when this passes without a drop. */
  waitUntil?: number;
  /** Watches and learns like any claim, but is never caught for and counts for nobody. */
  dryRun: boolean;
}

export interface Join extends Omit<Claim, 'ordinal'> {
  /** Set where a reloaded claim brings the ordinal it was given before. */
  ordinal?: number;
}

export const REFUSALS = [
  'domain_available',
  'already_ours',
  'reserved_by_registry',
  'no_race',
  'premium',
  'queue_full',
  'past_cutoff',
  'already_reserved',
] as const;
export type JoinRefusal = (typeof REFUSALS)[number];

export type Admission =
  | { kind: 'admitted'; claims: Claim[]; claim: Claim }
  | { kind: 'known'; claim: Claim }
  | { kind: 'refused'; code: JoinRefusal; reservation?: string };

export interface AdmissionFacts {
  now: number;
  answer: RegistryAnswer;
  stage: Stage;
  /** Joins close here; undefined while no drop is in sight. */
  cutoffAt?: number;
  nextOrdinal: number;
  /** A name withheld from creates is given away by the registry itself. */
  someWithoutRace?: boolean;
}

export const MAX_CLAIMS_PER_NAME = 1_000;

/**
 * Joining twice is joining once. The same owner holds one claim a name. A claim that returns after its arbiter was lost was
 * admitted before: it takes its old place whatever the registry says by now.
 */
export function admit(claims: Claim[], join: Join, facts: AdmissionFacts): Admission {
  const known = claims.find((claim) => claim.reservation === join.reservation);
  if (known) return { kind: 'known', claim: known };
  if (join.ordinal !== undefined && !claims.some((claim) => claim.ordinal === join.ordinal))
    return admitted(claims, join, join.ordinal);
  const same = claims.find((claim) => claim.owner === join.owner);
  if (same) return { kind: 'refused', code: 'already_reserved', reservation: same.reservation };
  const code = refusalByRegistry(facts) ?? refusalByQueue(claims, facts);
  if (code) return { kind: 'refused', code };
  return admitted(claims, join, facts.nextOrdinal);
}

function admitted(claims: Claim[], join: Join, ordinal: number): Admission {
  const claim: Claim = { ...join, ordinal };
  return { kind: 'admitted', claim, claims: [...claims, claim].toSorted((a, b) => a.ordinal - b.ordinal) };
}

/** What the registry's word alone refuses a claim for. */
export function refusalByRegistry({
  answer,
  stage,
  someWithoutRace,
}: Pick<AdmissionFacts, 'answer' | 'stage' | 'someWithoutRace'>): JoinRefusal | undefined {
  if (answer.kind === 'withheld') return someWithoutRace ? 'no_race' : 'reserved_by_registry';
  if (answer.kind === 'free') return answer.premium ? 'premium' : 'domain_available';
  return stage === 'registered_by_us' ? 'already_ours' : undefined;
}

function refusalByQueue(claims: Claim[], { now, cutoffAt }: AdmissionFacts): JoinRefusal | undefined {
  if (cutoffAt !== undefined && now >= cutoffAt) return 'past_cutoff';
  return claims.length >= MAX_CLAIMS_PER_NAME ? 'queue_full' : undefined;
}

export interface Standing {
  ordinal: number;
  position: number;
  /** The other open claims. */
  competitors: number;
}

/** Dry runs see where they would stand, and are seen by nobody. */
export function standing(claims: Claim[], reservation: string): Standing | undefined {
  const mine = claims.find((claim) => claim.reservation === reservation);
  if (!mine) return undefined;
  const others = claims.filter((claim) => claim !== mine && !claim.dryRun);
  return {
    ordinal: mine.ordinal,
    position: 1 + others.filter((claim) => claim.ordinal < mine.ordinal).length,
    competitors: others.length,
  };
}

export const withoutClaim = (claims: Claim[], reservation: string): Claim[] =>
  claims.filter((claim) => claim.reservation !== reservation);

/** What a customer changed of a claim. Changes may arrive in another order than they were made: the latest made holds. */
export function amend<T extends Omit<Claim, 'ordinal'>>(
  claims: T[],
  { reservation, onRenewal, amendment }: { reservation: string; onRenewal: Claim['onRenewal']; amendment: number },
): T[] {
  return claims.map((claim) =>
    claim.reservation === reservation && amendment > (claim.amendment ?? 0)
      ? { ...claim, onRenewal, amendment }
      : claim,
  );
}
