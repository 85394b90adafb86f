/** The registration of an awarded name, as the registry tells it by EPP and RDAP: the winner's, whoever the name was caught for. */
import { DAY_MS, fresh, iso, read, reserve, START, Story, timeline } from './story.ts';

let story: Story;
beforeAll(async () => {
  story = await Story.open();
});
afterAll(() => story.close());

/** Payloads as what is in them. */
const asText = (key: string, value: unknown) =>
  key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString() : value;
const code = async (answer: Promise<{ status: number; body: any }>) => {
  const { status, body } = await answer;
  return `${status} ${body.code}`;
};
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

  const path = `/v1/reservations/${second.id}/registration`;
  expect(await south.client.must('GET', path)).toMatchObject({
    ...{ roid: held?.roid, sponsor: 'backorder', registrant: held?.registrant, nameservers: servers.second },
    delivery: { status: 'delivered', why: 'no_restore_rights' },
    auth_info: { shown_at: null },
  });
  expect(await code(north.client.get(path))).toBe('404 reservation_not_found');
  expect(await code(north.client.get(`/v1/reservations/${first.id}/registration`))).toBe('409 not_won');
  expect(await code(story.operator.post(`${path}/auth_info`))).toBe('403 forbidden');
  const { auth_info } = await south.client.must('POST', `${path}/auth_info`);
  expect(await story.hasAuthInfo(name, auth_info)).toBe(true);
  expect(await code(south.client.post(`${path}/auth_info`))).toBe('409 auth_info_shown');
  expect((await south.client.must('GET', path)).auth_info.shown_at).not.toBeNull();
  const histories = [`domain:${name}`, `reservation:${second.id}`].map((id) =>
    story.temporal.workflow.getHandle(id).fetchHistory(),
  );
  const readable = JSON.stringify(await Promise.all(histories), asText);
  expect(readable).toContain(second.id);
  expect(readable).not.toContain(auth_info);

  // Whoever was shown it may transfer the name away: that is no reason to give anything back.
  const moved = { what: 'transferred', at: iso(START + 116 * DAY_MS), to: 'gaining' };
  await story.operator.must('PATCH', `/v1/sandbox/domains/${name}`, { happens: [moved] });
  await story.advanceTo(clock, 117);
  expect((await timeline(south.client, second.id)).at(-1)).toBe('observation.award_stands');
  expect((await read(south.client, second.id)).outcome).not.toHaveProperty('taken_back');
});

test('held while its owner may still have it back, and then taken back: refunded, told, and free to be reserved again; one nobody takes is deleted, or support decides', async () => {
  const north = await story.operator.registrar(fresh('North'));
  const clock = await story.clock();
  const happens = [{ what: 'taken_back', at: iso(START + 120 * DAY_MS) }];
  const name = await story.name(clock, { restore_rights_days: 20, happens });
  const [unwanted, kept] = [await story.name(clock), await story.name(clock, { policy: 'de' })];
  const customer = fresh('ada');
  const { id } = await reserve(north.client, name, customer);
  const lapsing = await reserve(north.client, unwanted, fresh('cus'), { acceptance: 'ask' });
  await reserve(north.client, kept, fresh('cus'), { acceptance: 'ask' });
  await story.advanceTo(clock, 112.5);
  const path = `/v1/reservations/${id}/registration`;
  expect(await read(north.client, id)).toMatchObject({
    status: 'won',
    outcome: { delivery: { status: 'held', until: expect.any(String), why: 'restore_rights' } },
  });
  expect(await north.client.must('GET', path)).toMatchObject({ delivery: { status: 'held' }, taken_back: null });
  expect(await code(north.client.post(`${path}/auth_info`))).toBe('409 delivery_held');

  expect((await read(north.client, lapsing.id)).outcome).toMatchObject({ result: 'lost', reason: 'declined' });
  expect(await story.info(unwanted)).toMatchObject({ kind: 'free' });
  const awardOf = async (which: string) => (await story.operator.must('GET', `/v1/domains/${which}/award`)).data[0];
  expect(await awardOf(unwanted)).toMatchObject({ unclaimed: { what: 'deleted' }, needs_attention: null });
  // Nobody knows of an add grace under .de: support is asked.
  const { unclaimed, needs_attention } = await awardOf(kept);
  expect([unclaimed, needs_attention]).toMatchObject([null, { step: 'unclaimed', error: 'add_grace_unknown' }]);
  const decision = { attention: needs_attention.id, reason: 'kept for stock' };
  await story.operator.must('POST', `/v1/domains/${kept}/skip`, decision);
  await story.settled(clock);
  expect((await awardOf(kept)).unclaimed).toMatchObject({ what: 'kept', reason: 'kept for stock' });

  await story.advanceTo(clock, 121);
  const refunded = usd(6_900);
  const takenBack = { why: 'other_registration', sponsor: 'other-registrar', refunded };
  expect(await read(north.client, id)).toMatchObject({ status: 'won', outcome: { taken_back: takenBack } });
  expect(await north.client.must('GET', path)).toMatchObject({ taken_back: takenBack, watched_until: null });
  expect(await code(north.client.post(`${path}/auth_info`))).toBe('409 taken_back');
  expect((await timeline(north.client, id)).at(-1)).toBe('reservation.taken_back');
  expect(await north.client.must('GET', '/v1/account')).toMatchObject({ balance: usd(0), held: usd(0) });
  const { data: entries } = await north.client.must('GET', `/v1/account/entries?reservation=${id}&kind=give_back`);
  expect(entries).toMatchObject([{ reason: 'taken_back_by_registry', amount: refunded }]);
  const mails = await story.mailsTo(`${customer}@example.test`);
  expect(mails.map(({ subject }) => subject)).toContain(`[test] ${name} was taken back by its registry`);
  expect(await reserve(north.client, name, customer)).toMatchObject({ status: 'waiting' });
});
