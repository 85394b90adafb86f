/** Bids that are repeated while somebody gives them up: what was acknowledged is there with its hold, what was refused is neither. */
import { usd } from '../../rules/money.ts';
import { findBid, intendBid, unsettledBids, type BidDoc } from '../../store/auctions.ts';
import { forgetBid, giveUpBid, giveUpBids, renewBid } from '../../store/bid-attempts.ts';
import { useEmptyStore } from '../store/mongo.ts';
import { Hall, heldFor, LIST, type Registrar } from './hall.ts';

useEmptyStore();

let hall: Hall;
let south: Registrar;
let second: string;
let north: Registrar;
let first: string;
beforeEach(async () => {
  ({ hall, south, second, north, first } = await opened());
});

async function opened() {
  const made = new Hall();
  const bidder = await made.registrar('South');
  const rival = await made.registrar('North');
  const rivals = await made.claim(rival, 100_000);
  const reservation = await made.claim(bidder, 50_000);
  await made.open();
  return { hall: made, south: bidder, second: reservation, north: rival, first: rivals };
}

const bid = (key = 'k1', amount = 20_000) => hall.bid(south, second, amount, key);
const held = () => heldFor(south, second);
const unsettled = async () => (await unsettledBids(new Date(hall.now + 1), 10)).length;

/** It was sent, and never came there; longer ago than the sweep waits. */
async function lostOnItsWay(): Promise<void> {
  hall.losing = 'question';
  await bid().expect(503);
  hall.losing = undefined;
  hall.now += 61_000;
}

test('repeated while the sweep has just asked the auction: it leads with its hold, and what was lost comes too late', async () => {
  await lostOnItsWay();
  let led: object | undefined;
  hall.meanwhile = async () => (led = (await bid().expect(201)).body);
  expect(await hall.sweep()).toBe(1);
  expect(led).toMatchObject({ result: 'leading' });
  expect([await held(), hall.held.count]).toEqual([20_000, 1]);
  expect(hall.late.map((message) => hall.arrive(message))).toEqual([{ kind: 'below_minimum', minimum: 20_001 }]);
  await hall.publish();
  expect(await unsettled()).toBe(0);
  expect((await bid().expect(201)).body).toEqual(led);
});

test('swept, and repeated only then: it is bid all the same, and a late question for the first is not taken up', async () => {
  await lostOnItsWay();
  expect(await hall.sweep()).toBe(1);
  expect(await held()).toBe(LIST);
  expect(hall.late.map((message) => hall.arrive(message))).toEqual([{ kind: 'given_up' }]);
  await bid().expect(201);
  expect([await held(), hall.held.count]).toEqual([20_000, 1]);
});

test('bid anew by its key, its answer lost, and too low by now: whoever repeats it has the answer it had', async () => {
  await lostOnItsWay();
  await hall.sweep();
  hall.losing = 'answer';
  await bid().expect(503);
  hall.losing = undefined;
  const outbid = await hall.bid(north, first, 40_000).expect(201);
  expect(outbid.body).toMatchObject({ result: 'leading' });
  expect((await bid().expect(201)).body).toMatchObject({ result: 'leading' });
  expect([await held(), hall.held.count]).toEqual([20_000, 2]);
});

test('repeated before the sweep: it is that attempt’s, and its hold is not swept away however old the first is', async () => {
  await lostOnItsWay();
  hall.losing = 'answer';
  await bid().expect(503);
  hall.losing = undefined;
  expect(await hall.sweep()).toBe(0);
  expect([await held(), hall.held.count]).toEqual([20_000, 1]);
});

test('an attempt that had no turn undoes nothing of the one that has taken its bid up meanwhile', async () => {
  hall.losing = 'turn';
  hall.meanwhile = async () => {
    hall.losing = 'answer';
    // The first no longer has the lease on its key.
    hall.now += 11_000;
    await bid().expect(503);
  };
  await bid().expect(503);
  hall.losing = undefined;
  expect([await held(), hall.held.count]).toEqual([20_000, 1]);
});

