/** Money in memory, for workflow tests: the ledger's own rules, with accounts that live as long as the test. */
import type { MoneyDeps } from '../../activities/deps.ts';
import type { Terms } from '../../rules/ledger.ts';
import { usd } from '../../rules/money.ts';
import { isBlockedBy, type Strike } from '../../rules/strikes.ts';
import type { AccountKey } from '../../store/ledger-entries.ts';
import type { HoldAnswer, HoldRequest } from '../../store/ledger.ts';
import type { Holder } from '../../store/reservation-queries.ts';
import { inMemory, type Added, type Asked } from './in-memory.ts';

type Money = MoneyDeps['money'];

const TEST_TERMS: Terms = { creditLimit: 1_000_000, perName: null, perMonth: null };

export class MemoryMoney implements Money {
  readonly strikes: (Strike & { id: string; registrar: string; reservation: string })[] = [];
  private readonly accounts = new Map<string, ReturnType<typeof inMemory>>();
  readonly holdersOf: Money['holdersOf'];

  constructor(holderOf: (reservation: string) => Holder | undefined) {
    this.holdersOf = async (reservations) => reservations.flatMap((reservation) => holderOf(reservation) ?? []);
  }

  /** All that was booked for a registrar, oldest first. */
  entriesOf(registrar: string): Added[] {
    return this.account({ registrar }).entries;
  }

  /** From now on; a registrar of whom nothing was said has the test mode's credit. */
  agree(registrar: string, terms: Partial<Terms>): void {
    Object.assign(this.account({ registrar }).terms, terms);
  }

  deposit(registrar: string, operation: string, amount: number): void {
    this.run({ registrar, operation }, { kind: 'deposit', amount });
  }

  async holdFor({ amount, ...request }: HoldRequest): Promise<HoldAnswer> {
    const { terms } = this.account(request);
    const kind = this.run(request, { kind: 'hold', amount: amount.amount });
    if (kind === 'insufficient') return { kind, available: usd(0) };
    if (kind !== 'over_cap') return { kind: 'held', amount };
    return { kind, cap: terms.perName !== null && amount.amount > terms.perName ? 'per_name' : 'per_month' };
  }

  releaseHold: Money['releaseHold'] = async (request) => void this.run(request, { kind: 'release' });

  captureHold: Money['captureHold'] = async ({ amount, ...request }) => {
    const kind = this.run(request, { kind: 'capture', amount: amount.amount });
    return { kind: kind === 'insufficient' ? kind : 'captured' };
  };

  capturedBy: Money['capturedBy'] = async (operations) => {
    const all = [...this.accounts.values()].flatMap(({ entries }) => entries);
    const capture = all.find(({ operation, kind }) => kind === 'capture' && operations.includes(operation));
    return capture?.reservation === undefined ? null : { reservation: capture.reservation, price: usd(capture.amount) };
  };

  chargeFee: Money['chargeFee'] = async ({ amount, ...request }) =>
    void this.run(request, { kind: 'fee', amount: amount.amount });

  giveBack: Money['giveBack'] = async ({ amount, settles, ...request }) =>
    void this.run(request, { kind: 'give_back', amount: amount.amount, settles });

  /** As in the store: as if all were held, on a copy of what stands. */
  isFunded: Money['isFunded'] = async (claims) => {
    const copies = new Map([...this.accounts].map(([key, account]) => [key, inMemory(account.terms, account.entries)]));
    return claims.map(({ registrar, reservation, amount }, index) => {
      const copy = copies.get(registrar) ?? inMemory(TEST_TERMS);
      copies.set(registrar, copy);
      return copy.run(`would-be ${index}`, { kind: 'bid', amount: amount.amount }, reservation) === 'add';
    });
  };

  addStrike: Money['addStrike'] = async ({ operation, registrar, owner, reservation, at }) => {
    const id = `stk_${operation}`;
    if (!this.strikes.some((strike) => strike.id === id))
      this.strikes.push({ id, registrar, owner, reservation, at, lifted: false });
    return id;
  };

  isBlocked: Money['isBlocked'] = async ({ registrar, owner }, now) =>
    isBlockedBy(
      this.strikes.filter((strike) => strike.registrar === registrar),
      owner,
      now,
    );

  private run(request: { registrar: string; operation: string; reservation?: string }, ask: Asked): string {
    return this.account(request).run(request.operation, ask, request.reservation);
  }

  private account({ registrar }: Pick<AccountKey, 'registrar'>): ReturnType<typeof inMemory> {
    const account = this.accounts.get(registrar) ?? inMemory(TEST_TERMS);
    this.accounts.set(registrar, account);
    return account;
  }
}
