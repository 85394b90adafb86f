/** What the API asks of auctions, with answers as values. At most 8 Updates at a time for each, over all API processes, in the order of arrival. */
import { WorkflowNotFoundError, WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import * as messages from '../workflows/messages.ts';
import type { AuctionView, BidAnswer, BidMessage, Tick } from '../workflows/messages.ts';
import { ENDED_MEANWHILE, EngineUnavailable, type Temporal } from './temporal.ts';

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

export class TemporalAuctions {
  readonly #temporal: Temporal;

  constructor(temporal: Temporal) {
    this.#temporal = temporal;
  }

  /** Takes its turn when it is `ready`, in the order of arrival; `act` sends, or gives the turn up. Rejects where it had no turn in time, or no answer. */
  bid<T>(auction: string, act: (send: SendBid) => Promise<T>, ready: Promise<unknown>): Promise<T> {
    const send: SendBid = (message) => this.#send(this.#handle(auction), message);
    return this.#temporal.update(messages.auctionWorkflowId(auction), BID_MS, () => act(send), ready);
  }

  async #send(handle: WorkflowHandle, message: BidMessage): Promise<BidAnswer | BidRefusal> {
    try {
      return await handle.executeUpdate(messages.bidUpdate, { args: [message] });
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return { kind: 'gone' };
      return refusalIn(error);
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
