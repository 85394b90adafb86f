/** Auctions over HTTP, to the millisecond of their end: who bids what, what it comes to, and whose terms hold. */
import type { EngineClient } from '../../dev/engine-client.ts';
import { DAY_MS, fresh, iso, reaches, read, reserve, START, Story, timeline } from './story.ts';

let story: Story;
beforeAll(async () => {
  story = await Story.open();
});
afterAll(() => story.close());

const HOUR_S = 3_600;
const usd = (amount: number) => ({ amount, currency: 'USD' });
/** In redemption from the start, and by its TLD's policy: several bid. */
const LEAVING = {
  registered_at: iso(START - 415 * DAY_MS),
  expires_at: iso(START - 50 * DAY_MS),
  award: undefined,
};
const DROPPED = 31;

interface Bidder {
  client: EngineClient;
  id: string;
}

const registrar = (word: string, settings: object = {}) => story.operator.registrar(fresh(word), settings);

async function wants(
  { client }: { client: EngineClient },
  name: string,
  customer = fresh('cus'),
  extra: object = {},
): Promise<Bidder> {
  const { id } = await reserve(client, name, customer, { budget: usd(100_000), ...extra });
  return { client, id };
}

const auctionOf = async ({ client, id }: Bidder): Promise<string> => (await read(client, id)).auction;

/** What came of a bid: `leads at`, `outbid at` the price, or the refusal's code. */
async function bids({ client, id }: Bidder, auction: string, max: number): Promise<string> {
  const { status, body } = await client.post(`/v1/auctions/${auction}/bids`, { reservation: id, max: usd(max) });
  return status === 201 ? `${body.result === 'leading' ? 'leads' : 'outbid'} at ${body.amount.amount}` : body.code;
}

const heldBy = async ({ client }: { client: EngineClient }): Promise<number> =>
  (await client.must('GET', '/v1/account')).held.amount;

const outcome = async ({ client, id }: Bidder): Promise<string> => {
  const { status, outcome: end, price } = await read(client, id);
  return end ? [`${status}: ${end.reason}`, ...(price ? [`for ${price.amount}`] : [])].join(' ') : status;
};
const outcomes = (bidders: Bidder[]) => Promise.all(bidders.map(outcome));

/** Moves a clock to the very millisecond. */
async function at(clock: string, instant: number): Promise<void> {
  await story.operator.must('POST', `/v1/test_clocks/${clock}/advance`, { frozen_time: iso(instant) });
  await story.settled(clock);
}

const award = async ({ client }: Bidder, name: string) =>
  (await client.must('GET', `/v1/domains/${name}/award`)).data[0].decisions;

