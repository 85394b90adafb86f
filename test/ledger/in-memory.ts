/** One account of the ledger's rules alone: operations in the order they come, and what each was answered. */
import { decide, NOTHING, type Ask, type Balances, type Decision, type Draft, type Terms } from '../../rules/ledger.ts';

export type Asked =
  | Exclude<Ask, { kind: 'give_back' | 'undo_bid' }>
  | { kind: 'undo_bid'; bid: string; standing?: number }
  | { kind: 'give_back'; amount: number; settles: string };

export interface Added extends Draft {
  operation: string;
  reservation: string | undefined;
  limit: number;
}

export const MONTH = '2026-03';

export function inMemory(agreed: Terms, before: readonly Added[] = []) {
  const terms = { ...agreed };
  const entries = [...before];
  const now = (): Balances => entries.at(-1) ?? NOTHING;
  const holdOf = (reservation: string) => entries.findLast((entry) => entry.reservation === reservation)?.hold ?? null;
  const spent = () => entries.findLast((entry) => entry.spent !== null)?.spent ?? 0;

  function run(
    operation: string,
    asked: Asked,
    reservation?: string,
    creditLimit = terms.creditLimit,
  ): Decision['kind'] | 'there' {
    if (entries.some((entry) => entry.operation === operation)) return 'there';
    const ask = givenBack(asked);
    if (!ask) return 'nothing';
    const { balance, held, owed } = now();
    const hold = reservation === undefined ? null : holdOf(reservation);
    const limited = { ...terms, creditLimit };
    const decision: Decision = decide(operation, ask, { balance, held, owed, hold, spent: spent() }, limited);
    if (decision.kind === 'add') entries.push({ ...decision.draft, operation, reservation, limit: creditLimit });
    return decision.kind;
  }

  function givenBack(asked: Asked): Ask | undefined {
    if (asked.kind !== 'give_back') return asked;
    const capture = entries.find(({ operation, kind }) => operation === asked.settles && kind === 'capture');
    if (!capture || entries.some(({ settles }) => settles === asked.settles)) return undefined;
    const captured = { operation: asked.settles, amount: capture.amount, month: MONTH };
    return { kind: 'give_back', amount: Math.min(asked.amount, capture.amount), captured };
  }

  return { run, now, holdOf, spent, entries, terms };
}
