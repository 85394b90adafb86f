/** What an engine says as it starts of windows that outlast the add grace of a TLD it sells: a name nobody takes is then not deleted, but kept. */
import type { Policies } from '../registry/policies/policies.ts';
import { outlasting } from '../rules/after-award.ts';
import { OFFER_MS, PAYMENT_MS } from '../rules/award.ts';
import { DEFAULT_AUCTION_POLICY } from '../rules/bidding.ts';

const HOUR_MS = 3_600_000;
const hours = (ms: number): number => Math.round((ms / HOUR_MS) * 100) / 100;

/** `auction`: with all its extensions. */
export const WINDOWS = {
  offer: OFFER_MS,
  auction:
    DEFAULT_AUCTION_POLICY.durationMs + DEFAULT_AUCTION_POLICY.maxExtensions * DEFAULT_AUCTION_POLICY.softCloseMs,
  payment: PAYMENT_MS,
};

export function flagWindows(
  tlds: readonly string[],
  policies: Pick<Policies, 'of'>,
  warn: (about: Record<string, unknown>, line: string) => void,
): void {
  for (const tld of tlds)
    for (const { field, windowMs, addGraceMs } of outlasting(WINDOWS, policies.of(tld)?.addGraceMs ?? 'unknown'))
      warn(
        { tld, field, window_h: hours(windowMs), add_grace_h: hours(addGraceMs) },
        `.${tld}: the ${field} window (${hours(windowMs)} h) is longer than add grace (${hours(addGraceMs)} h); a name that nobody takes by then is kept`,
      );
}