test('one that had no turn is bid by the same key', async () => {
  hall.losing = 'turn';
  await bid().expect(503);
  expect([await held(), await unsettled()]).toEqual([LIST, 0]);
  hall.losing = undefined;
  await bid().expect(201);
  expect([await held(), hall.held.count]).toEqual([20_000, 1]);
});

test('an auction that closes while the sweep is at another: what it took up keeps its hold', async () => {
  await lostOnItsWay();
  const other = await opened();
  other.hall.now = hall.now;
  other.hall.losing = 'answer';
  await other.hall.bid(other.south, other.second, 30_000, 'k2').expect(503);
  hall.now += 61_000;
  hall.meanwhile = () => other.hall.publish('closed');
  expect(await hall.sweep()).toBe(1);
  expect([await held(), await heldFor(other.south, other.second)]).toEqual([LIST, 30_000]);
});

test('given up, and the auction answers nobody: nothing is undone until it does, and who repeats it is told that', async () => {
  await lostOnItsWay();
  hall.losing = 'answer';
  expect(await hall.sweep()).toBe(0);
  await bid().expect(503);
  expect([await held(), hall.held.count]).toEqual([20_000, 0]);
  hall.losing = undefined;
  const { body } = await bid().expect(201);
  await hall.publish();
  expect(await hall.sweep()).toBe(0);
  expect([await held(), hall.held.count, await unsettled()]).toEqual([20_000, 1, 0]);
  expect((await hall.get(south, '/bids')).data[0]).toMatchObject({ id: body.id, max: usd(20_000) });
});

test('given up and taken up after all: whoever repeats it has its answer, and it counts once', async () => {
  hall.losing = 'answer';
  await bid().expect(503);
  hall.now += 61_000;
  expect(await hall.sweep()).toBe(0);
  hall.losing = undefined;
  await bid().expect(201);
  await hall.publish();
  expect([await held(), hall.held.count, await unsettled()]).toEqual([20_000, 1, 0]);
});

test('an auction ended by hand is not closed: a bid is answered once it goes on', async () => {
  hall.ended = 'by hand';
  await bid().expect(503);
  hall.ended = undefined;
  await bid().expect(201);
  expect([await held(), hall.held.count]).toEqual([20_000, 1]);
});

test('an auction that Temporal knows no more: what it published keeps its hold, all else is let go', async () => {
  await bid('k1', 10_000).expect(201);
  await hall.publish();
  hall.losing = 'question';
  await bid('k2', 40_000).expect(503);
  hall.losing = undefined;
  hall.ended = 'gone';
  hall.now += 61_000;
  expect(await hall.sweep()).toBe(1);
  expect([await held(), await unsettled()]).toEqual([10_000, 0]);
});

test('of any number of hands that have read a bid one has it', async () => {
  const created = new Date(1_000);
  const bidder = { reservation: second, registrar: south.id, bidder: 'bidder-2' };
  const written = async () => (await findBid('bid_1')) as BidDoc;
  await intendBid({ _id: 'bid_1', auction: hall.id, ...bidder, max: 20_000, created });
  const read = await written();
  expect(await renewBid(read, new Date(2_000))).toBe(true);
  expect([await renewBid(read, new Date(3_000)), await giveUpBid(read)]).toEqual([false, undefined]);
  expect((await giveUpBids(new Date(2_000), 10)).bids).toEqual([]);
  const renewed = await written();
  const mark = (await giveUpBid(renewed)) as string;
  expect([await renewBid(renewed, new Date(3_000)), await giveUpBid(renewed)]).toEqual([false, undefined]);
  const swept = await giveUpBids(new Date(2_001), 10);
  await forgetBid('bid_1', mark);
  expect(swept.bids).toEqual([await written()]);
  await forgetBid('bid_1', swept.mark);
  expect(await findBid('bid_1')).toBeNull();
});
