/**
 * What the API asks of auctions, with answers as values. At most 8 bids on their way to each, over all API processes, in the order of arrival.
 * Those that come while an Update is under way go together in the next: each workflow task costs as much as a bid, and bids that travel
 * alone overtake each other.
 */
import { WorkflowNotFoundError, WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import * as messages from '../workflows/messages.ts';
import type { AuctionView, BidAnswer, BidMessage, Tick } from '../workflows/messages.ts';
import { ENDED_MEANWHILE, EngineUnavailable, forAWhile, type Temporal } from './temporal.ts';

const WRITE_MS = 1_500;
const QUERY_MS = 500;
/** A bid waits its turn for so long, and is given up then. Under what a call may take. */
const BID_MS = 8_000;

export type BidRefusal =
  | { kind: 'below_minimum'; minimum: number }
  | { kind: 'auction_closed' | 'not_an_entrant' | 'too_many_bids' | 'given_up' | 'gone' };

const REFUSALS = ['auction_closed', 'not_an_entrant', 'too_many_bids', 'given_up'] as const;

export type SendBid = (message: BidMessage) => Promise<BidAnswer | BidRefusal>;

/** What routes see of it; tests bring their own. */
export type AuctionEngine = Pick<TemporalAuctions, keyof TemporalAuctions>;

/** Bids of one auction that leave together, and their answers in the same order. */
interface Group {
  bids: BidMessage[];
  answers: Promise<(BidAnswer | BidRefusal)[]>;
}

/** An Update whose answer does not come keeps the bids after it no longer than this. */
const GATHER_MS = 200;

export class TemporalAuctions {
  readonly #temporal: Temporal;
  /** By auction: the bids that gather, and the answer to those that left last. */
  readonly #gathering = new Map<string, Group>();
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(temporal: Temporal) {
    this.#temporal = temporal;
  }

  /** Takes its turn when it is `ready`, in the order of arrival; `act` sends, or gives the turn up. Rejects where it had no turn in time, or no answer. */
  bid<T>(auction: string, act: (send: SendBid) => Promise<T>, ready: Promise<unknown>): Promise<T> {
    const send: SendBid = (message) => this.#send(auction, message);
    return this.#temporal.update(messages.auctionWorkflowId(auction), BID_MS, () => act(send), ready);
  }

  async #send(auction: string, bid: BidMessage): Promise<BidAnswer | BidRefusal> {
    const group = this.#gathering.get(auction) ?? this.#gather(auction);
    const place = group.bids.push(bid) - 1;
    return (await group.answers)[place] as BidAnswer | BidRefusal;
  }

  #gather(auction: string): Group {
    const bids: BidMessage[] = [];
    const group = { bids, answers: this.#leave(auction, bids) };
    this.#gathering.set(auction, group);
    return group;
  }

  async #leave(auction: string, bids: BidMessage[]): Promise<(BidAnswer | BidRefusal)[]> {
    await forAWhile(GATHER_MS, this.#underWay.get(auction));
    this.#gathering.delete(auction);
    const answers = this.#deliver(auction, bids);
    const over = () => void (this.#underWay.get(auction) === answers && this.#underWay.delete(auction));
    this.#underWay.set(auction, answers);
    answers.then(over, over);
    return answers;
  }

  /** Where one of several is refused all are, without a trace: each half goes alone then, down to that one. */
  async #deliver(auction: string, bids: BidMessage[]): Promise<(BidAnswer | BidRefusal)[]> {
    const handle = this.#handle(auction);
    const [first] = bids as [BidMessage];
    try {
      if (bids.length === 1) return [await handle.executeUpdate(messages.bidUpdate, { args: [first] })];
      return await handle.executeUpdate(messages.bidsUpdate, { args: [bids] });
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return bids.map(() => ({ kind: 'gone' }));
      if (bids.length === 1) return [refusalIn(error)];
      if (!(error instanceof WorkflowUpdateFailedError)) throw error;
      const half = Math.ceil(bids.length / 2);
      const answers = await this.#deliver(auction, bids.slice(0, half));
      return [...answers, ...(await this.#deliver(auction, bids.slice(half)))];
    }
  }

  /** Undefined: nobody answered within half a second. */
  describe(auction: string): Promise<AuctionView | undefined> {
    return this.#temporal.ask(QUERY_MS, () => this.#handle(auction).query(messages.describeAuction));
  }

  /** Those of these bids that were taken up; `gone`: Temporal knows no such auction; undefined: nobody answered. */
  takenOf(auction: string, ids: string[]): Promise<Set<string> | 'gone' | undefined> {
    return this.#temporal.ask(QUERY_MS, async () => {
      try {
        const taken = await this.#handle(auction).query(messages.takenBids, { ids });
        return new Set(taken.map(({ id }) => id));
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return 'gone';
        throw error;
      }
    });
  }

  /** The time, for an auction that was named busy at its clock and heard nothing. */
  async tick(auction: string, tick: Tick): Promise<'sent' | 'gone'> {
    try {
      await this.#temporal.write(WRITE_MS, () => this.#handle(auction).signal(messages.tickSignal, tick));
      return 'sent';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'gone';
      throw error;
    }
  }

  #handle(auction: string): WorkflowHandle {
    return this.#temporal.client.workflow.getHandle(messages.auctionWorkflowId(auction));
  }
}

function refusalIn(error: unknown): BidRefusal {
  if (!(error instanceof WorkflowUpdateFailedError)) throw error;
  const { type, details } = error.cause instanceof ApplicationFailure ? error.cause : {};
  if (type === ENDED_MEANWHILE) return { kind: 'gone' };
  if (type === 'below_minimum') return { kind: type, minimum: Number(details?.[0]) };
  const kind = REFUSALS.find((known) => known === type);
  if (kind) return { kind };
  throw new EngineUnavailable(`a bid failed: ${type ?? 'without a type'}`);
}
