/** The lengths and instants of .com's policy, which the sandbox follows (ICANN ERRP; RFC 3915; read 2026-11-23). */
import { createHash } from 'node:crypto';
import { DateTime } from 'luxon';

export const DAY_MS = 86_400_000;
export const AUTO_RENEW_GRACE_MS = 45 * DAY_MS;
export const REDEMPTION_MS = 30 * DAY_MS;
export const PENDING_DELETE_MS = 5 * DAY_MS;
export const ADD_GRACE_MS = 5 * DAY_MS;

const DROP_ZONE = 'America/New_York';
const DROP_HOUR = 14;

/** The same date and time of day in another year, UTC; the 29th of February becomes the 28th. */
export function addYears(at: number, years: number): number {
  return DateTime.fromMillis(at, { zone: 'utc' }).plus({ years }).toMillis();
}

/**
 * When a batch frees the name: in the first hour from 14:00 New York time that begins at or after the end of its five days,
 * at a second of that hour that is the name's own.
 */
export function batchDropAt(name: string, endOfPendingDelete: number): number {
  const end = DateTime.fromMillis(endOfPendingDelete, { zone: DROP_ZONE });
  const opens = (day: DateTime) => day.set({ hour: DROP_HOUR, minute: 0, second: 0, millisecond: 0 }).toMillis();
  const today = opens(end);
  // By calendar day, not 24 hours: the day the clocks change has 23 or 25.
  const batch = today >= endOfPendingDelete ? today : opens(end.plus({ days: 1 }));
  return batch + (createHash('sha256').update(name).digest().readUInt32BE(0) % 3600) * 1000;
}
