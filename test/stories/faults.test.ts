/** Real time, and what happens when processes die in it. */
import { body, fresh, iso, reaches, read, refusalOf, reserve, Story } from './story.ts';

const WORKERS = ['workers', 'catcher'] as const;
let story: Story;
beforeAll(async () => {
  story = await Story.open();
});
afterAll(() => story.close());

test('a name that drops in ten seconds is caught in real time, by the instant its registry publishes', async () => {
  const { client } = await story.operator.registrar(fresh('North'));
  const { name, at } = await story.dropping(10_000);
  const placed = await reserve(client, name);
  expect(placed).toMatchObject({
    stage: 'pending_delete',
    drop: { earliest: iso(at), latest: iso(at), source: 'drop_list' },
  });
  await client.until(`/v1/reservations/${placed.id}`, ({ status }) => status === 'won', 30_000);
  const [create] = await story.accepted(name);
  expect(create?.clid).toBe('backorder');
  expect(create?.at).toBeGreaterThanOrEqual(at);
  expect((create?.at ?? 0) - at).toBeLessThan(10_000);
});

test('with all workers down a reservation is accepted, its workflow is in Temporal, and its place follows', async () => {
  const { client } = await story.operator.registrar(fresh('North'));
  const name = `${fresh('later')}.test`;
  await story.put(name, { registered_at: iso(Date.now() - 1e9), expires_at: iso(Date.now() + 1e9) });
  await Promise.all(WORKERS.map((worker) => story.stack.kill9(worker)));
  const accepted = await client.post('/v1/reservations', body(name, fresh('cus')));
  expect(accepted).toMatchObject({ status: 202, body: { status: 'placed', position: null } });
  const { status } = await story.temporal.workflow.getHandle(accepted.body.workflow).describe();
  expect(status.name).toBe('RUNNING');
  await Promise.all(WORKERS.map((worker) => story.stack.start(worker)));
  const placed = await client.until(
    `/v1/reservations/${accepted.body.id}`,
    (seen) => seen.status === 'waiting',
    60_000,
  );
  expect(placed).toMatchObject({ position: 1 });
});

test('an arbiter terminated by hand: the next join brings it back with all open claims in their order', async () => {
  const { client } = await story.operator.registrar(fresh('North'));
  const clock = await story.clock();
  const name = await story.name(clock);
  const [one, two] = [await reserve(client, name), await reserve(client, name)];
  await story.advanceTo(clock, 40);
  await story.temporal.workflow.getHandle(`domain:${name}`).terminate('by hand');
  const three = await reserve(client, name);
  expect(three).toMatchObject({ position: 3, competitors: 2 });
  expect(await read(client, two.id)).toMatchObject({ position: 2 });
  await story.advanceTo(clock, 111);
  const statuses = await Promise.all([one, two, three].map(async ({ id }) => (await read(client, id)).status));
  expect(statuses).toEqual(['won', 'lost', 'lost']);
  expect(await story.accepted(name)).toHaveLength(1);
});

test('an arbiter terminated by hand after the payment: the next finds who paid, and tells everybody', async () => {
  const [north, south] = [
    await story.operator.registrar(fresh('North')),
    await story.operator.registrar(fresh('South')),
  ];
  const clock = await story.clock();
  const name = await story.name(clock);
  const payer = await reserve(north.client, name, fresh('cus'), {
    acceptance: 'ask',
    nameservers: ['ns1.own.example'],
  });
  const other = await reserve(south.client, name);
  await story.advanceTo(clock, 111);
  // Nobody is there to make the name the payer's own.
  await story.stack.kill9('catcher');
  const accepted = north.client.post(`/v1/reservations/${payer.id}/accept`);
  const captures = `/v1/account/entries?reservation=${payer.id}&kind=capture`;
  await north.client.until(captures, ({ data }) => data.length === 1, 30_000);
  await story.temporal.workflow.getHandle(`domain:${name}`).terminate('by hand');
  await accepted;
  await story.stack.start('catcher');
  expect(await refusalOf(south.client, body(name, fresh('cus')))).toBe('already_ours');
  const told = await reaches(north.client, payer.id, { status: 'won' });
  expect(told.outcome).toMatchObject({ reason: 'first_in_order', price: { amount: 6_900, currency: 'USD' } });
  const lost = await reaches(south.client, other.id, { status: 'lost' });
  expect(lost.outcome).toMatchObject({ reason: 'behind_in_order' });
  expect((await north.client.must('GET', captures)).data).toHaveLength(1);
  expect(await south.client.must('GET', '/v1/account')).toMatchObject({ held: { amount: 0 } });
});
