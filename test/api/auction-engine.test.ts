/** How bids travel: alone where none is under way, else together, and one that is too low takes no other with it. */
import { WorkflowNotFoundError, WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { TemporalAuctions, type SendBid } from '../../api/auction-engine.ts';
import { Temporal } from '../../api/temporal.ts';
import type { BidMessage } from '../../workflows/messages.ts';

interface Sent {
  ids: string[];
  answer(): void;
}

/** Takes up what is not lower than what it has; answers when it is told to. */
class Auction {
  readonly sent: Sent[] = [];
  readonly taken: number[] = [];
  gone = false;
  holds = true;

  readonly client = {
    withDeadline: (_at: number, call: () => Promise<unknown>) => call(),
    workflow: { getHandle: () => ({ executeUpdate: this.#update }) },
  } as unknown as Client;

  readonly #update = async (_update: unknown, { args: [one] }: { args: [BidMessage | BidMessage[]] }) => {
    const bids = [one].flat();
    const told = new Promise<void>((answer) => this.sent.push({ ids: bids.map(({ id }) => id), answer }));
    if (this.holds) await told;
    if (this.gone) throw new WorkflowNotFoundError('gone', 'auction:auc_1', undefined);
    const highest = Math.max(0, ...this.taken);
    if (bids.some(({ max }) => max < highest)) {
      const refusal = ApplicationFailure.nonRetryable('low', 'below_minimum', highest);
      throw new WorkflowUpdateFailedError('refused', refusal);
    }
    this.taken.push(...bids.map(({ max }) => max));
    const answers = bids.map(({ max }) => ({ leading: true, price: { amount: max, currency: 'USD' } }));
    return Array.isArray(one) ? answers : answers[0];
  };
}

let auction: Auction;
let auctions: TemporalAuctions;
beforeEach(() => {
  auction = new Auction();
  auctions = new TemporalAuctions(new Temporal(auction.client, 1));
});

const bid = (max: number) => {
  const message = { id: `bid_${max}`, reservation: 'rsv_1', max, givenUpAt: Number.MAX_SAFE_INTEGER };
  return auctions.bid('auc_1', (send: SendBid) => send(message), Promise.resolve());
};
const said = (answers: Awaited<ReturnType<typeof bid>>[]) =>
  answers.map((answer) => ('kind' in answer ? answer.kind : answer.price.amount));
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function whileOneIsUnderWay(...others: number[]) {
  const all = [bid(10), ...others.map(bid)];
  await turn();
  expect(auction.sent.map(({ ids }) => ids)).toEqual([['bid_10']]);
  auction.holds = false;
  auction.sent[0]?.answer();
  return said(await Promise.all(all));
}

test('bids that come while one is under way go together, at most eight on their way, in the order in which they came', async () => {
  const maxima = Array.from({ length: 12 }, (_, index) => 20 + index);
  expect(await whileOneIsUnderWay(...maxima)).toEqual([10, ...maxima]);
  expect(auction.sent[1]?.ids).toEqual(maxima.slice(0, 7).map((max) => `bid_${max}`));
  expect(auction.taken).toEqual([10, ...maxima]);
});

test('one that is too low is told so alone; those that came with it are taken up in their order', async () => {
  expect(await whileOneIsUnderWay(20, 30, 5, 40, 50)).toEqual([10, 20, 30, 'below_minimum', 40, 50]);
  expect(auction.taken).toEqual([10, 20, 30, 40, 50]);
});

test('an auction that is gone answers all that came together', async () => {
  auction.gone = true;
  expect(await whileOneIsUnderWay(20, 30)).toEqual(['gone', 'gone', 'gone']);
  expect(auction.sent).toHaveLength(2);
});

test('a bid that is never answered keeps those after it for a moment only', async () => {
  const unanswered = bid(10);
  await turn();
  auction.holds = false;
  expect(said(await Promise.all([bid(20), bid(30)]))).toEqual([20, 30]);
  auction.sent[0]?.answer();
  await unanswered;
  expect(auction.sent.map(({ ids }) => ids)).toEqual([['bid_10'], ['bid_20', 'bid_30']]);
});
