/** The marks before an owner's expiry, as customers hear of them. */
import fc from 'fast-check';
import { EXPIRING_DAYS, expiryMarkAt, nextExpiryMark } from '../../rules/expiry.ts';
import { at, DAY_MS, iso } from './world.ts';

test.each<[string, string, number | undefined]>([
  ['2026-03-01T12:00:00Z', '2026-01-30T11:59:59.999Z', undefined],
  ['2026-03-01T12:00:00Z', '2026-01-30T12:00:00Z', 30],
  ['2026-03-01T12:00:00Z', '2026-02-22T11:59:59.999Z', 30],
  ['2026-03-01T12:00:00Z', '2026-02-22T12:00:00Z', 7],
  ['2026-03-01T12:00:00Z', '2026-02-28T12:00:00Z', 1],
  ['2026-03-01T12:00:00Z', '2026-03-01T00:00:00Z', 0],
  ['2026-03-01T12:00:00Z', '2026-03-01T11:59:59.999Z', 0],
  ['2026-03-01T12:00:00Z', '2026-03-01T12:00:00Z', undefined],
  // A name that expires with its day hears of "the day" at noon, not a second after "one day".
  ['2026-03-01T23:59:59Z', '2026-03-01T11:59:58Z', 1],
  ['2026-03-01T23:59:59Z', '2026-03-01T11:59:59Z', 0],
  ['2026-03-01T00:05:00Z', '2026-03-01T00:00:00Z', 0],
  ['2026-03-01T00:00:00Z', '2026-02-28T12:00:00Z', 0],
])('a name that expires at %s is at %s at the mark of %s days', (expiry, now, days) =>
  expect(expiryMarkAt(at(expiry), at(now))?.days).toBe(days),
);

test('walking from mark to mark meets each once, in order, all before the expiry', () =>
  fc.assert(
    fc.property(fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') }), (expiry) => {
      const met: number[] = [];
      for (
        let now = nextExpiryMark(expiry, expiry - 40 * DAY_MS);
        now !== undefined;
        now = nextExpiryMark(expiry, now)
      ) {
        expect(now).toBeLessThan(expiry);
        const mark = expiryMarkAt(expiry, now);
        if (!mark) throw new Error(`no mark at ${iso(now)}`);
        met.push(mark.days);
      }
      expect([...new Set(met)]).toEqual(met);
      expect(met).toEqual(EXPIRING_DAYS.filter((days) => met.includes(days)));
      expect(met.length).toBeGreaterThanOrEqual(3);
    }),
  ));
