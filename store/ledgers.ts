/** All accounts read and checked against their hashes, their sums and their reservations. Nothing is written. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ledgerCheck, type CheckedEntry, type LedgerFinding, type OpenHold } from '../rules/ledger-check.ts';
import { NOTHING, type Balances } from '../rules/ledger.ts';
import { genesisOfAccount, hashOfStoredEntry } from './entry-hash.ts';
import { claimsUnheld, fundedClaims, holdsAmiss, type Amiss, type PriceOf } from './held-for.ts';
import { accountOf, Entries, lastOfReservation, type EntryDoc } from './ledger-entries.ts';

export interface CheckedAccount extends Balances {
  account: string;
  entries: number;
  findings: LedgerFinding[];
}

const BATCH = 500;
/** How often an end under way is waited for before what is still held is told as damage. */
const LOOKS = 4;
const aSecond = (): Promise<void> => sleep(1_000);

const checked = (doc: EntryDoc): CheckedEntry => ({
  link: {
    seq: doc.seq,
    id: doc._id,
    hash: doc.hash,
    previousHash: doc.previous_hash,
    hashOfContent: hashOfStoredEntry(doc),
  },
  kind: doc.kind,
  amount: doc.amount,
  balance: doc.balance,
  held: doc.held,
  owed: doc.owed,
  hold: doc.hold,
  creditLimit: doc.credit_limit,
  ...(doc.reservation !== undefined && { reservation: doc.reservation }),
  ...(doc.settles !== undefined && { settles: doc.settles }),
  ...(doc.month !== undefined && { month: doc.month }),
  ...(doc.spent !== undefined && { spent: doc.spent }),
});

/** One account after another, in the order of their names; last those that have claims and no entry. */
export async function* verifyLedger(priceOf: PriceOf, pause = aSecond): AsyncGenerator<CheckedAccount> {
  const cursor = Entries.find().sort({ account: 1, seq: 1 }).lean<EntryDoc>().cursor({ batchSize: BATCH });
  const seen = new Set<string>();
  let entry: EntryDoc | null = await cursor.next();
  while (entry !== null) {
    const { account } = entry;
    const check = ledgerCheck(genesisOfAccount(account));
    const findings: LedgerFinding[] = [];
    let entries = 0;
    for (; entry?.account === account; entry = await cursor.next()) {
      findings.push(...check.next(checked(entry)));
      entries += 1;
    }
    seen.add(account);
    const { balance, held, owed, open } = check.standing();
    findings.push(...(await lastingly(account, open, priceOf, pause)));
    yield { account, entries, balance, held, owed, findings };
  }
  const others = new Set((await fundedClaims()).map(accountOf).filter((account) => !seen.has(account)));
  for (const account of others)
    yield { account, entries: 0, ...NOTHING, findings: await lastingly(account, [], priceOf, pause) };
}

/** What is held and should not be, or the reverse. What ends, or is bid, just now is looked at again before it is told. */
async function lastingly(
  account: string,
  open: readonly OpenHold[],
  priceOf: PriceOf,
  pause: () => Promise<void>,
): Promise<LedgerFinding[]> {
  let suspects: Amiss[] = await claimsUnheld(await fundedClaims(account));
  for (let start = 0; start < open.length; start += BATCH)
    suspects.push(...(await holdsAmiss(open.slice(start, start + BATCH), priceOf)));
  for (let look = 1; look < LOOKS && suspects.length > 0; look++) {
    await pause();
    suspects = await stillAmiss(account, suspects, priceOf);
  }
  return suspects.map(({ seq, what }) => ({ seq, what }));
}

async function stillAmiss(account: string, suspects: readonly Amiss[], priceOf: PriceOf): Promise<Amiss[]> {
  const ids = new Set(suspects.map(({ reservation }) => reservation));
  const holds: OpenHold[] = [];
  for (const { reservation, seq } of suspects) {
    const hold = (await lastOfReservation(account, reservation))?.hold;
    if (hold) holds.push({ reservation, hold, seq });
  }
  const funded = (await fundedClaims(account)).filter(({ reservation }) => ids.has(reservation));
  return [...(await claimsUnheld(funded)), ...(await holdsAmiss(holds, priceOf))];
}
