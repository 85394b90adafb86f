/** When a customer hears that a name's expiry comes near: 30, 7 and 1 days before, and on the day. Instants in epoch ms. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const EXPIRING_DAYS = [30, 7, 1, 0] as const;

/** A mark holds from `at` until the next one, the last until the expiry. */
export interface ExpiryMark {
  expiresAt: number;
  days: (typeof EXPIRING_DAYS)[number];
}

/** "On the day" begins with the day in UTC, yet half a day before expiry at the earliest: most names expire at a day's end. */
function beginOf(expiresAt: number, days: ExpiryMark['days']): number {
  if (days > 0) return expiresAt - days * DAY_MS;
  const dayBegins = Math.floor((expiresAt - 1) / DAY_MS) * DAY_MS;
  return Math.max(dayBegins, expiresAt - DAY_MS / 2);
}

/** Whole days that are left at the most; 0: hours. A date that moved brings a mark late, with less left than its days. */
export const daysLeft = ({ expiresAt, days }: ExpiryMark, now: number): number =>
  days === 0 ? 0 : Math.max(1, Math.ceil((expiresAt - now) / DAY_MS));

/** The mark that holds now; undefined before the first, and from the expiry on. */
export function expiryMarkAt(expiresAt: number, now: number): ExpiryMark | undefined {
  if (now >= expiresAt) return undefined;
  const days = EXPIRING_DAYS.findLast((candidate) => beginOf(expiresAt, candidate) <= now);
  return days === undefined ? undefined : { expiresAt, days };
}

/** When the next mark begins; undefined after the last. */
export function nextExpiryMark(expiresAt: number, now: number): number | undefined {
  return EXPIRING_DAYS.map((days) => beginOf(expiresAt, days)).find((at) => at > now);
}

/** Has the reader heard of this already, or of a later one? A date that moved begins anew. */
export const isNewMark = (mark: ExpiryMark, told: ExpiryMark | undefined): boolean =>
  told === undefined || told.expiresAt !== mark.expiresAt || mark.days < told.days;
