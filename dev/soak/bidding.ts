/** What registrars' programs do in an award: each looks again and again at its open auctions and offers, bids as planned, and answers. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PlannedBid } from './award-plan.ts';
import type { ToldBid } from './books.ts';
import type { Reserve } from './plan.ts';
import { finalOf, isAbort, type Actors, type Workload } from './workload.ts';

const LOOK_MS = 1_000;
const CENTS = 100;

export class Bidding {
  readonly told: ToldBid[] = [];
  /** Reservations whose program declined an offer. */
  readonly declined = new Set<string>();
  readonly #workload: Workload;
  readonly #actors: Actors;
  readonly #looks = new Map<string, number>();
  readonly #answered = new Set<string>();
  readonly #underWay: Promise<void>[] = [];

  constructor(workload: Workload, actors: Actors) {
    this.#workload = workload;
    this.#actors = actors;
  }

  /** Looks until `over`. Resolves when every bid and answer has had its own, or was given up. */
  async run(over: Promise<unknown>): Promise<void> {
    let isOver = false;
    const ending = over.finally(() => (isOver = true));
    await Promise.all(
      this.#actors.registrars.map(async (registrar) => {
        for (; !isOver; await sleep(LOOK_MS)) await this.#look(registrar).catch(unlessGivenUp);
      }),
    );
    await Promise.all([ending, ...this.#underWay]);
  }

  async #look(registrar: Actors['registrars'][number]): Promise<void> {
    const { by } = registrar;
    const { body: auctions } = await by.ask('GET', '/v1/auctions?status=open&limit=100');
    for (const { id, next_minimum: minimum, mine } of auctions.data)
      for (const { reservation, leading } of mine) {
        const reserve = this.#workload.reserveOf(reservation);
        const bid = reserve && this.#due(reserve);
        const least = Math.max(minimum.amount, leading ? this.#highest(reservation) : 0);
        if (bid) this.#begin(this.#bid(registrar, reserve, { ...bid, auction: id, minimum: least }));
      }
    const { body: offers } = await by.ask('GET', '/v1/reservations?status=offered&limit=100');
    for (const { id } of offers.data) {
      const reserve = this.#workload.reserveOf(id);
      if (!reserve || reserve.award.answer === 'lapse' || this.#answered.has(id)) continue;
      this.#answered.add(id);
      if (reserve.award.answer === 'decline') this.declined.add(id);
      const path = `/v1/reservations/${id}/${reserve.award.answer}`;
      this.#begin(by.ask('POST', path, {}, { 'idempotency-key': `${reserve.key}-answer` }));
    }
  }

  /** The next bid of a reservation, where it has waited long enough; the one before may still be under way. */
  #due({ key, award }: Reserve): (PlannedBid & { index: number }) | undefined {
    let look = this.#looks.get(key) ?? 0;
    this.#looks.set(key, look + 1);
    for (const [index, bid] of award.bids.entries()) {
      if (look === bid.afterLooks) return { ...bid, index };
      look -= bid.afterLooks + 1;
      if (look < 0) return undefined;
    }
    return undefined;
  }

  /** Who leads raises above its own. */
  #highest(reservation: string): number {
    return Math.max(0, ...this.told.filter((one) => one.reservation === reservation).map(({ max }) => max + CENTS));
  }

  async #bid(
    { id: registrar, by }: Actors['registrars'][number],
    { key: of }: Reserve,
    { auction, minimum, over, index, twice }: PlannedBid & { auction: string; minimum: number; index: number },
  ): Promise<void> {
    const reservation = this.#workload.idOf(of) as string;
    // Its cents tell it from every other bid of the same reservation, also where nobody was told its id.
    const max = Math.max(1, Math.round((minimum + over) / CENTS)) * CENTS + index + 1;
    const key = `${of}-bid-${index + 1}`;
    const told: ToldBid = { key, registrar, auction, reservation, max, sent: 0, answers: [] };
    this.told.push(told);
    const body = { reservation, max: { amount: max, currency: 'USD' } };
    const send = async () => {
      told.sent += 1;
      told.answers.push(
        finalOf(await by.ask('POST', `/v1/auctions/${auction}/bids`, body, { 'idempotency-key': key })),
      );
    };
    await Promise.all([send(), ...(twice ? [send()] : [])]);
  }

  #begin(doing: Promise<unknown>): void {
    this.#underWay.push(doing.then(() => undefined, unlessGivenUp));
  }
}

function unlessGivenUp(error: unknown): void {
  if (!isAbort(error)) throw error;
}
