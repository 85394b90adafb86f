/** A burst of bids while the workers and the API are killed: what was acknowledged is there, once; what was refused is not; and what is held is for these. */
import type { EngineClient } from '../../dev/engine-client.ts';
import type { ProcessName } from '../../dev/stack.ts';
import { run } from '../stack/program.ts';
import { fresh, reaches, read, reserve, Story } from '../stories/story.ts';
import { eventually } from './cast.ts';

let story: Story;
beforeAll(async () => {
  story = await Story.open();
});
afterEach(() => story.stack.faults.mend());
afterAll(() => story.close());

const BIDDERS = 6;
const ROUNDS = 12;
const LIST = 6_900;
const BUDGET = 60_000;
const usd = (amount: number) => ({ amount, currency: 'USD' });

interface Bidder {
  client: EngineClient;
  id: string;
}
interface Sent {
  bidder: Bidder;
  max: number;
  status: number;
  id: string;
}

/** With one Idempotency-Key, until it is known whether it was taken up. */
async function send(bidder: Bidder, auction: string, max: number): Promise<Sent> {
  const { client, id: reservation } = bidder;
  const key = { 'idempotency-key': fresh('bid') };
  const { status, body } = await eventually(`a bid of ${max}`, async () => {
    const answer = await client.post(`/v1/auctions/${auction}/bids`, { reservation, max: usd(max) }, key);
    return answer.status < 500 && answer.body.code !== 'idempotency_in_progress' ? answer : undefined;
  });
  return { bidder, max, status, id: body.id };
}

test('workers and API killed in a burst of bids: none that was acknowledged is lost or there twice, none refused is there', async () => {
  const registrars = [await story.operator.registrar(fresh('North')), await story.operator.registrar(fresh('South'))];
  const { name } = await story.dropping(15_000, { award: 'auction_when_contested', auction: { duration_s: 86_400 } });
  const bidders: Bidder[] = [];
  for (let index = 0; index < BIDDERS; index++) {
    const { client } = registrars[index % 2] as { client: EngineClient };
    bidders.push({ client, id: (await reserve(client, name, fresh('cus'), { budget: usd(BUDGET) })).id });
  }
  const { client, id } = bidders[0] as Bidder;
  const { auction } = await reaches(client, id, { status: 'in_auction' });

  const sent: Sent[] = [];
  /** Each bids on and on, above the others now and below them then; its last is over its budget. No two bids are the same. */
  const bidding = bidders.map(async (bidder, index) => {
    for (let round = 0; round <= ROUNDS; round++)
      sent.push(
        await send(bidder, auction, LIST + 1 + index + (round === ROUNDS ? BUDGET : round * 1_500 + index * 600)),
      );
  });
  const { faults } = story.stack;
  const kills: [number, ProcessName[]][] = [
    [6, ['workers']],
    [18, ['api']],
    [30, ['api', 'workers']],
    [45, ['workers', 'api']],
  ];
  for (const [answered, victims] of kills) {
    await eventually(`${answered} answers`, async () => (sent.length >= answered ? true : undefined));
    await Promise.all(victims.map((victim) => faults.kill(victim)));
    for (const victim of victims) await faults.start(victim);
  }
  await Promise.all(bidding);

  const taken = sent.filter(({ status }) => status === 201);
  const refused = sent.filter(({ status }) => status !== 201);
  expect(taken.length).toBeGreaterThan(BIDDERS);
  expect(refused.length).toBeGreaterThanOrEqual(BIDDERS);
  const expected = (one: { client: EngineClient }) =>
    taken.filter(({ bidder }) => bidder.client === one.client).map(({ id: bid, max }) => `${bid} ${max}`);
  for (const registrar of registrars)
    expect(
      await eventually('all bids published', () => listed(registrar.client, auction, expected(registrar).length)),
    ).toEqual(expected(registrar).toSorted());

  const best = Math.max(...taken.map(({ max }) => max));
  const leader = taken.find(({ max }) => max === best) as Sent;
  const { mine } = await leader.bidder.client.must('GET', `/v1/auctions/${auction}`);
  expect(mine.find(({ leading }: any) => leading)).toMatchObject({ reservation: leader.bidder.id });
  for (const { client: of } of registrars) {
    const own = bidders.filter((bidder) => bidder.client === of);
    const most = own.map((bidder) =>
      Math.max(LIST, ...taken.filter((bid) => bid.bidder === bidder).map(({ max }) => max)),
    );
    expect((await of.must('GET', '/v1/account')).held).toEqual(usd(most.reduce((sum, each) => sum + each)));
  }
  expect(await run('workers/verify-ledger.js', [], story.stack.env)).toMatchObject({
    code: 0,
    summary: { findings: 0 },
  });
  expect((await read(client, id)).status).toBe('in_auction');
});

/** One's own bids with their maxima, the opening bid apart, once there are so many. */
async function listed(client: EngineClient, auction: string, count: number): Promise<string[] | undefined> {
  const all: string[] = [];
  let cursor: string | null = null;
  do {
    const page: any = await client.must(
      'GET',
      `/v1/auctions/${auction}/bids?limit=100${cursor === null ? '' : `&cursor=${cursor}`}`,
    );
    for (const { id, mine, max } of page.data) if (mine && max.amount !== LIST) all.push(`${id} ${max.amount}`);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return all.length >= count ? all.toSorted() : undefined;
}
