/**
 * Bids: how many a second through the API, beside bare Updates on an auction at 8 in flight in the same run; and one auction of ten thousand
 * bids from two hundred bidders, from the first bid to its result. The auctions are real ones, started without the name's arbiter.
 */
import { WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import type { EngineClient } from '../dev/engine-client.ts';
import { DEFAULT_AUCTION_POLICY } from '../registry/policies/award.ts';
import { bidsOf, openAuction, ranking, take, type AuctionPolicy } from '../rules/bidding.ts';
import {
  auctionStart,
  auctionWorkflowId,
  bidUpdate,
  describeAuction,
  type AuctionInput,
  type AuctionResult,
} from '../workflows/messages.ts';
import type { Bench } from './main.ts';
import { median, percentile, perSecond, report } from './measure.ts';
import { heldNames, reservationOf } from './names.ts';

const ROUNDS = 5;
const N = 400;
const IN_FLIGHT = 8;
/** Two more than have a turn. */
const API_IN_FLIGHT = 10;

const REGISTRARS = 10;
const BIDDERS = 200;
const BIDS = 10_000;

const LIST = 6_900;
const STEP = 100;
/** Each bid is so much over the one before, whichever of those in flight comes first. */
const BETWEEN = 10 * STEP;
const POLICY: AuctionPolicy = {
  ...DEFAULT_AUCTION_POLICY,
  steps: [{ below: null, step: STEP }],
  softCloseMs: 2_000,
  closingMs: 2_000,
};
const BUDGET = LIST + BETWEEN * 2 * (BIDS + ROUNDS * N);

interface Bidder {
  client: EngineClient;
  reservation: string;
}

export async function benchAuction({ operator, temporal }: Bench): Promise<void> {
  const [name = ''] = await heldNames(operator, 'auction', 1);
  const bidders = await reserved(operator, name);
  const rate = await ratio(temporal, name, bidders);
  await great(temporal, name, bidders, (BIDS / rate) * 1_500 + 60_000);
}

async function reserved(operator: EngineClient, name: string): Promise<Bidder[]> {
  const clients: EngineClient[] = [];
  const credit = { amount: BUDGET * BIDDERS, currency: 'USD' };
  for (let index = 0; index < REGISTRARS; index++) {
    const settings = { notices: { to: 'nobody' }, credit_limit: { test: credit } };
    clients.push((await operator.registrar(`bench auction ${index}`, settings)).client);
  }
  const bidders: Bidder[] = [];
  for (let index = 0; index < BIDDERS; index++) {
    const client = clients[index % REGISTRARS] as EngineClient;
    const body = {
      ...reservationOf(name),
      customer: { id: `cus-${index}` },
      budget: { amount: BUDGET, currency: 'USD' },
    };
    const { id } = await client.must('POST', '/v1/reservations', body);
    bidders.push({ client, reservation: id });
  }
  return bidders;
}

async function open(temporal: Client, id: string, name: string, bidders: Bidder[], durationMs: number) {
  const startedAt = Date.now();
  const input: AuctionInput = {
    ...{ id, name, tld: 'test', livemode: false, currency: 'USD', listPrice: LIST, startedAt },
    policy: { ...POLICY, durationMs },
    entrants: bidders.map(({ reservation }, index) => ({ reservation, ordinal: index, bidder: `bidder-${index}` })),
    time: { tick: 0, now: startedAt },
  };
  return temporal.workflow.start('auction', auctionStart(input));
}

/** Rises with each call, so that every bid is above those sent before. */
const rising = () => {
  let sent = 0;
  return () => LIST + BETWEEN * ++sent;
};

async function through(auction: string, { client, reservation }: Bidder, max: number) {
  const begun = performance.now();
  const { status, body } = await client.post(`/v1/auctions/${auction}/bids`, {
    reservation,
    max: { amount: max, currency: 'USD' },
  });
  return { status, body, ms: performance.now() - begun };
}

/** In turn, several times over, as `accept` does: the ratio is the median of the rounds'. */
async function ratio(temporal: Client, name: string, bidders: Bidder[]): Promise<number> {
  const [bare, api] = ['auc_bench_bare', 'auc_bench_api'];
  for (const id of [bare, api]) await open(temporal, id, name, bidders, 3_600_000);
  await bidders[0]?.client.until(`/v1/auctions/${api}`, ({ status }) => status === 'open');
  const handle = temporal.workflow.getHandle(auctionWorkflowId(bare));
  const next = { bare: rising(), api: rising() };
  const one = (count: number) => bidders[count % BIDDERS] as Bidder;
  let count = 0;
  const ofBare = () =>
    takenPerSecond(IN_FLIGHT, async () => {
      const { reservation } = one(++count);
      const message = { id: `bid_bare_${count}`, reservation, max: next.bare(), givenUpAt: Date.now() + 60_000 };
      return handle.executeUpdate(bidUpdate, { args: [message] }).then(
        () => true,
        (error: unknown) => {
          if (error instanceof WorkflowUpdateFailedError) return false;
          throw error;
        },
      );
    });
  const ofApi = () =>
    takenPerSecond(API_IN_FLIGHT, async () => {
      const { status, body } = await through(api, one(++count), next.api());
      if (status !== 201 && status !== 422) throw new Error(`auction: a bid was answered ${status} ${body.code}`);
      return status === 201;
    });
  // The first round warms up what is measured.
  await ofBare();
  await ofApi();
  const rounds: { bare: Taken; api: Taken }[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push({ bare: await ofBare(), api: await ofApi() });
  const of = (figure: string, value: number, unit: string) =>
    report({ bench: 'auction', figure, value, unit, n: ROUNDS * N });
  of('bare_updates', median(rounds.map(({ bare }) => bare.rate)), '1/s');
  of('bare_updates_taken', median(rounds.map(({ bare }) => bare.share)), 'share');
  of('bids', median(rounds.map(({ api }) => api.rate)), '1/s');
  of('bids_taken', median(rounds.map(({ api }) => api.share)), 'share');
  of('bids_over_bare', median(rounds.map(({ bare, api }) => api.rate / bare.rate)), 'ratio');
  of('bids_over_all_bare', median(rounds.map(({ bare, api }) => api.rate / (bare.rate / bare.share))), 'ratio');
  for (const id of [bare, api]) await temporal.workflow.getHandle(auctionWorkflowId(id)).terminate('measured');
  return median(rounds.map(({ api }) => api.rate));
}

/** Bids taken up a second, and their share in all that were sent. */
interface Taken {
  rate: number;
  share: number;
}

/** Those that were overtaken on their way, and so too low, took their time as well and count for nothing. */
async function takenPerSecond(inFlight: number, bid: () => Promise<boolean>): Promise<Taken> {
  let taken = 0;
  const rate = await perSecond(N, inFlight, async () => {
    if (await bid()) taken++;
  });
  return { rate: (rate * taken) / N, share: taken / N };
}

/** Open for so long that the last bid comes well before the end. */
async function great(temporal: Client, name: string, bidders: Bidder[], durationMs: number): Promise<void> {
  const id = 'auc_bench_great';
  const handle = await open(temporal, id, name, bidders, durationMs);
  await bidders[0]?.client.until(`/v1/auctions/${id}`, ({ status }) => status === 'open');
  const next = rising();
  const times: number[] = [];
  const taken: { reservation: string; max: number }[] = [];
  const refused = new Map<number, number>();
  const rate = await perSecond(BIDS, API_IN_FLIGHT, async (index) => {
    const bidder = bidders[index % BIDDERS] as Bidder;
    const max = next();
    const { status, ms } = await through(id, bidder, max);
    times.push(ms);
    if (status === 201) taken.push({ reservation: bidder.reservation, max });
    else refused.set(status, (refused.get(status) ?? 0) + 1);
  });
  const of = (figure: string, value: number, unit: string) =>
    report({ bench: 'auction', figure, value, unit, n: BIDS });
  of('great_bids', rate, '1/s');
  of('great_answer_p50', percentile(times, 0.5), 'ms');
  of('great_answer_p99', percentile(times, 0.99), 'ms');
  of('great_taken', taken.length, 'bids');
  for (const [status, count] of refused) of(`great_answered_${status}`, count, 'bids');
  const { endsAt } = await handle.query(describeAuction);
  of('great_ends_in', (endsAt - Date.now()) / 1_000, 's');
  const { events, runs } = await historyOf(temporal, id);
  of('great_events_per_bid', events / taken.length, 'events');
  of('great_runs', runs, 'runs');
  const result = (await handle.result()) as AuctionResult;
  endsRight(result, taken);
  const closed = await bidders[0]?.client.until(`/v1/auctions/${id}`, ({ status }) => status === 'closed');
  const shown = taken.length - raisesIn(result);
  if (closed.bids !== shown) throw new Error(`auction: ${closed.bids} bids are shown of ${shown}`);
  of('great_ended_right', 1, 'yes');
}

/** Every bid that was acknowledged is in the result once, no other is, and the highest has it at one step over the next. */
function endsRight({ book }: AuctionResult, taken: { reservation: string; max: number }[]): void {
  const spoken = ({ reservation, max }: { reservation: string; max: number }) => `${reservation} ${max}`;
  const inBook = bidsOf(book.bids)
    .map(({ entrant, max }) => spoken({ reservation: book.terms.entrants[entrant]?.reservation ?? '', max }))
    .toSorted();
  const said = taken.map(spoken).toSorted();
  if (inBook.join() !== said.join())
    throw new Error(`auction: ${inBook.length} bids in the result, ${said.length} taken`);
  const [first, second] = taken.toSorted((a, b) => b.max - a.max);
  const { winner, price } = ranking(book);
  if (winner !== first?.reservation || price.amount !== (second?.max ?? 0) + STEP)
    throw new Error(`auction: ended at ${price.amount} for ${winner}`);
}

/** Who raises an own lead is not shown to others. */
function raisesIn({ book }: AuctionResult): number {
  let auction = openAuction(book.terms);
  let raises = 0;
  for (const bid of bidsOf(book.bids)) {
    if (bid.entrant === auction.leader) raises++;
    auction = take(auction, bid);
  }
  return raises;
}

async function historyOf(temporal: Client, auction: string): Promise<{ events: number; runs: number }> {
  let events = 0;
  let runs = 0;
  for (let runId: string | undefined; ;) {
    const run = (await temporal.workflow.getHandle(auctionWorkflowId(auction), runId).fetchHistory()).events ?? [];
    events += run.length;
    runs += 1;
    const before = run[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
    if (!before) return { events, runs };
    runId = before;
  }
}
