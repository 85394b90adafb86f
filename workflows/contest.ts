/** The contest for a caught name: whose budgets are bid, the auction as a child of the arbiter, and what of it the reservations hear. */
import {
  ApplicationFailure,
  startChild,
  TerminatedFailure,
  uuid4,
  type ChildWorkflowFailure,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Unheld } from '../activities/award.ts';
import type { AwardTerms } from '../rules/award.ts';
import type { Claim } from '../rules/queue.ts';
import { afterBids, bidsOf, minimumOf, openAuction, type Auction, type Entrant } from '../rules/bidding.ts';
import type { AuctionEvent } from '../rules/reservation.ts';
import type { auction } from './auction.ts';
import type { Desk } from './desk.ts';
import {
  auctionStart,
  auctionWorkflowId,
  type AuctionCarried,
  type AuctionInput,
  type AuctionNews,
  type AuctionResult,
} from './messages.ts';

type Running = ChildWorkflowHandle<typeof auction>;

/** The auction that runs, as the arbiter must know it to pass its news on. */
export interface Contest {
  id: string;
  entrants: string[];
  heard: number;
  /** News that came before all were told of the start. */
  early?: AuctionNews[];
}

/** Those that strikes keep from auctions; none where nobody else is left to bid. */
export async function blockedOf(desk: Desk, reservations: string[]): Promise<string[]> {
  const asked = await desk.support.attempt({
    name: 'strikes',
    skippable: true,
    run: () =>
      desk.acts
        .write(`Who of ${reservations.length} may bid for ${desk.name}`)
        .blockedClaims({ reservations, at: desk.time.now() }),
  });
  const blocked = asked.kind === 'done' ? asked.value.blocked : [];
  return blocked.length < reservations.length ? blocked : [];
}

/** `claims` in their order. Answers once it has closed. */
export async function holdAuction(desk: Desk, claims: Claim[], terms: AwardTerms): Promise<AuctionResult | undefined> {
  const id = `auc_${uuid4().replaceAll('-', '')}`;
  const budgets = await desk.support.attempt({
    name: 'budgets',
    skippable: false,
    run: () =>
      desk.acts.write(`Hold the budgets that are to be bid for ${desk.name}`).holdBudgets({
        claims: claims.map(({ reservation }) => ({ reservation, operation: desk.operation('budget', reservation) })),
        auction: id,
        at: desk.time.now(),
      }),
  });
  if (budgets.kind !== 'done') return undefined;
  const { proxies, unheld } = budgets.value;
  const policy = { ...terms.auction, version: terms.policy };
  const startedAt = desk.time.now();
  const { name, tld, livemode, clock } = desk.input;
  const { currency, amount: listPrice } = terms.listPrice;
  const entrants = claims.map(({ reservation, ordinal }): Entrant => {
    const proxy = proxies.find((one) => one.reservation === reservation);
    const bidder = `bidder-${uuid4().slice(0, 8)}`;
    return { reservation, ordinal, bidder, ...(proxy && { proxyMax: proxy.proxyMax }) };
  });
  const time = desk.time.last();
  const what = { name, tld, livemode, ...(clock !== undefined && { clock }) };
  const input: AuctionInput = { id, ...what, currency, listPrice, policy, entrants, startedAt, time };
  desk.contest = { id, entrants: claims.map(({ reservation }) => reservation), heard: 0, early: [] };
  let running: Running | undefined = await begin(desk, input);
  tellStart(desk, input, unheld);
  desk.show();
  const ended = await desk.support.attempt({
    name: 'auction',
    skippable: false,
    run: async () => {
      const child = running ?? (await goOn(desk, input));
      running = undefined;
      return closed(desk, input.id, child.result());
    },
  });
  return ended.kind === 'done' ? ended.value : undefined;
}

async function begin(desk: Desk, input: AuctionInput): Promise<Running> {
  const running = await startChild<typeof auction>('auction', auctionStart(input));
  await desk.time.introduce(auctionWorkflowId(input.id));
  return running;
}

/**
 * Ended by hand it goes on from all it had taken up, published or not: who was told that it leads does. Who could not bid meanwhile can,
 * for as long as after a bid in the last minute.
 */
