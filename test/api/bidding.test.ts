/** Bids over HTTP against a real store and ledger, with an auction in memory that can be lost sight of at each step. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import request from 'supertest';
import { endStreams } from '../../api/streams.ts';
import { DEFAULT_AUCTION_POLICY } from '../../registry/policies/award.ts';
import { usd } from '../../rules/money.ts';
import * as auctions from '../../store/auctions.ts';
import { useEmptyStore } from '../store/mongo.ts';
import { Hall, heldFor, LIST, START, type Registrar } from './hall.ts';
import { asOperator } from './world.ts';

useEmptyStore();

let hall: Hall;
let north: Registrar;
let south: Registrar;
let first: string;
let second: string;
let server: Server | undefined;
afterEach(() => {
  endStreams();
  server?.close().closeAllConnections();
  server = undefined;
});
beforeEach(async () => {
  hall = new Hall();
  north = await hall.registrar('North');
  south = await hall.registrar('South');
  first = await hall.claim(north, 100_000);
  second = await hall.claim(south, 50_000);
});

test('two registrars bid against each other: each holds its maximum, and sees the other as a pseudonym', async () => {
  await hall.open();
  const { body: leads } = await hall.bid(south, second, 20_000).expect(201);
  expect(leads).toMatchObject({
    result: 'leading',
    bidder: 'bidder-2',
    max: usd(20_000),
    amount: usd(7_400),
    mine: true,
  });
  const { body: outbid } = await hall.bid(north, first, 15_000).expect(201);
  expect(outbid).toMatchObject({ result: 'outbid', amount: usd(15_500), next_minimum: usd(16_000) });
  await hall.bid(south, second, 30_000).expect(201);
  await hall.publish();
  expect([await heldFor(north, first), await heldFor(south, second)]).toEqual([15_000, 30_000]);

  const { data } = await hall.get(north, '/bids');
  expect(
    data.map((bid: { bidder: string; amount: object; max?: object }) => [bid.bidder, bid.amount, bid.max]),
  ).toEqual([
    ['bidder-1', usd(15_500), usd(15_000)],
    ['bidder-2', usd(7_400), undefined],
    ['bidder-1', usd(LIST), usd(LIST)],
  ]);
  expect((await hall.get(south, '/bids')).data).toHaveLength(4);
  const shown = await hall.get(north);
  expect(shown).toMatchObject({ status: 'open', price: usd(15_500), leader: 'bidder-2', entrants: 2, bids: 2 });
  expect(shown.mine).toEqual([{ reservation: first, bidder: 'bidder-1', leading: false }]);
  expect(JSON.stringify([shown, data])).not.toMatch(new RegExp(`${second}|${south.id}|30000`));
});

test('pages of bids, the latest first; maxima are shown to operators once all is over', async () => {
  await hall.open();
  for (const [who, reservation, max] of [
    [south, second, 10_000],
    [north, first, 12_000],
    [south, second, 14_000],
  ] as const)
    await hall.bid(who, reservation, max).expect(201);
  await hall.publish();
  const page = await hall.get(north, '/bids?limit=3');
  const rest = await hall.get(north, `/bids?limit=3&cursor=${page.next_cursor}`);
  expect([...page.data, ...rest.data].map(({ amount }) => amount.amount)).toEqual([12_500, 10_500, 7_400, LIST]);
  const maxima = async () => {
    const { body } = await request(hall.app).get(`/v1/auctions/${hall.id}/bids`).set(asOperator).expect(200);
    return body.data.map(({ max }: { max?: { amount: number } }) => max?.amount);
  };
  expect(await maxima()).toEqual([undefined, undefined, undefined, undefined]);
  await hall.publish('closed');
  expect(await maxima()).toEqual([14_000, 12_000, 10_000, LIST]);
});

test('what is refused holds nothing and is in no book', async () => {
  const poor = await hall.registrar('Poor', { credit_limit: { test: usd(10_000) } });
  const third = await hall.claim(poor, 90_000);
  await hall.open();
  await hall.bid(south, second, 20_000).expect(201);
  const refusedAs = async (who: Registrar, reservation: string, max: number, status: number) =>
    (await hall.bid(who, reservation, max).expect(status)).body;
  expect(await refusedAs(north, first, 7_899, 422)).toMatchObject({ code: 'bid_below_minimum', minimum: usd(7_900) });
  expect(await refusedAs(south, second, 20_000, 422)).toMatchObject({ minimum: usd(20_001) });
  expect(await refusedAs(south, second, 50_001, 422)).toMatchObject({ code: 'bid_over_budget' });
  expect(await refusedAs(poor, third, 30_000, 402)).toMatchObject({ code: 'insufficient_funds' });
  expect(await refusedAs(north, second, 30_000, 404)).toMatchObject({ code: 'reservation_not_found' });
  const stranger = await hall.registrar('Stranger');
  expect(await refusedAs(stranger, first, 30_000, 404)).toMatchObject({ code: 'auction_not_found' });
  await request(hall.app).post(`/v1/auctions/${hall.id}/bids`).set(asOperator).send({}).expect(403);
  hall.now = START + DEFAULT_AUCTION_POLICY.durationMs;
  expect(await refusedAs(north, first, 30_000, 409)).toMatchObject({ code: 'auction_closed' });
  expect([await heldFor(north, first), await heldFor(south, second), await heldFor(poor, third)]).toEqual([
    ...[LIST, 20_000, LIST],
  ]);
  expect(hall.held.count).toBe(1);
  await hall.publish();
  expect(await auctions.unsettledBids(new Date(hall.now + 1), 10)).toEqual([]);
});

test('an answer that was lost is had by the same key, and the bid counts once', async () => {
  await hall.open();
  hall.losing = 'answer';
  await hall.bid(south, second, 20_000, 'k1').expect(503);
  hall.losing = undefined;
  // Meanwhile it has become too low: it was taken up all the same.
  await hall.bid(north, first, 30_000).expect(201);
  const { body } = await hall.bid(south, second, 20_000, 'k1').expect(201);
  expect(body).toMatchObject({ result: 'leading', amount: usd(7_400) });
  expect(hall.held.count).toBe(2);
  await hall.publish('closed');
  hall.now = START + DEFAULT_AUCTION_POLICY.durationMs;
  expect((await hall.bid(south, second, 20_000, 'k1').expect(201)).body).toEqual(body);
});

test('what became of bids nobody was told of is found out: those taken up stay, the others hold nothing', async () => {
  await hall.open();
  await hall.bid(south, second, 10_000).expect(201);
  await hall.publish();
  hall.losing = 'question';
  await hall.bid(south, second, 40_000).expect(503);
  hall.losing = 'answer';
  await hall.bid(north, first, 30_000).expect(503);
  hall.losing = 'turn';
  await hall.bid(north, first, 60_000).expect(503);
  expect([await heldFor(north, first), await heldFor(south, second)]).toEqual([30_000, 40_000]);
  hall.losing = undefined;
  expect(await hall.sweep()).toBe(0);
  hall.now += 61_000;
  expect(await hall.sweep()).toBe(1);
  expect([await heldFor(north, first), await heldFor(south, second)]).toEqual([30_000, 10_000]);
  await hall.publish();
  expect(await hall.sweep()).toBe(0);
  expect(await auctions.unsettledBids(new Date(hall.now), 10)).toEqual([]);
});

test('under a test clock an auction that refused is told the time it was named busy with', async () => {
  hall.clock = 'clk_1';
  await hall.open();
  await hall.bid(south, second, 20_000).expect(201);
  expect(hall.ticked).toEqual([]);
  await hall.bid(south, second, 20_000).expect(422);
  expect(hall.ticked).toEqual([{ tick: 7, now: START }]);
});

test('the stream says where it stands, each change, and that it is over', async () => {
  await hall.open();
  server = createServer(hall.app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/v1/auctions/${hall.id}/stream`, {
    headers: { authorization: `Bearer ${north.secret}` },
  });
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const next = reader(response);
  expect(await next()).toMatchObject({ event: 'auction', data: { price: usd(LIST), leading: true, extensions: 0 } });
  hall.now = START + DEFAULT_AUCTION_POLICY.durationMs - 1_000;
  await hall.bid(south, second, 20_000).expect(201);
  await hall.publish();
  expect(await next()).toMatchObject({
    event: 'auction',
    data: {
      price: usd(7_400),
      leading: false,
      extensions: 1,
      bids: 1,
      time_left_ms: DEFAULT_AUCTION_POLICY.softCloseMs,
    },
  });
  // Whoever raises an own lead is nobody else's business: the next that is pushed is the end.
  await hall.bid(south, second, 25_000).expect(201);
  await hall.publish();
  await hall.publish('closed');
  expect(await next()).toMatchObject({
    event: 'closed',
    data: { status: 'closed', time_left_ms: 0, leader: 'bidder-2', bids: 1 },
  });
  expect(await next()).toBeUndefined();
});

/** The events of a stream, one by one; undefined once it has ended. */
function reader(response: Response): () => Promise<{ event: string; data: object } | undefined> {
  const chunks = response.body?.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  let text = '';
  return async () => {
    while (!text.includes('\n\n')) {
      const chunk = await chunks?.next();
      if (!chunk || chunk.done) return undefined;
      text += chunk.value;
    }
    const end = text.indexOf('\n\n');
    const fields = new Map(
      text
        .slice(0, end)
        .split('\n')
        .map((line) => line.split(/: (.*)/s) as [string, string]),
    );
    text = text.slice(end + 2);
    return { event: fields.get('event') ?? '', data: JSON.parse(fields.get('data') ?? '{}') };
  };
}
