/** The plan's acts, each begun at its time and not held up by the others: what registrars, customers and the operator do. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../engine-client.ts';
import type { MoneyAct } from './award-plan.ts';
import { day, END_DAY, type Life } from './lives.ts';
import type { Persistent } from './persistent.ts';
import { keyOf, subjectOf } from './order.ts';
import type { Act, Plan, Reserve } from './plan.ts';
import type { Told } from './books.ts';

export interface Actors {
  operator: Persistent;
  registrars: { id: string; by: Persistent }[];
  /** Ids of the test clocks. */
  clocks: string[];
}

const LOOK_AGAIN_MS = 3_000;
const BIDDERS_MS = 8_000;

const iso = (at: number): string => new Date(at).toISOString();

export class Workload {
  readonly told = new Map<string, Told>();
  /** Acts that had no final answer in all that time. */
  readonly unanswered: string[] = [];
  /** Names that the registry was told of. */
  readonly put = new Set<string>();
  #actors: Actors;
  readonly #plan: Plan;
  /** What an act of the same reservation, name or clock waits for. */
  readonly #done = new Map<string, Promise<unknown>>();
  readonly #bodies = new Map<string, object>();

  constructor(plan: Plan, actors: Actors) {
    this.#plan = plan;
    this.#actors = actors;
  }

