/**
 * Whose a caught name is, by rules that whoever reserved it can check. The rule is that of the TLD, fixed at the cut-off with its version;
 * every claim is considered, and none is passed over without a stated reason.
 */
import type { Money } from './money.ts';
import type { Claim } from './queue.ts';
import type { Award, AwardPolicy } from './tlds.ts';

/** Counts the changes of what is decided below: a decision names the version that it followed. */
export const RULE_VERSION: Record<Award, string> = {
  auction_when_contested: 'auction_when_contested/1',
  in_order: 'in_order/1',
};

/** The same version never means two policies. */
export interface VersionedAward extends AwardPolicy {
  version: string;
}

/** What a name is awarded by, from the cut-off on. */
export interface AwardTerms extends AwardPolicy {
  /** Whose policy it is: all claims of one registrar follow that registrar's own, where it has one. */
  setBy: 'tld' | 'registrar';
  /** Its version. */
  policy: string;
  listPrice: Money;
  fixedAt: number;
  /** The claims whose money is held. */
  funded: string[];
}

/** Why a claim that was considered did not get the name, or not without more ado. */
export const PASSED = ['declined', 'lapsed', 'defaulted', 'tied_to_default', 'blocked', 'left'] as const;
export type Passed = (typeof PASSED)[number];

export const AWARD_REASONS = [
  'first_in_order',
  'next_in_order',
  'highest_bid',
  'bids',
  'outbid',
  'behind_in_order',
  'unfunded',
  'dry_run',
  ...PASSED,
] as const;
export type AwardReason = (typeof AWARD_REASONS)[number];

export interface Considered {
  reservation: string;
  ordinal: number;
  reason: AwardReason;
}

export interface AwardDecision {
  rule: Award;
  version: string;
  policy: string;
  /** `take`: it is `winner`'s, at `price`. `auction`: the funded claims bid. `nobody`: no claim is left that could have it. */
  verdict: { kind: 'take'; winner: string; price: Money } | { kind: 'auction' } | { kind: 'nobody' };
  /** Every claim, in order, with its reason. */
  considered: Considered[];
}

/** Who bid and came to what: the order in which the name goes round, and what it costs the first of it. */
export interface AuctionStanding {
  order: string[];
  price: Money;
}

export interface AwardFacts {
  terms: AwardTerms;
  claims: readonly Pick<Claim, 'reservation' | 'ordinal' | 'dryRun'>[];
  /** Those that had their chance. */
  passed: Readonly<Record<string, Passed>>;
  /** Once an auction has ended: what it came to without those passed over. */
  auction?: AuctionStanding;
}

const inOrder = <T extends { ordinal: number }>(claims: readonly T[]): T[] =>
  claims.toSorted((a, b) => a.ordinal - b.ordinal);

/** The claim a catch is made for: undefined means that no create may be sent. */
export const firstInOrder = (claims: readonly Claim[], terms?: AwardTerms): Claim | undefined =>
  inOrder(claims).find(({ dryRun, reservation }) => !dryRun && (!terms || terms.funded.includes(reservation)));

/**
 * One registrar's claims follow its own policy; between registrars nobody's but the TLD's is anybody else's. `owns`: that of each registrar
 * with a claim, null where it has none.
 */
export function policyFor(
  tld: VersionedAward,
  owns: readonly (VersionedAward | null)[],
): AwardPolicy & Pick<AwardTerms, 'setBy' | 'policy'> {
  const [first] = owns;
  const isShared = first && owns.every((own) => own?.version === first.version);
  const { version, ...policy } = isShared ? first : tld;
  return { ...policy, policy: version, setBy: isShared ? 'registrar' : 'tld' };
}

export function decideAward({ terms, claims, passed, auction }: AwardFacts): AwardDecision {
  const { rule, policy, listPrice, funded } = terms;
  const may = inOrder(claims).filter(({ dryRun, reservation }) => !dryRun && funded.includes(reservation));
  const left = may.filter(({ reservation }) => passed[reservation] === undefined).map(({ reservation }) => reservation);
  const verdict = verdictOf(rule, left, { may: may.length, listPrice, auction });
  const winner = verdict.kind === 'take' ? verdict.winner : undefined;
  const isFirst = winner === may[0]?.reservation;
  const reasonOf = ({ reservation, dryRun }: AwardFacts['claims'][number]): AwardReason => {
    if (dryRun) return 'dry_run';
    if (!funded.includes(reservation)) return 'unfunded';
    const out = passed[reservation];
    if (out) return out;
    if (verdict.kind === 'auction') return 'bids';
    if (reservation !== winner) return auction ? 'outbid' : 'behind_in_order';
    if (auction) return 'highest_bid';
    return isFirst ? 'first_in_order' : 'next_in_order';
  };
  return {
    rule,
    version: RULE_VERSION[rule],
    policy,
    verdict,
    considered: inOrder(claims).map((claim) => ({
      reservation: claim.reservation,
      ordinal: claim.ordinal,
      reason: reasonOf(claim),
    })),
  };
}

function verdictOf(
  rule: Award,
  left: string[],
  { may, listPrice, auction }: { may: number; listPrice: Money; auction: AuctionStanding | undefined },
): AwardDecision['verdict'] {
  const [first] = left;
  if (first === undefined) return { kind: 'nobody' };
  if (auction) {
    const winner = auction.order.find((reservation) => left.includes(reservation));
    return winner === undefined ? { kind: 'nobody' } : { kind: 'take', winner, price: auction.price };
  }
  // What was contested when the name was caught goes to auction; one that all others had left before does not.
  if (rule === 'auction_when_contested' && may > 1 && left.length > 1) return { kind: 'auction' };
  return { kind: 'take', winner: first, price: listPrice };
}

/** What a request says of who is behind it. */
export interface Tied {
  owner: string;
  customer: { email?: string };
  registrant?: unknown;
}

/** What tells that two reservations are one customer's: the registrar's word, the e-mail, the registrant. */
export function tiesOf({ owner, customer, registrant }: Tied): string[] {
  const who = registrant as { handle?: string; email?: string } | undefined;
  const emails = [customer.email, who?.email].flatMap((email) =>
    email === undefined ? [] : [`email ${email.toLowerCase()}`],
  );
  return [`owner ${owner}`, ...emails, ...(who?.handle === undefined ? [] : [`handle ${who.handle.toLowerCase()}`])];
}
