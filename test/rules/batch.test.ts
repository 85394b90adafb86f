/** Batches begin by the registry's wall clock, and every true drop lies in the window that was foretold. */
import fc from 'fast-check';
import { forecast, type RegistrationFacts } from '../../rules/forecast.ts';
import { openingAfter } from '../../rules/openings.ts';
import type { Schedule } from '../../rules/tlds.ts';
import { at, DAY_MS, HOUR_MS, iso, policy, registration } from './world.ts';

const com = policy('com');
const batch: Schedule = {
  every: 'day',
  zone: 'America/New_York',
  times: [{ hour: 14, minute: 0 }],
  lengthMs: HOUR_MS,
};
const firstBatch = (after: number, schedule: Schedule): number =>
  openingAfter({ earliest: after, latest: after }, schedule, -Infinity).earliest;

test('this is the batch of .com', () => expect(com.drop).toEqual({ kind: 'ordered_batch', schedule: batch }));

test.each([
  // Winter, 14:00 is 19:00 UTC.
  ['2026-01-15T00:00:00Z', '2026-01-15T19:00:00Z'],
  ['2026-03-07T18:59:59.999Z', '2026-03-07T19:00:00Z'],
  ['2026-03-07T19:00:00Z', '2026-03-07T19:00:00Z'],
  // The clocks go forward in the night to 8 March: 23 hours.
  ['2026-03-07T19:00:00.001Z', '2026-03-08T18:00:00Z'],
  ['2026-03-08T06:59:59Z', '2026-03-08T18:00:00Z'],
  ['2026-03-08T07:00:00Z', '2026-03-08T18:00:00Z'],
  ['2026-03-08T18:00:00Z', '2026-03-08T18:00:00Z'],
  ['2026-03-08T18:00:00.001Z', '2026-03-09T18:00:00Z'],
  // Summer, 14:00 is 18:00 UTC.
  ['2026-10-31T18:00:00Z', '2026-10-31T18:00:00Z'],
  // The clocks go back in the night to 1 November: 25 hours, and half past one comes twice.
  ['2026-10-31T18:00:00.001Z', '2026-11-01T19:00:00Z'],
  ['2026-11-01T05:30:00Z', '2026-11-01T19:00:00Z'],
  ['2026-11-01T06:30:00Z', '2026-11-01T19:00:00Z'],
  ['2026-11-01T18:30:00Z', '2026-11-01T19:00:00Z'],
  ['2026-11-01T19:00:00Z', '2026-11-01T19:00:00Z'],
  ['2026-11-01T19:00:00.001Z', '2026-11-02T19:00:00Z'],
  // New Year.
  ['2026-12-31T19:00:00.001Z', '2027-01-01T19:00:00Z'],
])('the first batch of .com from %s begins at %s', (after, begins) =>
  expect(iso(firstBatch(at(after), batch))).toBe(begins),
);

const instant = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2035-01-01T00:00:00Z') });
const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/New_York', timeStyle: 'medium' });

test('a batch of .com begins at 14:00 in New York on every day of the year, and none is passed over', () =>
  fc.assert(
    fc.property(instant, (after) => {
      const begins = firstBatch(after, batch);
      expect(clock.format(begins)).toBe('14:00:00');
      expect(begins % 1000).toBe(0);
      expect(begins).toBeGreaterThanOrEqual(after);
      expect(begins - after).toBeLessThan(25 * HOUR_MS);
      expect(firstBatch(begins, batch)).toBe(begins);
    }),
  ));

test('a batch at an hour that a change of clocks skips or repeats is still found ahead', () =>
  fc.assert(
    fc.property(instant, fc.nat(23), fc.nat(59), (after, hour, minute) => {
      const begins = firstBatch(after, { ...batch, times: [{ hour, minute }] });
      expect(begins).toBeGreaterThanOrEqual(after);
      expect(begins - after).toBeLessThanOrEqual(26 * HOUR_MS);
    }),
  ));

/** A year on, by the calendar. A 29th of February comes back as the 28th, so lives that end on one are left out. */
const yearAfter = (instant: number): number => {
  const date = new Date(instant);
  return date.setUTCFullYear(date.getUTCFullYear() + 1);
};
const isLeapDay = (instant: number): boolean => iso(instant).includes('-02-29T');

/** A life: the owner's expiry, the registrar's delete within 45 days of it, and a look at any instant before the purge. */
const life = fc
  .record({
    expiry: instant.filter((expiry) => !isLeapDay(expiry)),
    deletedAfterMs: fc.nat({ max: 45 * DAY_MS }),
    lookedAt: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    tellsChanges: fc.boolean(),
    lastLookMs: fc.option(fc.nat({ max: 90 * DAY_MS }), { nil: undefined }),
  })
  .map(({ expiry, deletedAfterMs, lookedAt, tellsChanges, lastLookMs }) => {
    const deleted = expiry + deletedAfterMs;
    const purge = firstBatch(deleted + 35 * DAY_MS, batch);
    const from = expiry - 30 * DAY_MS;
    const now = Math.floor(from + lookedAt * (purge - from));
    return { facts: lookAt({ expiry, deleted, now, tellsChanges, lastLookMs }), purge };
  });

function lookAt(life: {
  expiry: number;
  deleted: number;
  now: number;
  tellsChanges: boolean;
  lastLookMs: number | undefined;
}): RegistrationFacts {
  const { expiry, deleted, now, tellsChanges, lastLookMs } = life;
  const updated = tellsChanges && now >= deleted ? { updatedAt: deleted } : {};
  const seen = (stage: RegistrationFacts['stage'], since: number, expiresAt: number): RegistrationFacts => ({
    stage,
    now,
    registration: registration({ expiresAt, ...updated }),
    ...(lastLookMs !== undefined && { since: { first: now, notBefore: since - lastLookMs } }),
  });
  if (now < expiry) return seen('registered', 0, expiry);
  if (now < deleted) return seen('auto_renew_grace', expiry, yearAfter(expiry));
  if (now < deleted + 30 * DAY_MS) return seen('redemption', deleted, expiry);
  return seen('pending_delete', deleted + 30 * DAY_MS, expiry);
}

test('whenever a name is looked at, the batch that will free it lies in the window foretold', () =>
  fc.assert(
    fc.property(life, ({ facts, purge }) => {
      const { drop } = forecast(facts, com);
      expect(drop?.earliest).toBeLessThanOrEqual(purge);
      expect(drop?.latest).toBeGreaterThanOrEqual(purge + HOUR_MS);
    }),
    { numRuns: 500 },
  ));
