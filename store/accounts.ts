/** An account as it stands. */
import { availableOf, NOTHING } from '../rules/ledger.ts';
import { usd, type Money } from '../rules/money.ts';
import { accountOf, lastEntry, monthAt, spentIn, type AccountKey } from './ledger-entries.ts';
import { termsOf } from './ledger-operation.ts';

export interface Account {
  balance: Money;
  held: Money;
  owed: Money;
  creditLimit: Money;
  /** What may be held or paid now; never below 0. */
  available: Money;
  spentThisMonth: Money;
}

export async function accountAt(key: AccountKey, at: number): Promise<Account> {
  const account = accountOf(key);
  const [head, terms, spent] = await Promise.all([lastEntry(account), termsOf(key), spentIn(account, monthAt(at))]);
  const now = head ?? NOTHING;
  return {
    balance: usd(now.balance),
    held: usd(now.held),
    owed: usd(now.owed),
    creditLimit: usd(terms.creditLimit),
    available: usd(Math.max(0, availableOf(now, terms.creditLimit))),
    spentThisMonth: usd(spent),
  };
}
