/** An auction in memory for tests of bids over HTTP, against a real store and ledger. */
import request from 'supertest';
import type { AuctionEngine, BidRefusal } from '../../api/auction-engine.ts';
import { storedKeys } from '../../api/auth.ts';
import { sweepBids } from '../../api/bid-sweep.ts';
import { storedTurns } from '../../api/idempotency.ts';
import { EngineUnavailable } from '../../api/temporal.ts';
import { auctionActivities } from '../../activities/auctions.ts';
import type { EngineDeps } from '../../activities/deps.ts';
import { DEFAULT_AUCTION_POLICY } from '../../registry/policies/award.ts';
import { usd } from '../../rules/money.ts';
import * as auctions from '../../store/auctions.ts';
import { holdFor, holdOf } from '../../store/ledger.ts';
import { insertReservation } from '../../store/reservations.ts';
import { BidBook } from '../../workflows/bid-book.ts';
import type { AuctionInput, BidAnswer, BidMessage, Tick } from '../../workflows/messages.ts';
import { asOperator, fakeEngine, testApp } from './world.ts';

export const LIST = 6_900;
export const START = Date.UTC(2026, 2, 1);
let auctionsHeld = 0;

export interface Registrar {
  id: string;
  secret: string;
}

/** One auction, held by the rules themselves; what the API asks of it can be lost on the way there or back. */
export class Hall {
  readonly id = `auc_${++auctionsHeld}`;
  now = START;
  losing: 'turn' | 'question' | 'answer' | undefined;
  /** It was ended by hand: `gone` where Temporal knows it no more. */
  ended: 'by hand' | 'gone' | undefined;
  /** What happens as a turn is lost, and as the auction has said which bids it took up. */
  meanwhile: (() => Promise<unknown>) | undefined;
  /** Questions that were lost on their way. */
  readonly late: BidMessage[] = [];
  clock: string | undefined;
  readonly ticked: Tick[] = [];
  private readonly reservations: { id: string; registrar: string }[] = [];
  private book: BidBook | undefined;
  private rev = 0;
  private published = 0;
  readonly engine = fakeEngine({
    enter: async () => ({ tick: 7, now: this.now }),
    describeClock: async () => ({ status: 'ready', now: this.now, target: this.now, waitingFor: [], attention: null }),
  });
  readonly auctions: AuctionEngine = {
    bid: async (_auction, act) => {
      if (this.losing === 'turn') {
        await this.happens();
        throw new EngineUnavailable('no turn');
      }
      return act(async (message) => this.take(message));
    },
    describe: async () => undefined,
    takenOf: async (_auction, ids) => {
      if (this.losing === 'answer') return undefined;
      if (this.ended === 'gone') return 'gone';
      const taken = new Set(ids.filter((id) => this.held.answerTo(id)));
      await this.happens();
      return taken;
    },
    tick: async (_auction, tick) => {
      this.ticked.push(tick);
      return 'sent';
    },
  };
  readonly app = testApp({
    keys: storedKeys,
    turns: storedTurns,
    now: () => this.now,
    engine: this.engine,
    auctions: this.auctions,
  });

  get held(): BidBook {
    if (!this.book) throw new Error('not open yet');
    return this.book;
  }

  private async happens(): Promise<void> {
    const { meanwhile } = this;
    this.meanwhile = undefined;
    await meanwhile?.();
  }

  private async take(message: BidMessage) {
    if (this.losing === 'question') {
      this.late.push(message);
      throw new EngineUnavailable('lost');
    }
    const answer = this.arrive(message);
    if (this.losing === 'answer') throw new EngineUnavailable('lost');
    return answer;
  }

  /** As `workflows/auction.ts` takes it up. */
  arrive(message: BidMessage): BidAnswer | BidRefusal {
    if (this.ended) return { kind: 'gone' };
    const refusal = this.held.refusalOf([message], this.now);
    if (refusal) return refusal as BidRefusal;
    if (!this.held.answerTo(message.id) && this.now >= message.givenUpAt) return { kind: 'given_up' };
    return this.held.take(message, this.now) as BidAnswer;
  }

