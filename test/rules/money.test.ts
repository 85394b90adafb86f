/** Amounts are whole cents: compared as they are, and written out for people. */
import fc from 'fast-check';
import { compareMoney, formatMoney, usd, type Currency } from '../../rules/money.ts';

test.each([
  [0, '0.00 USD'],
  [5, '0.05 USD'],
  [99, '0.99 USD'],
  [100, '1.00 USD'],
  [6_900, '69.00 USD'],
  [123_456_789, '1234567.89 USD'],
  [-1, '-0.01 USD'],
  [-6_900, '-69.00 USD'],
])('%d cents are written %s', (cents, written) => expect(formatMoney(usd(cents))).toBe(written));

test.each([
  [100, 100, 0],
  [99, 100, -1],
  [100, 99, 1],
  [-100, 100, -1],
])('%d cents beside %d compare as %d', (a, b, sign) => expect(Math.sign(compareMoney(usd(a), usd(b)))).toBe(sign));

test.each([0.5, NaN, Infinity, Number.MAX_SAFE_INTEGER + 1])('%d is no amount to compare', (amount) => {
  expect(() => compareMoney(usd(amount), usd(1))).toThrow(RangeError);
  expect(() => compareMoney(usd(1), usd(amount))).toThrow(RangeError);
});

test('two currencies are never compared', () =>
  expect(() => compareMoney(usd(1), { amount: 1, currency: 'EUR' as Currency })).toThrow(RangeError));

test('what is written says the amount to the cent', () =>
  fc.assert(
    fc.property(fc.maxSafeInteger(), (cents) => {
      const written = formatMoney(usd(cents));
      expect(written).toMatch(/^-?\d+\.\d{2} USD$/);
      expect(Number(written.replace(/[^\d-]/g, ''))).toBe(cents);
    }),
  ));