async function goOn(desk: Desk, input: AuctionInput): Promise<Running> {
  const { carried, over } = await desk.acts
    .read(`What the auction of ${desk.name} had taken up when it was ended`)
    .recoverAuction({ id: input.id });
  const bids = bidsOf(carried.kept.bids);
  const endsAt = desk.time.now() + input.policy.softCloseMs;
  const moves = !over && afterBids(input, bids).endsAt < endsAt;
  if (moves) (input.resumed ??= []).push({ bids: bids.length, endsAt });
  // What was on its way to the store may not have come there: all is published again.
  const anew: AuctionCarried = { ...carried, told: { ...carried.told, bids: 0 }, time: desk.time.last() };
  try {
    const running = await begin(desk, { ...input, carried: anew });
    if (moves) tellEntrants(desk, { type: 'extended', ...standsAt(afterBids(input, bids), input) });
    return running;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw ApplicationFailure.nonRetryable('somebody has it run already', 'auction_running');
  }
}

function standsAt(auction: Auction, { id, currency }: AuctionInput) {
  const money = (amount: number) => ({ amount, currency });
  return { auction: id, price: money(auction.price), minimum: money(minimumOf(auction)), endsAt: auction.endsAt };
}

/** However it ended, its place at the clock is now its arbiter's. */
async function closed(desk: Desk, id: string, running: Promise<AuctionResult>): Promise<AuctionResult> {
  let result: AuctionResult | undefined;
  let failed: ApplicationFailure | undefined;
  running.then(
    (ended) => (result = ended),
    ({ cause }: ChildWorkflowFailure) => (failed = endedOtherwise(cause)),
  );
  while (!result && !failed) await desk.time.until(null, '', () => (result ?? failed) !== undefined);
  await desk.time.takeOver(auctionWorkflowId(id), result?.time ?? desk.time.last());
  if (!result) throw failed;
  return result;
}

const endedOtherwise = (cause: unknown): ApplicationFailure =>
  cause instanceof TerminatedFailure
    ? ApplicationFailure.nonRetryable('it was ended by hand', 'auction_terminated')
    : ApplicationFailure.nonRetryable('it ended without a result', 'auction_failed');

export function tellEntrants(
  desk: Desk,
  news: AuctionEvent,
  { to = desk.contest?.entrants ?? [], at = desk.time.now() }: { to?: readonly string[]; at?: number } = {},
): void {
  for (const reservation of to) if (desk.standing(reservation)) desk.tell(reservation, { kind: 'auction', at, news });
}

/**
 * News comes numbered: what was heard before is not told again, and nothing before the start. It is of the auction's own time: under a test
 * clock that of its arbiter stands still meanwhile.
 */
export function hearNews(desk: Desk, news: AuctionNews): void {
  const { contest } = desk;
  if (contest?.id !== news.auction || news.number <= contest.heard) return;
  if (contest.early) return void contest.early.push(news);
  contest.heard = news.number;
  const { auction: id, price, minimum, endsAt, at } = news;
  const told = { auction: id, price, minimum, endsAt };
  if (news.extended) tellEntrants(desk, { type: 'extended', ...told }, { at });
  if (news.closing) tellEntrants(desk, { type: 'closing', ...told }, { at });
  tellEntrants(desk, { type: 'outbid', ...told }, { to: news.outbid, at });
}

/** With what became of the budget of each that wanted it bid: who was not bid for can bid by hand. */
function tellStart(desk: Desk, input: AuctionInput, unheld: readonly Unheld[]): void {
  const stands = standsAt(openAuction(input), input);
  for (const { reservation, proxyMax } of input.entrants) {
    const why = unheld.find((one) => one.reservation === reservation)?.why;
    const budget = proxyMax === undefined ? why : ('bid' as const);
    tellEntrants(desk, { type: 'started', ...stands, ...(budget && { budget }) }, { to: [reservation] });
  }
  const early = desk.contest?.early ?? [];
  delete desk.contest?.early;
  for (const news of early) hearNews(desk, news);
}