  /** As an API process does once a minute; how many were undone. */
  readonly sweep = (): Promise<number> =>
    sweepBids({ auctions: this.auctions, engine: this.engine, now: () => this.now });

  async registrar(name: string, settings: object = {}): Promise<Registrar> {
    const { body } = await request(this.app)
      .post('/v1/registrars')
      .set(asOperator)
      .send({ name, ...settings });
    const key = { name: 'k', mode: 'test', scopes: ['reservations', 'bids', 'read'] };
    const made = await request(this.app).post(`/v1/registrars/${body.id}/keys`).set(asOperator).send(key).expect(201);
    return { id: body.id, secret: made.body.secret };
  }

  /** A reservation in the auction, its list price held as before each drop. */
  async claim(registrar: Registrar, budget: number): Promise<string> {
    const id = `rsv_${auctionsHeld}_${this.reservations.length + 1}`;
    const name = 'contested.test';
    await insertReservation({
      _id: id,
      registrar: registrar.id,
      livemode: false,
      domain: { name, unicode: name, tld: 'test' },
      customer: { id },
      owner: id,
      budget: usd(budget),
      on_renewal: 'keep_waiting',
      acceptance: 'automatic',
      bidding: 'manual',
      dry_run: false,
      metadata: {},
      created: new Date(START),
    });
    const money = { registrar: registrar.id, livemode: false, reservation: id, name };
    await holdFor({ ...money, operation: `fund:${id}`, amount: usd(LIST), at: START });
    this.reservations.push({ id, registrar: registrar.id });
    return id;
  }

  async open(): Promise<void> {
    this.book = new BidBook(this.terms());
    await this.publish();
  }

  private terms(): AuctionInput {
    return {
      ...{ id: this.id, name: 'contested.test', tld: 'test', livemode: false, currency: 'USD', listPrice: LIST },
      ...(this.clock !== undefined && { clock: this.clock }),
      policy: DEFAULT_AUCTION_POLICY,
      entrants: this.reservations.map(({ id }, index) => ({
        ...{ reservation: id, ordinal: index, bidder: `bidder-${index + 1}` },
      })),
      startedAt: START,
      time: { tick: 0, now: START },
    };
  }

  async publish(status: 'open' | 'closed' = 'open'): Promise<void> {
    const { auction, kept, count, raises } = this.held;
    const from = this.published;
    this.published = count;
    const { price, endsAt, extensions } = auction;
    const opening = this.rev === 0 && { opening: this.terms() };
    await auctionActivities({ store: auctions } as unknown as EngineDeps).publishAuction({
      ...{
        id: this.id,
        rev: ++this.rev,
        ...opening,
        status,
        price,
        minimum: price + 500,
        endsAt,
        extensions,
        count,
        raises,
      },
      leader: auction.terms.entrants[auction.leader]?.bidder ?? '',
      bids: {
        ...{ from, ids: kept.ids.slice(from), entrants: kept.bids.entrants.slice(from), at: kept.bids.at.slice(from) },
        ...{ maxima: kept.bids.maxima.slice(from), prices: kept.prices.slice(from), led: kept.led.slice(from) },
      },
      at: this.now,
    });
  }

  bid({ secret }: Registrar, reservation: string, amount: number, key?: string) {
    const call = request(this.app).post(`/v1/auctions/${this.id}/bids`).set('authorization', `Bearer ${secret}`);
    if (key !== undefined) call.set('idempotency-key', key);
    return call.send({ reservation, max: usd(amount) });
  }

  async get({ secret }: Registrar, path = '') {
    const { body } = await request(this.app)
      .get(`/v1/auctions/${this.id}${path}`)
      .set('authorization', `Bearer ${secret}`)
      .expect(200);
    return body;
  }
}

export const heldFor = async ({ id }: Registrar, reservation: string): Promise<number> =>
  (await holdOf({ registrar: id, livemode: false, reservation }))?.amount ?? 0;
