/** Strikes: an award that was not paid. Enough of them within a time keep from auctions, until support lifts one or time does. */

export interface StrikePolicy {
  version: string;
  /** So many of one customer keep that customer from bidding. */
  ofCustomer: number;
  /** So many of all its customers together keep a registrar from bidding. */
  ofRegistrar: number;
  /** Older ones do not count. */
  withinMs: number;
}

const DAY_MS = 86_400_000;

export const STRIKE_POLICY: StrikePolicy = { version: '1', ofCustomer: 2, ofRegistrar: 10, withinMs: 365 * DAY_MS };

export interface Strike {
  owner: string;
  at: number;
  lifted: boolean;
}

/** `strikes`: all of the registrar in that mode, whoever the customers were. */
export function isBlockedBy(
  strikes: readonly Strike[],
  owner: string,
  now: number,
  policy: StrikePolicy = STRIKE_POLICY,
): boolean {
  const counting = strikes.filter(({ at, lifted }) => !lifted && at > now - policy.withinMs);
  const own = counting.filter((strike) => strike.owner === owner);
  return own.length >= policy.ofCustomer || counting.length >= policy.ofRegistrar;
}
