/** The contest for a caught name: whose budgets are bid, the auction as a child of the arbiter, and what of it the reservations hear. */
import { startChild, uuid4 } from '@temporalio/workflow';
import type { AwardTerms } from '../rules/award.ts';
import type { Claim } from '../rules/queue.ts';
import { minimumOf, openAuction, type Entrant } from '../rules/bidding.ts';
import type { AuctionEvent } from '../rules/reservation.ts';
import type { auction } from './auction.ts';
import type { Desk } from './desk.ts';
import { auctionStart, auctionWorkflowId, type AuctionNews, type AuctionResult } from './messages.ts';

/** The auction that runs, as the arbiter must know it to pass its news on. */
export interface Contest {
  id: string;
  entrants: string[];
  heard: number;
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
  const { proxies } = budgets.value;
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
  const input = { id, ...what, currency, listPrice, policy, entrants, startedAt, time };
  desk.contest = { id, entrants: claims.map(({ reservation }) => reservation), heard: 0 };
  const running = await startChild<typeof auction>('auction', auctionStart(input));
  await desk.time.introduce(auctionWorkflowId(id));
  const opened = openAuction(input);
  const money = (amount: number) => ({ amount, currency });
  const stands = { price: money(opened.price), minimum: money(minimumOf(opened)), endsAt: opened.endsAt };
  tellEntrants(desk, { type: 'started', auction: id, ...stands });
  desk.show();
  return closed(desk, running.result());
}

async function closed(desk: Desk, running: Promise<AuctionResult>): Promise<AuctionResult> {
  let result: AuctionResult | undefined;
  void running.then((ended) => (result = ended));
  while (!result) await desk.time.until(null, '', () => result !== undefined);
  desk.time.heard(result.time);
  desk.time.takeOver(auctionWorkflowId(result.id), result.time.tick);
  return result;
}

export function tellEntrants(desk: Desk, news: AuctionEvent, to = desk.contest?.entrants ?? []): void {
  const at = desk.time.now();
  for (const reservation of to) if (desk.standing(reservation)) desk.tell(reservation, { kind: 'auction', at, news });
}

/** News comes numbered: what was heard before is not told again. */
export function hearNews(desk: Desk, news: AuctionNews): void {
  const { contest } = desk;
  if (contest?.id !== news.auction || news.number <= contest.heard) return;
  contest.heard = news.number;
  const { auction: id, price, minimum, endsAt } = news;
  const told = { auction: id, price, minimum, endsAt };
  if (news.extended) tellEntrants(desk, { type: 'extended', ...told });
  if (news.closing) tellEntrants(desk, { type: 'closing', ...told });
  tellEntrants(desk, { type: 'outbid', ...told }, news.outbid);
}