test('five bid: ties, a raise of an own lead, the last millisecond until nothing moves the end, and exactly at the end', async () => {
  const north = await registrar('North', { notices: { act_url: 'https://north.test/act' } });
  const south = await registrar('South');
  const clock = await story.clock();
  const name = await story.name(clock, { test_clock: clock, ...LEAVING, auction: { max_extensions: 3 } });
  const ada = fresh('ada');
  const a = await wants(north, name, ada, {
    customer: { id: ada, email: `${ada}@example.test`, time_zone: 'America/New_York' },
  });
  const [b, c] = [await wants(north, name), await wants(south, name)];
  const [d, e] = [await wants(south, name), await wants(south, name)];
  await story.advanceTo(clock, DROPPED);
  const auction = await auctionOf(a);
  const shown = () => a.client.must('GET', `/v1/auctions/${auction}`);
  const justBeforeTheEnd = async () => at(clock, Date.parse((await shown()).ends_at) - 1);
  const opened = await shown();
  expect(opened).toMatchObject({ status: 'open', price: usd(6_900), next_minimum: usd(7_400), entrants: 5 });

  expect(await bids(b, auction, 20_000)).toBe('leads at 7400');
  expect(await bids(c, auction, 20_000)).toBe('outbid at 20000');
  expect(await bids(b, auction, 30_000)).toBe('leads at 20000');
  expect(await bids(d, auction, 20_400)).toBe('bid_below_minimum');
  expect(await bids(e, auction, 100_001)).toBe('bid_over_budget');
  expect(await bids(e, auction, 25_000)).toBe('outbid at 25500');

  await justBeforeTheEnd();
  expect(await bids(b, auction, 30_100)).toBe('leads at 25500');
  expect(await shown()).toMatchObject({ ends_at: opened.ends_at, extensions: 0 });
  expect(await bids(d, auction, 30_100)).toBe('outbid at 30100');
  expect(await shown()).toMatchObject({ ends_at: iso(Date.parse(opened.ends_at) - 1 + 300_000), extensions: 1 });
  await justBeforeTheEnd();
  expect(await bids(e, auction, 31_000)).toBe('leads at 30600');
  await justBeforeTheEnd();
  expect(await bids(d, auction, 40_000)).toBe('leads at 31500');
  const last = await shown();
  expect(last.extensions).toBe(3);
  await justBeforeTheEnd();
  expect(await bids(e, auction, 50_000)).toBe('leads at 40500');
  expect(await shown()).toMatchObject({ ends_at: last.ends_at, extensions: 3 });
  expect(await heldBy(north)).toBe(6_900 + 30_100);
  expect(await heldBy(south)).toBe(20_000 + 40_000 + 50_000);

  await at(clock, Date.parse(last.ends_at));
  expect(await bids(d, auction, 90_000)).toBe('auction_closed');
  expect(await outcomes([a, b, c, d, e])).toEqual([
    ...['lost: outbid', 'lost: outbid', 'lost: outbid', 'lost: outbid', 'won: highest_bid for 40500'],
  ]);
  expect([await heldBy(north), await heldBy(south)]).toEqual([0, 0]);
  const { data } = await c.client.must('GET', `/v1/auctions/${auction}/bids`);
  // Of others a pseudonym and a price, and of what raised their own lead nothing.
  expect(data.filter(({ mine }: any) => !mine)).toHaveLength(2);
  expect(JSON.stringify(data)).not.toContain(b.id);

  const mails = await story.mailsTo(`${ada}@example.test`);
  const begun = mails.find(({ subject }) => subject.includes('the auction has begun'));
  const endsIn = new Date(opened.ends_at).toLocaleTimeString('en-GB', {
    timeZone: 'America/New_York',
    timeStyle: 'short',
  });
  for (const told of [
    /69\.00 USD/,
    new RegExp(`${endsIn}\\S* EST`),
    new RegExp(`https://north.test/act\\?reservation=${a.id}`),
  ])
    expect(begun?.text).toMatch(told);
  expect(mails.filter(({ subject }) => subject.includes('outbid'))).not.toEqual([]);
});

test('whose terms hold: a registrar’s own among its claims, fixed at the cut-off; the TLD’s between two; and who leaves in time', async () => {
  const own = await registrar('Own', { award: 'in_order', offer_s: HOUR_S });
  const north = await registrar('North');
  const clock = await story.clock();
  const [alone, shared] = [await story.name(clock, LEAVING), await story.name(clock, LEAVING)];
  const asks = { acceptance: 'ask' };
  const [silent, willing, last] = [
    await wants(own, alone, fresh('cus'), asks),
    await wants(own, alone, fresh('cus'), asks),
    await wants(own, alone),
  ];
  const [staying, leaving, late] = [await wants(own, shared), await wants(north, shared), await wants(north, shared)];
  const { drop } = await read(own.client, silent.id);
  const dropAt = Date.parse(drop.earliest);
  await at(clock, dropAt - 3 * HOUR_S * 1_000);
  expect(await heldBy(north)).toBe(13_800);
  await north.client.must('POST', `/v1/reservations/${leaving.id}/cancel`);
  await story.settled(clock);
  expect(await heldBy(north)).toBe(6_900);

  await at(clock, dropAt - 600_000);
  await story.operator.must('PATCH', `/v1/registrars/${own.id}`, { award: null, offer_s: null });
  expect((await north.client.post(`/v1/reservations/${late.id}/cancel`)).body.code).toBe('past_cutoff');
  await story.advanceTo(clock, DROPPED);
  expect((await late.client.post(`/v1/reservations/${late.id}/cancel`)).body.code).toBe('past_cutoff');
  expect(await outcomes([staying, leaving, late])).toEqual(['in_auction', 'cancelled: by_registrar', 'in_auction']);
  expect(await award(staying, shared)).toMatchObject([{ rule: 'auction_when_contested', set_by: 'tld' }]);

  const [first] = await award(silent, alone);
  expect(first).toMatchObject({ rule: 'in_order', set_by: 'registrar' });
  const { version } = await own.client.must('GET', '/v1/tlds/test');
  expect(first.policy).toMatch(new RegExp(`^${version.replace('+', '\\+')}\\+[0-9a-f]{8}$`));
  // The first offer stood for the hour that was the registrar's own, and lapsed within the day.
  expect(await outcome(silent)).toBe('lost: declined');
  expect(await timeline(silent.client, silent.id)).toContain('decision.lapsed');
  expect(await outcomes([willing, last])).toEqual(['lost: declined', 'won: next_in_order for 6900']);
  await story.advanceTo(clock, DROPPED + 4);
  expect(await outcomes([staying, late])).toEqual(['won: highest_bid for 6900', 'lost: outbid']);
});

