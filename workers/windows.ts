/** What an engine says as it starts of windows that outlast the add grace of a TLD it sells: a name nobody takes is then not deleted, but kept. */
import type { Policies } from '../registry/policies/policies.ts';
import { outlasting } from '../rules/after-award.ts';
import type { AwardPolicy } from '../rules/tlds.ts';

const HOUR_MS = 3_600_000;
const hours = (ms: number): number => Math.round((ms / HOUR_MS) * 100) / 100;

/** `auction`: with all its extensions. */
const windowsOf = ({ offerMs, paymentMs, auction: { durationMs, maxExtensions, softCloseMs } }: AwardPolicy) => ({
  offer: offerMs,
  auction: durationMs + maxExtensions * softCloseMs,
  payment: paymentMs,
});

export function flagWindows(
  tlds: readonly string[],
  policies: Pick<Policies, 'of'>,
  warn: (about: Record<string, unknown>, line: string) => void,
): void {
  for (const tld of tlds) {
    const policy = policies.of(tld);
    if (!policy) continue;
    for (const { field, windowMs, addGraceMs } of outlasting(windowsOf(policy.award), policy.addGraceMs))
      warn(
        { tld, field, window_h: hours(windowMs), add_grace_h: hours(addGraceMs) },
        `.${tld}: the ${field} window (${hours(windowMs)} h) is longer than add grace (${hours(addGraceMs)} h); a name that nobody takes by then is kept`,
      );
  }
}
