/** Money is an integer of the currency's minor unit, and its currency. Nothing here rounds. */
export const CURRENCIES = ['USD'] as const;
export type Currency = (typeof CURRENCIES)[number];

export interface Money {
  amount: number;
  currency: Currency;
}

export const usd = (amount: number): Money => ({ amount, currency: 'USD' });

/** Throws a RangeError on differing currencies or unsafe integers: comparing those is a broken invariant, not an answer. */
export function compareMoney(a: Money, b: Money): number {
  if (a.currency !== b.currency) throw new RangeError(`${a.currency} and ${b.currency} cannot be compared`);
  if (!Number.isSafeInteger(a.amount) || !Number.isSafeInteger(b.amount))
    throw new RangeError('money must be a safe integer');
  return a.amount - b.amount;
}

/** `69.00 USD`, for people. */
export function formatMoney({ amount, currency }: Money): string {
  const sign = amount < 0 ? '-' : '';
  const cents = String(Math.abs(amount)).padStart(3, '0');
  return `${sign}${cents.slice(0, -2)}.${cents.slice(-2)} ${currency}`;
}
