/** The registration of an awarded name, as the registry tells it by EPP and RDAP: the winner's, whoever the name was caught for. */
import { fresh, read, reserve, Story, timeline } from './story.ts';

let story: Story;
beforeAll(async () => {
  story = await Story.open();
});
afterAll(() => story.close());

const usd = (amount: number) => ({ amount, currency: 'USD' });
const email = `${fresh('grace')}@example.test`;
const person = {
  name: 'Grace Hopper',
  street: ['1 Navy Yard'],
  city: 'Arlington',
  postal_code: '22201',
  country: 'US',
  phone: '+12025550123',
  email,
};

test('caught for the first, won at auction by the second: info shows the name servers and the contact of the second', async () => {
  const [north, south] = [
    await story.operator.registrar(fresh('North')),
    await story.operator.registrar(fresh('South')),
  ];
  const clock = await story.clock();
  const name = await story.name(clock, { award: 'auction_when_contested' });
  const servers = { first: ['ns1.first.example', 'ns2.first.example'], second: ['ns1.second.example'] };
  const first = await reserve(north.client, name, fresh('cus'), { nameservers: servers.first });
  const second = await reserve(south.client, name, fresh('cus'), { nameservers: servers.second, registrant: person });
  await story.advanceTo(clock, 111);
  expect(await story.held(name)).toMatchObject({ sponsor: 'backorder', nameservers: servers.first });
  const { auction } = await read(north.client, first.id);
  const bid = { reservation: second.id, max: usd(15_000) };
  expect((await south.client.post(`/v1/auctions/${auction}/bids`, bid)).status).toBe(201);
  await story.advanceTo(clock, 114.5);

  expect(await read(south.client, second.id)).toMatchObject({ status: 'won', outcome: { registered_to: 'backorder' } });
  const held = await story.held(name);
  expect(held).toMatchObject({ sponsor: 'backorder', nameservers: servers.second });
  expect(await story.contactSponsor(held?.registrant ?? 'none')).toBe('backorder');
  const seen = await fetch(`${story.stack.urls.rdap}/domain/${name}`);
  expect(((await seen.json()) as any).nameservers.map(({ ldhName }: any) => ldhName)).toEqual(servers.second);
  expect((await timeline(south.client, second.id)).slice(-2)).toEqual(['decision.award', 'reservation.won']);
  const { data: told } = await south.client.must('GET', `/v1/reservations/${second.id}/events?limit=100`);
  for (const secret of [email, 'Hopper', ...servers.second]) expect(JSON.stringify(told)).not.toContain(secret);
});