  async prepare(): Promise<void> {
    for (const life of this.#plan.lives) if (life.clock !== undefined) await this.#putName(life);
  }

  /** Resolves when every act has had its answer, or was given up. */
  async run(): Promise<void> {
    const begun = Date.now();
    const running: Promise<unknown>[] = [];
    for (const act of this.#plan.acts) {
      await sleep(Math.max(0, begun + act.atMs - Date.now()));
      const after = this.#done.get(subjectOf(act)) ?? Promise.resolve();
      const done = after.then(() => this.#perform(act)).catch((error: unknown) => this.#giveUpOn(act, error));
      this.#done.set(keyOf(act), done);
      running.push(done);
    }
    await Promise.all(running);
  }

  /** After the faults, with programs that ask anew: refusals mended, and every clock at the end of time. */
  async finish(actors: Actors): Promise<void> {
    this.#actors = actors;
    await Promise.all(this.#plan.lives.filter(({ refused }) => refused).map((life) => this.#mend(life)));
    await this.support();
    await Promise.all(this.#actors.clocks.map((_, clock) => this.#advance(clock, END_DAY)));
  }

  /** Most of those who still wait then are given up by their registrars. */
  async giveUp(open: ReadonlySet<string>): Promise<void> {
    const reservations = this.#plan.acts.filter((act) => act.do === 'reserve');
    const left = reservations.filter((one) => one.givenUp && open.has(this.idOf(one.key) ?? ''));
    await Promise.all(left.map((one) => this.#cancel(one, 'end')));
  }

  /** Support retries what stopped; where the cause is not mended it stops again. */
  async support(): Promise<void> {
    const { operator } = this.#actors;
    const { body } = await operator.ask('GET', '/v1/reservations?needs_attention=true&limit=100');
    const stuck = new Map<string, string>();
    for (const { needs_attention: attention, domain } of body?.data ?? [])
      if (attention) stuck.set(domain.name, attention.id);
    await Promise.all(
      [...stuck].map(([name, attention]) =>
        operator.ask('POST', `/v1/domains/${name}/retry`, { attention, reason: 'the registry was asked' }),
      ),
    );
  }

  /** Names that nobody took and the registry no longer takes back: support keeps them. */
  async keep(names: readonly string[]): Promise<void> {
    const { operator } = this.#actors;
    for (const name of names) {
      const { body } = await operator.ask('GET', `/v1/domains/${name}/award`);
      const attention = body.data?.[0]?.needs_attention;
      const reason = { attention: attention?.id, reason: 'nobody took it' };
      if (attention?.step === 'unclaimed') await operator.ask('POST', `/v1/domains/${name}/skip`, reason);
    }
  }

  /** Whose reservation this is of those in the plan. */
  reserveOf(id: string): Reserve | undefined {
    return this.#plan.acts.find(
      (act): act is Reserve & { atMs: number } => act.do === 'reserve' && this.idOf(act.key) === id,
    );
  }

  idOf(key: string): string | undefined {
    return this.told.get(key)?.answers.find(({ id }) => id !== undefined)?.id;
  }

  #giveUpOn(act: Act, error: unknown): void {
    if (!isAbort(error)) throw error;
    this.unanswered.push(`${act.do} ${subjectOf(act)}`);
  }

  async #perform(act: Act): Promise<unknown> {
    switch (act.do) {
      case 'put':
        return this.#putName(act.life);
      case 'advance':
        await this.#advance(act.clock, act.toDay);
        return this.#rest(act.clock);
      case 'reserve':
        return this.#reserve(act);
      case 'repeat':
        return this.#send(act.reservation);
      case 'cancel':
        return this.#cancel(act.reservation, 'cancel');
      case 'change':
        return this.#change(act.reservation, act.change);
      case 'mend':
        return this.#mend(act.life);
      case 'support':
        return this.support();
      case 'credit':
      case 'deposit':
        return this.#money(act);
    }
  }

  async #putName(life: Life): Promise<void> {
    const instants = Object.entries(life.facts).map(([key, fact]) => [
      key,
      typeof fact === 'number' && key.endsWith('_at') ? iso(fact) : fact,
    ]);
    const { status, body } = await this.#actors.operator.ask('PUT', `/v1/sandbox/domains/${life.name}`, {
      ...Object.fromEntries(instants),
      ...(life.clock !== undefined && { test_clock: this.#actors.clocks[life.clock] }),
      ...(life.dropsInMs !== undefined && { drops_at: iso(Date.now() + life.dropsInMs) }),
    });
    if (status !== 200) throw new Error(`${life.name} was not taken: ${status} ${body?.code} ${body?.detail}`);
    this.put.add(life.name);
  }

  /** A move that an earlier try made already is no longer forward. */
  async #advance(clock: number, toDay: number): Promise<void> {
    const path = `/v1/test_clocks/${this.#actors.clocks[clock]}/advance`;
    await this.#actors.operator.ask('POST', path, { frozen_time: iso(day(toDay)) });
  }

  /** Until time stands still; where names of this clock are bid for, bidders then have a while. */
  async #rest(clock: number): Promise<void> {
    const { operator, clocks } = this.#actors;
    for (;;) {
      const { body } = await operator.ask('GET', `/v1/test_clocks/${clocks[clock]}`);
      if (body.status !== 'advancing') break;
      await sleep(LOOK_AGAIN_MS);
      await this.support();
    }
    const { body } = await operator.ask('GET', '/v1/auctions?status=open&limit=100');
    const open = new Set(body.data.map(({ domain }: { domain: { name: string } }) => domain.name));
    if (this.#plan.lives.some((life) => life.clock === clock && open.has(life.name))) await sleep(BIDDERS_MS);
  }

  async #reserve(act: Reserve): Promise<void> {
    const { key, life, registrar } = act;
    const sentAt = Date.now();
    const told: Told = {
      key,
      name: life.name,
      registrar: this.#registrar(registrar).id,
      sentAt,
      answeredAt: Infinity,
      answers: [],
    };
    this.told.set(key, told);
    const waitUntil =
      act.waitUntil !== undefined && (life.clock === undefined ? sentAt + act.waitUntil : act.waitUntil);
    this.#bodies.set(key, {
      domain: life.name,
      // The same person at two registrars: claims tied to one another.
      customer: { id: act.customer, email: `${act.customer}@customer.test` },
      budget: { amount: act.award.budget, currency: 'USD' },
      ...act.wish,
      bidding: act.award.bidding,
      acceptance: act.award.acceptance,
      ...(waitUntil !== false && { wait_until: iso(waitUntil) }),
      metadata: { soak: key },
    });
    await Promise.all([this.#send(act), ...(act.twice ? [this.#send(act)] : [])]);
  }

  async #send(act: Reserve): Promise<void> {
    const { key, prefersAsync } = act;
    const headers = { 'idempotency-key': key, ...(prefersAsync && { prefer: 'respond-async' }) };
    const answer = await this.#registrar(act.registrar).by.ask(
      'POST',
      '/v1/reservations',
      this.#bodies.get(key),
      headers,
    );
    const told = this.told.get(key) as Told;
    told.answeredAt = Math.min(told.answeredAt, Date.now());
    told.answers.push(finalOf(answer));
  }

  async #cancel(reservation: Reserve, why: string): Promise<void> {
    const id = this.idOf(reservation.key);
    if (id === undefined) return;
    const headers = { 'idempotency-key': `${reservation.key}-${why}` };
    await this.#registrar(reservation.registrar).by.ask('POST', `/v1/reservations/${id}/cancel`, {}, headers);
  }

  async #change(reservation: Reserve, change: Record<string, unknown>): Promise<void> {
    const id = this.idOf(reservation.key);
    if (id !== undefined)
      await this.#registrar(reservation.registrar).by.ask('PATCH', `/v1/reservations/${id}`, change);
  }

  async #mend(life: Life): Promise<void> {
    await this.#actors.operator.ask('PATCH', `/v1/sandbox/domains/${life.name}`, { create_result: null });
  }

  async #money({ do: what, registrar, amount: cents, atMs }: MoneyAct): Promise<void> {
    const { id } = this.#registrar(registrar);
    const { operator } = this.#actors;
    const amount = { amount: cents, currency: 'USD' };
    if (what === 'credit') await operator.ask('PATCH', `/v1/registrars/${id}`, { credit_limit: { test: amount } });
    else
      await operator.ask('POST', `/v1/registrars/${id}/deposits`, { amount, mode: 'test', reference: `soak ${atMs}` });
  }

  #registrar(index: number): Actors['registrars'][number] {
    return this.#actors.registrars[index] as Actors['registrars'][number];
  }
}

export const isAbort = (error: unknown): boolean => ['AbortError', 'TimeoutError'].includes((error as Error).name);

export const finalOf = ({ status, body }: Answer): Told['answers'][number] =>
  status < 300 ? { status, id: body.id } : { status, code: body?.code };
