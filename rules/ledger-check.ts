/**
 * What makes an account whole: entries numbered from 1 without a gap, each hashed with the one before, each adding up, each hold and
 * each capture ended at most once. Read one after another; what was found once is not found again in each entry that follows.
 */
import type { Hold } from './holds.ts';
import { after, changeOf, NOTHING, type Balances, type Draft } from './ledger.ts';
import { timelineCheck, type Link } from './timeline.ts';

export const LEDGER_DAMAGE = {
  changed: 'its content is not what was hashed',
  unlinked: 'it does not follow the entry before it: one of the two was replaced',
  duplicated: 'it is there twice',
  missing: 'there is no such entry, and there are later ones',
  not_adding_up: 'what stands after it does not follow from what stood before',
  overdrawn: 'it took what was not available',
  settled_twice: 'it ends what an earlier entry has ended',
  settles_nothing: 'it ends what was not begun in this account',
  unsettled: 'its reservation has ended, and it is still held',
  unowned: 'it is held for a reservation that is not in the store',
  over_budget: 'it is more than the budget of its reservation',
  not_due: 'its name is registered as before, and it is still held',
  unaccounted: 'it is neither the list price of its name nor the highest bid of its reservation that stands',
  unheld: 'its claim is being awarded as one whose money is held, and nothing is held for it',
} as const;

export interface LedgerFinding {
  /** The first entry concerned. */
  seq: number;
  what: keyof typeof LEDGER_DAMAGE;
}

export interface CheckedEntry extends Omit<Draft, 'settles' | 'spent'> {
  link: Omit<Link, 'idOfSeq'>;
  reservation?: string;
  settles?: string;
  creditLimit: number;
  month?: string;
  spent?: number;
}

export interface OpenHold {
  reservation: string;
  hold: Hold;
  /** The entry that made it what it is. */
  seq: number;
}

export interface LedgerCheck {
  /** Takes the next entry, in the order of `seq`. */
  next(entry: CheckedEntry): LedgerFinding[];
  /** After the last entry. */
  standing(): Balances & { seq: number; open: OpenHold[] };
}

export function ledgerCheck(genesis: string): LedgerCheck {
  const chain = timelineCheck(genesis);
  const holds = new Map<string, OpenHold>();
  const spent = new Map<string, number>();
  const begun = new Map<string, number>();
  const ended = new Set<string>();
  let before: Balances = NOTHING;
  let seq = 0;
  let whole = true;
  let gaps = false;

  /** What is wrong with an entry that nobody changed, after one that nobody changed. */
  function sumOf(entry: CheckedEntry): LedgerFinding['what'] | undefined {
    const { settles, month } = entry;
    if (settles !== undefined && ended.has(settles)) return 'settled_twice';
    // What is missing may be what it ends.
    if (settles !== undefined && !begun.has(settles)) return gaps ? undefined : 'settles_nothing';
    const was = entry.reservation === undefined ? undefined : holds.get(entry.reservation)?.hold;
    const endsHold =
      entry.kind === 'hold' || entry.kind === 'capture' || (entry.kind === 'release' && settles !== undefined);
    if (endsHold && settles !== was?.operation) return gaps ? undefined : 'not_adding_up';
    const { balance, held, owed } = after(
      before,
      changeOf(entry, was?.amount ?? 0, entry.hold?.amount ?? 0),
      entry.creditLimit,
    );
    if (balance !== entry.balance || held !== entry.held || owed !== entry.owed) return 'not_adding_up';
    const change = entry.kind === 'capture' ? entry.amount : entry.kind === 'give_back' ? -entry.amount : undefined;
    if (change !== undefined && entry.spent !== (spent.get(month ?? '') ?? 0) + change) return 'not_adding_up';
    if (entry.hold && entry.hold.amount !== Math.max(entry.hold.base, ...entry.hold.bids.map(({ amount }) => amount)))
      return 'not_adding_up';
    const free = entry.balance + entry.creditLimit - entry.held;
    return free < Math.min(0, before.balance + entry.creditLimit - before.held) ? 'overdrawn' : undefined;
  }

  function take(entry: CheckedEntry): void {
    const { reservation, hold, settles, month, link } = entry;
    if (settles !== undefined) ended.add(settles);
    if (entry.kind === 'hold' || entry.kind === 'capture') begun.set(link.id, link.seq);
    if (month !== undefined && entry.spent !== undefined) spent.set(month, entry.spent);
    if (reservation !== undefined && hold)
      holds.set(reservation, { reservation, hold, seq: begun.get(hold.operation) ?? link.seq });
    else if (reservation !== undefined) holds.delete(reservation);
    before = { balance: entry.balance, held: entry.held, owed: entry.owed };
    seq = link.seq;
  }

  return {
    next: (entry) => {
      const found = chain.next({ ...entry.link, idOfSeq: entry.link.id }) as LedgerFinding[];
      // After damage nobody knows what stood before: what is told is the damage, not all that follows from it.
      const sum = found.length === 0 && whole ? sumOf(entry) : undefined;
      if (sum) found.push({ seq: entry.link.seq, what: sum });
      whole = found.length === 0 || sum !== undefined;
      gaps ||= found.some(({ what }) => what === 'missing');
      take(entry);
      return found;
    },
    standing: () => ({ ...before, seq, open: [...holds.values()] }),
  };
}
