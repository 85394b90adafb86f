/**
 * `npm run verify-ledger`: whether all accounts add up, each hold ended once, and nothing was changed or taken out. Starts nothing and
 * writes nothing. A table of accounts, one line a finding, then one of JSON. Exit code 0: whole; 1: findings; 2: the store is out of
 * reach.
 */
import { loadConfig } from '../config.ts';
import { LEDGER_DAMAGE } from '../rules/ledger-check.ts';
import { formatMoney, usd } from '../rules/money.ts';
import { openToRead } from './connection.ts';
import { verifyLedger } from './ledgers.ts';
import { EXIT, runToExit, say } from './verify-program.ts';

const row = ([account, ...rest]: (string | number)[]): string =>
  `${String(account).padEnd(40)}${rest.map((cell) => String(cell).padStart(16)).join('')}`;
const money = (amount: number): string => formatMoney(usd(amount));

async function main(): Promise<number> {
  const store = await openToRead(loadConfig().mongoUri);
  const summary = { accounts: 0, entries: 0, findings: 0 };
  const findings: string[] = [];
  try {
    say(row(['account', 'entries', 'balance', 'held', 'owed', 'findings']));
    for await (const { account, entries, balance, held, owed, findings: found } of verifyLedger()) {
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
