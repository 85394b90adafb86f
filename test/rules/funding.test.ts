/** When the money for a name must be there. */
import fc from 'fast-check';
import { dropToFund, fundsMarkAt, holdsFrom, isNewFundsMark, nextFundsMark } from '../../rules/funding.ts';
import type { DropWindow } from '../../rules/tlds.ts';
import { at, DAY_MS, HOUR_MS, iso } from './world.ts';

const DROP = at('2026-04-21T18:00:00Z');
const drop: DropWindow = { earliest: DROP, latest: DROP + HOUR_MS, source: 'policy', confidence: 'estimated' };

test.each([
  ['2026-04-14T17:59:59.999Z', undefined, '2026-04-14T18:00:00Z'],
  ['2026-04-14T18:00:00.000Z', 168, '2026-04-20T18:00:00Z'],
  ['2026-04-20T17:59:59.999Z', 168, '2026-04-20T18:00:00Z'],
  ['2026-04-20T18:00:00.000Z', 24, '2026-04-21T12:00:00Z'],
  ['2026-04-21T12:00:00.000Z', 6, undefined],
  ['2026-04-21T18:30:00.000Z', 6, undefined],
])('at %s the mark of %s hours holds, and the next begins %s', (now, hours, next) => {
  expect(fundsMarkAt(DROP, at(now))?.hours).toBe(hours);
  const begins = nextFundsMark(DROP, at(now));
  expect(begins && iso(begins)).toBe(next);
});

test('each mark is told once, and all of them again for a drop a week later', () => {
  const told = { dropAt: DROP, hours: 24 } as const;
  expect(isNewFundsMark({ dropAt: DROP, hours: 168 }, undefined)).toBe(true);
  expect(isNewFundsMark({ dropAt: DROP, hours: 24 }, told)).toBe(false);
  expect(isNewFundsMark({ dropAt: DROP + HOUR_MS, hours: 24 }, told)).toBe(false);
  expect(isNewFundsMark({ dropAt: DROP, hours: 6 }, told)).toBe(true);
  expect(isNewFundsMark({ dropAt: DROP + 7 * DAY_MS, hours: 168 }, told)).toBe(true);
});

test('money is asked for on the way to a drop, and held only in the stage that ends with it', () => {
  expect(dropToFund({ stage: 'registered', drop })).toBeUndefined();
  expect(dropToFund({ stage: 'auto_renew_grace', drop })).toBeUndefined();
  expect(dropToFund({ stage: 'auto_renew_grace', last: true, drop })).toBe(DROP);
  expect(dropToFund({ stage: 'auto_renew_grace', drop: { ...drop, confidence: 'published' } })).toBe(DROP);
  expect(dropToFund({ stage: 'redemption', drop })).toBe(DROP);
  expect(holdsFrom({ stage: 'redemption', drop })).toBeUndefined();
  expect(holdsFrom({ stage: 'redemption', last: true, drop })).toBe(DROP - 6 * HOUR_MS);
  expect(holdsFrom({ stage: 'pending_delete', drop })).toBe(DROP - 6 * HOUR_MS);
  expect(holdsFrom({ stage: 'pending_delete' })).toBeUndefined();
});

test('walking from one mark to the next passes all three, whenever one begins', () =>
  fc.assert(
    fc.property(fc.integer({ min: DROP - 30 * DAY_MS, max: DROP }), (from) => {
      const passed: number[] = [];
      for (let now: number | undefined = from; now !== undefined; now = nextFundsMark(DROP, now)) {
        const mark = fundsMarkAt(DROP, now);
        if (mark) passed.push(mark.hours);
      }
      expect(passed).toEqual([168, 24, 6].slice(3 - passed.length));
      expect(passed.at(-1)).toBe(6);
    }),
  ));
