/**
 * `npm run verify-ledger`: whether all accounts add up, each hold ended once and is for a price or a bid that stands, and nothing was changed
 * or taken out. Starts nothing and writes nothing. A table of accounts, one line a finding, then one of JSON. Exit code 0: whole; 1: findings;
 * 2: the store is out of reach.
 */
import { loadConfig } from '../config.ts';
import { loadPolicies } from '../registry/policies/policies.ts';
import { LEDGER_DAMAGE } from '../rules/ledger-check.ts';
import { formatMoney, usd } from '../rules/money.ts';
import { openToRead } from '../store/connection.ts';
import type { PriceOf } from '../store/held-for.ts';
import { verifyLedger } from '../store/ledgers.ts';
import { settingsOfSandboxName } from '../store/sandbox-names.ts';
import { EXIT, runToExit, say } from '../store/verify-program.ts';

const row = ([account, ...rest]: (string | number)[]): string =>
  `${String(account).padEnd(40)}${rest.map((cell) => String(cell).padStart(16)).join('')}`;
const money = (amount: number): string => formatMoney(usd(amount));

async function main(): Promise<number> {
  const config = loadConfig();
  const policies = loadPolicies(config);
  const priceOf: PriceOf = async ({ name, tld }) => {
    const { policy = tld } = await settingsOfSandboxName(name);
    return policies.of(policy)?.listPrice.amount;
  };
  const store = await openToRead(config.mongoUri);
  const summary = { accounts: 0, entries: 0, findings: 0 };
  const findings: string[] = [];
  try {
    say(row(['account', 'entries', 'balance', 'held', 'owed', 'findings']));
    for await (const { account, entries, balance, held, owed, findings: found } of verifyLedger(priceOf)) {
      say(row([account, entries, money(balance), money(held), money(owed), found.length]));
      findings.push(...found.map(({ seq, what }) => `${account} ${seq} ${what}: ${LEDGER_DAMAGE[what]}`));
      summary.accounts += 1;
      summary.entries += entries;
      summary.findings += found.length;
    }
  } finally {
    await store.close();
  }
  findings.forEach(say);
  say(JSON.stringify(summary));
  return summary.findings === 0 ? EXIT.whole : EXIT.findings;
}

await runToExit(main);
