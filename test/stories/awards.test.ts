/** Whose a name is, over HTTP: the money for it, offers, auctions, and who pays what. */
import type { EngineClient } from '../../dev/engine-client.ts';
import { fresh, reaches, read, reserve, Story, timeline } from './story.ts';

let story: Story;
beforeAll(async () => {
  story = await Story.open();
});
afterAll(() => story.close());

const usd = (amount: number) => ({ amount, currency: 'USD' });
const DROPPED = 111;

interface Scene {
  north: { id: string; client: EngineClient };
  south: { id: string; client: EngineClient };
  clock: string;
  name: string;
}

async function scene(award = 'auction_when_contested', settings: object = {}): Promise<Scene> {
  const [north, south] = [
    await story.operator.registrar(fresh('North'), settings),
    await story.operator.registrar(fresh('South'), settings),
  ];
  const clock = await story.clock();
  return { north, south, clock, name: await story.name(clock, { award }) };
}

const bid = (by: EngineClient, auction: string, reservation: string, max: number) =>
  by.post(`/v1/auctions/${auction}/bids`, { reservation, max: usd(max) });
const account = async (by: EngineClient) => {
  const { balance, held } = await by.must('GET', '/v1/account');
  return { balance: balance.amount, held: held.amount };
};
const outcome = async (by: EngineClient, id: string) => {
  const { status, outcome: end } = await read(by, id);
  return end ? `${status}: ${end.reason}` : status;
};
const subjects = async (customer: string) =>
  (await story.mailsTo(`${customer}@example.test`)).map(({ subject }) => subject.replace(/^\[test\] \S+?:? /, ''));

test('uncontested: held six hours before, taken with the award, and the decision can be made again from its record', async () => {
  const { north, clock, name } = await scene();
  const { id } = await reserve(north.client, name);
  await story.advanceTo(clock, 110.4);
  expect(await account(north.client)).toEqual({ balance: 0, held: 0 });
  await story.advanceTo(clock, 110.6);
  expect(await account(north.client)).toEqual({ balance: 0, held: 6_900 });
  await story.advanceTo(clock, DROPPED);
  expect(await outcome(north.client, id)).toBe('won: first_in_order');
  expect(await account(north.client)).toEqual({ balance: -6_900, held: 0 });
  const { data } = await north.client.must('GET', `/v1/domains/${name}/award`);
  expect(data).toMatchObject([
    {
      domain: name,
      decisions: [
        {
          rule: 'auction_when_contested',
          version: 'auction_when_contested/1',
          set_by: 'tld',
          verdict: 'take',
          price: usd(6_900),
          considered: [{ place: 1, reservation: id, reason: 'first_in_order' }],
          replayed: 'same',
        },
      ],
    },
  ]);
});

test('nobody has the money: told three times, by mail too, and no create is sent', async () => {
  const { north, south, clock, name } = await scene('auction_when_contested', { credit_limit: { test: usd(0) } });
  const customer = fresh('poor');
  const { id } = await reserve(north.client, name, customer);
  const other = await reserve(south.client, name);
  await story.advanceTo(clock, DROPPED);
  expect([await outcome(north.client, id), await outcome(south.client, other.id)]).toEqual([
    ...['lost: unfunded', 'lost: unfunded'],
  ]);
  expect((await timeline(north.client, id)).filter((type) => type === 'reservation.unfunded')).toHaveLength(3);
  expect((await subjects(customer)).filter((subject) => subject === 'the price is not covered').length).toBe(3);
  expect((await story.sandbox.book(name)).entries).toEqual([]);
});

test('two registrars bid against each other: the price is a step over the runner-up, and neither sees the other', async () => {
  const { north, south, clock, name } = await scene();
  const [ada, ben] = [fresh('ada'), fresh('ben')];
  const first = await reserve(north.client, name, ada);
  const second = await reserve(south.client, name, ben);
  await story.advanceTo(clock, DROPPED);
  const { status, auction } = await read(north.client, first.id);
  expect(status).toBe('in_auction');
  expect((await bid(south.client, auction, second.id, 15_000)).status).toBe(201);
  expect(await account(south.client)).toEqual({ balance: 0, held: 15_000 });
  expect(await bid(north.client, auction, first.id, 25_000)).toMatchObject({ status: 422 });
  expect((await bid(north.client, auction, first.id, 20_000)).status).toBe(201);
  await story.advanceTo(clock, 114.5);
  expect([await outcome(north.client, first.id), await outcome(south.client, second.id)]).toEqual([
    'won: highest_bid',
    'lost: outbid',
  ]);
  expect((await read(north.client, first.id)).price).toEqual(usd(15_500));
  expect(await account(north.client)).toEqual({ balance: -15_500, held: 0 });
  expect(await account(south.client)).toEqual({ balance: 0, held: 0 });
  expect(await subjects(ben)).toEqual(expect.arrayContaining(['the auction has begun']));
  const { data } = await south.client.must('GET', `/v1/domains/${name}/award`);
  expect(data[0].decisions.map(({ verdict, replayed }: any) => [verdict, replayed])).toEqual([
    ['auction', 'same'],
    ['take', 'same'],
  ]);
  expect(JSON.stringify(data)).not.toContain(first.id);
});