test('two accounts of one customer win nothing by default; a registrar at its limit bids in two auctions what it has once', async () => {
  const [sly, north] = [await registrar('Sly'), await registrar('North')];
  const tight = await registrar('Tight', { billing: 'postpaid', credit_limit: { test: usd(20_000) } });
  const clock = await story.clock();
  const [gamed, one, other] = [
    await story.name(clock, LEAVING),
    await story.name(clock, LEAVING),
    await story.name(clock, { ...LEAVING, auction: { duration_s: 4 * 86_400 } }),
  ];
  const email = `${fresh('twin')}@example.test`;
  const twin = (id = fresh('twin')) => wants(sly, gamed, id, { customer: { id, email } });
  const [high, low, honest] = [await twin(), await twin(), await wants(north, gamed)];
  const [here, there] = [await wants(tight, one), await wants(tight, other)];
  const [rivalHere, rivalThere] = [await wants(north, one), await wants(north, other)];
  await story.advanceTo(clock, DROPPED);
  const [inGamed, inOne, inOther] = [await auctionOf(honest), await auctionOf(here), await auctionOf(there)];

  expect(await bids(honest, inGamed, 9_000)).toBe('leads at 7400');
  expect(await bids(low, inGamed, 15_000)).toBe('leads at 9500');
  expect(await bids(high, inGamed, 90_000)).toBe('leads at 15500');
  expect(await heldBy(tight)).toBe(13_800);
  expect(await bids(here, inOne, 13_000)).toBe('leads at 6900');
  expect(await bids(there, inOther, 7_400)).toBe('insufficient_funds');
  expect(await heldBy(tight)).toBe(19_900);
  expect(await bids(rivalHere, inOne, 14_000)).toBe('leads at 13500');
  expect(await bids(rivalThere, inOther, 8_000)).toBe('leads at 7400');
  expect(await bids(there, inOther, 8_500)).toBe('insufficient_funds');
  await story.operator.must('PATCH', `/v1/registrars/${sly.id}`, { credit_limit: { test: usd(0) } });

  await story.advanceTo(clock, DROPPED + 3);
  expect(await outcomes([here, rivalHere, there])).toEqual([
    'lost: outbid',
    'won: highest_bid for 13500',
    'in_auction',
  ]);
  expect(await heldBy(tight)).toBe(6_900);
  expect(await bids(there, inOther, 20_000)).toBe('leads at 8500');
  expect(await outcomes([high, low, honest])).toEqual(['awaiting_payment', 'standby', 'standby']);
  await story.advanceTo(clock, DROPPED + 5);
  expect(await outcomes([high, low, there])).toEqual([
    ...['lost: defaulted', 'lost: defaulted', 'won: highest_bid for 8500'],
  ]);
  expect(await read(honest.client, honest.id)).toMatchObject({ status: 'offered', price: usd(6_900) });
  expect((await award(honest, gamed)).at(-1).considered).toMatchObject([
    { reason: 'defaulted' },
    { reason: 'tied_to_default' },
    { reason: 'highest_bid', reservation: honest.id },
  ]);
  await honest.client.must('POST', `/v1/reservations/${honest.id}/accept`);
  expect(await reaches(honest.client, honest.id, { status: 'won' })).toMatchObject({ price: usd(6_900) });
  expect(await heldBy(sly)).toBe(0);
});
