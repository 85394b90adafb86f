/** Several want one name. */
import { body, fresh, reaches, read, reserve, Story } from './story.ts';

let story: Story;
beforeAll(async () => {
  story = await Story.open();
});
afterAll(() => story.close());

test('three by two registrars: places move up, the first wins, the others learn why not, and neither sees the other', async () => {
  const [north, south] = [
    await story.operator.registrar(fresh('North')),
    await story.operator.registrar(fresh('South')),
  ];
  const clock = await story.clock();
  const name = await story.name(clock);
  const first = await reserve(north.client, name);
  const second = await reserve(south.client, name);
  const third = await reserve(north.client, name);
  expect([first, second, third].map(({ position, competitors }) => [position, competitors])).toEqual([
    [1, 0],
    [2, 1],
    [3, 2],
  ]);
  expect((await south.client.get(`/v1/reservations/${first.id}`)).status).toBe(404);
  expect((await south.client.post(`/v1/reservations/${first.id}/cancel`)).status).toBe(404);
  expect((await south.client.must('GET', '/v1/reservations')).data.map(({ id }: { id: string }) => id)).toEqual([
    second.id,
  ]);

  await south.client.must('POST', `/v1/reservations/${second.id}/cancel`);
  await reaches(south.client, second.id, { status: 'cancelled' });
  expect(await reaches(north.client, third.id, { position: 2 })).toMatchObject({ competitors: 1 });
  await story.advanceTo(clock, 111);
  expect(await read(north.client, first.id)).toMatchObject({ status: 'won' });
  expect(await read(north.client, third.id)).toMatchObject({ status: 'lost', outcome: { reason: 'behind_in_order' } });
  expect(await read(south.client, second.id)).toMatchObject({ status: 'cancelled' });
});

test('caught by another: all lose, and learn who has it; the customer may reserve it again', async () => {
  const { client } = await story.operator.registrar(fresh('North'));
  const clock = await story.clock();
  const name = await story.name(clock, { caught_by_other: 'rival-1' });
  const customers = [fresh('a'), fresh('b')];
  const [one, two] = [await reserve(client, name, customers[0]), await reserve(client, name, customers[1])];
  const again = await client.post('/v1/reservations', body(name, customers[0] as string));
  expect(again).toMatchObject({ status: 409, body: { code: 'already_reserved', reservation: one.id } });
  await story.advanceTo(clock, 111);
  for (const { id } of [one, two])
    expect(await read(client, id)).toMatchObject({
      status: 'lost',
      outcome: { reason: 'caught_by_other', caught_by: 'rival-1' },
    });
  expect(await reserve(client, name, customers[0])).toMatchObject({ status: 'waiting', position: 1 });
});

test('the owner renews at the last minute: the claim waits on, or is missed where that was asked', async () => {
  const { client } = await story.operator.registrar(fresh('North'));
  const clock = await story.clock();
  const name = await story.name(clock, { owner: 'renews', owner_acts_at: '2026-03-16T23:59:59.000Z' });
  const waits = await reserve(client, name);
  const closes = await reserve(client, name, fresh('cus'), { on_renewal: 'close' });
  await story.advanceTo(clock, 90);
  expect(await read(client, waits.id)).toMatchObject({
    status: 'waiting',
    stage: 'registered',
    position: 1,
    competitors: 0,
  });
  expect(await read(client, closes.id)).toMatchObject({ status: 'missed', outcome: { reason: 'kept' } });
});

test('the same Idempotency-Key fifty times at once is one reservation', async () => {
  const { client } = await story.operator.registrar(fresh('North'));
  const name = await story.name(await story.clock());
  const [request, key] = [body(name, fresh('cus')), fresh('key')];
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => client.post('/v1/reservations', request, { 'idempotency-key': key })),
  );
  const ids = new Set(answers.filter(({ status }) => status === 201 || status === 202).map((answer) => answer.body.id));
  expect(ids.size).toBe(1);
  for (const { status, body: problem, headers } of answers.filter(({ status }) => status >= 400)) {
    expect([status, problem.code]).toEqual([409, 'idempotency_in_progress']);
    expect(headers.get('retry-after')).toBe('1');
  }
  const replayed = await client.post('/v1/reservations', request, { 'idempotency-key': key });
  expect(replayed.headers.get('idempotency-replayed')).toBe('true');
  expect(ids).toContain(replayed.body.id);
  const other = await client.post('/v1/reservations', { ...request, on_renewal: 'close' }, { 'idempotency-key': key });
  expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  expect((await client.must('GET', '/v1/reservations')).data).toHaveLength(1);
});