test('asked first: declined by the first, accepted by the next, each told by when', async () => {
  const { north, south, clock, name } = await scene('in_order');
  const first = await reserve(north.client, name, fresh('cus'), { acceptance: 'ask' });
  const second = await reserve(south.client, name, fresh('cus'), { acceptance: 'ask' });
  await story.advanceTo(clock, DROPPED);
  expect(await read(north.client, first.id)).toMatchObject({
    status: 'offered',
    offer: { price: usd(6_900), respond_by: expect.any(String) },
  });
  expect(await south.client.post(`/v1/reservations/${second.id}/accept`)).toMatchObject({
    status: 409,
    body: { code: 'no_offer' },
  });
  await north.client.must('POST', `/v1/reservations/${first.id}/decline`);
  expect((await reaches(north.client, first.id, { status: 'lost' })).outcome).toMatchObject({ reason: 'declined' });
  await reaches(south.client, second.id, { status: 'offered' });
  await south.client.must('POST', `/v1/reservations/${second.id}/accept`);
  await reaches(south.client, second.id, { status: 'won' });
});

test('the winner does not pay: after 48 hours it is offered on, at the price without that bid, and a strike is noted', async () => {
  const { north, south, clock, name } = await scene();
  const first = await reserve(north.client, name);
  const second = await reserve(south.client, name);
  await story.advanceTo(clock, DROPPED);
  const { auction } = await read(north.client, first.id);
  expect((await bid(south.client, auction, second.id, 18_000)).status).toBe(201);
  await story.operator.must('PATCH', `/v1/registrars/${south.id}`, { credit_limit: { test: usd(0) } });
  await story.advanceTo(clock, 114.5);
  expect(await read(south.client, second.id)).toMatchObject({
    status: 'awaiting_payment',
    payment: { price: usd(7_400), pay_by: expect.any(String) },
  });
  await story.advanceTo(clock, 116.5);
  expect(await outcome(south.client, second.id)).toBe('lost: defaulted');
  expect(await read(north.client, first.id)).toMatchObject({ status: 'offered', price: usd(6_900) });
  expect((await story.operator.must('GET', '/v1/strikes')).data).toEqual(
    expect.arrayContaining([expect.objectContaining({ reservation: second.id })]),
  );
  await north.client.must('POST', `/v1/reservations/${first.id}/accept`);
  await reaches(north.client, first.id, { status: 'won' });
});

test('a deposit that comes in time pays the award', async () => {
  const { north, clock, name } = await scene();
  const { id } = await reserve(north.client, name);
  await story.advanceTo(clock, 110.6);
  await story.operator.must('PATCH', `/v1/registrars/${north.id}`, { credit_limit: { test: usd(0) } });
  await story.advanceTo(clock, DROPPED);
  expect(await outcome(north.client, id)).toBe('awaiting_payment');
  await story.operator.must('POST', `/v1/registrars/${north.id}/deposits`, {
    ...{ amount: usd(6_900), reference: fresh('transfer'), mode: 'test' },
  });
  await reaches(north.client, id, { status: 'won' });
});

test('budgets are bid for two who asked for it; a budget is raised in mid-auction, and lowered never under what is held', async () => {
  const { north, south, clock, name } = await scene();
  const proxied = { bidding: 'up_to_budget' };
  const first = await reserve(north.client, name, fresh('cus'), { ...proxied, budget: usd(12_000) });
  const second = await reserve(south.client, name, fresh('cus'), { ...proxied, budget: usd(30_000) });
  await story.advanceTo(clock, DROPPED);
  const { auction } = await read(north.client, first.id);
  expect(await north.client.patch(`/v1/reservations/${first.id}`, { budget: usd(9_000) })).toMatchObject({
    status: 409,
    body: { code: 'budget_committed' },
  });
  expect((await north.client.patch(`/v1/reservations/${first.id}`, { budget: usd(40_000) })).status).toBe(200);
  expect((await bid(north.client, auction, first.id, 35_000)).status).toBe(201);
  await story.advanceTo(clock, 114.5);
  expect(await outcome(north.client, first.id)).toBe('won: highest_bid');
  expect((await read(north.client, first.id)).price).toEqual(usd(30_500));
  expect(await outcome(south.client, second.id)).toBe('lost: outbid');
});
