/** All accounts read and checked against their hashes, their sums and their reservations. Nothing is written. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ledgerCheck,
  type CheckedEntry,
  type LedgerCheck,
  type LedgerFinding,
  type OpenHold,
} from '../rules/ledger-check.ts';
import type { Balances } from '../rules/ledger.ts';
import { genesisOfAccount, hashOfStoredEntry } from './entry-hash.ts';
import { Entries, lastOfReservation, type EntryDoc } from './ledger-entries.ts';
import { Reservations, type ReservationDoc } from './reservations.ts';

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

/** One account after another, in the order of their names. */
export async function* verifyLedger(pause = aSecond): AsyncGenerator<CheckedAccount> {
  const cursor = Entries.find().sort({ account: 1, seq: 1 }).lean<EntryDoc>().cursor({ batchSize: BATCH });
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
    yield await concluded(account, entries, check, findings, pause);
  }
}

async function concluded(
  account: string,
  entries: number,
  check: LedgerCheck,
  findings: LedgerFinding[],
  pause: () => Promise<void>,
): Promise<CheckedAccount> {
  const { balance, held, owed, open } = check.standing();
  return {
    account,
    entries,
    balance,
    held,
    owed,
    findings: [...findings, ...(await heldForNothing(account, open, pause))],
  };
}

/** Holds of reservations that have ended or never were. One that ends just now is looked at again before it is told. */
async function heldForNothing(
  account: string,
  open: readonly OpenHold[],
  pause: () => Promise<void>,
): Promise<LedgerFinding[]> {
  const suspects = new Map<OpenHold, LedgerFinding['what']>();
  for (let start = 0; start < open.length; start += BATCH)
    for (const [hold, what] of await againstReservations(open.slice(start, start + BATCH))) suspects.set(hold, what);
  for (let look = 1; look < LOOKS && suspects.size > 0; look++) {
    await pause();
    for (const hold of suspects.keys()) {
      const now = await lastOfReservation(account, hold.reservation);
      if (now?.hold?.operation !== hold.hold.operation) suspects.delete(hold);
    }
  }
  return [...suspects].map(([{ seq }, what]) => ({ seq, what }));
}

async function againstReservations(holds: readonly OpenHold[]): Promise<[OpenHold, LedgerFinding['what']][]> {
  const docs = await Reservations.find({ _id: { $in: holds.map(({ reservation }) => reservation) } })
    .select({ open: 1 })
    .lean<Pick<ReservationDoc, '_id' | 'open'>[]>();
  const isOpen = new Map(docs.map(({ _id, open }) => [_id, open]));
  return holds.flatMap((hold): [OpenHold, LedgerFinding['what']][] => {
    const open = isOpen.get(hold.reservation);
    return open ? [] : [[hold, open === undefined ? 'unowned' : 'unsettled']];
  });
}
