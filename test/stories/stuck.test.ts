/** The registry refuses the create for good: support decides. */
import type { EngineClient } from '../../dev/engine-client.ts';
import { fresh, reaches, read, reserve, Story, timeline } from './story.ts';

let story: Story;
beforeAll(async () => {
  story = await Story.open();
});
afterAll(() => story.close());

async function stuck(): Promise<{
  client: EngineClient;
  clock: string;
  name: string;
  first: string;
  second: string;
  attention: any;
}> {
  const { client } = await story.operator.registrar(fresh('North'));
  const clock = await story.clock();
  const name = await story.name(clock, { create_result: 2104 });
  const [one, two] = [await reserve(client, name), await reserve(client, name)];
  await story.advanceTo(clock, 111);
  const { needs_attention } = await read(client, one.id);
  expect(needs_attention).toMatchObject({
    workflow: `domain:${name}`,
    step: 'create',
    error: 'create_refused_2104',
    attempts: 1,
  });
  return { client, clock, name, first: one.id, second: two.id, attention: needs_attention.id };
}

const mend = (name: string) => story.operator.must('PATCH', `/v1/sandbox/domains/${name}`, { create_result: null });
const won = (client: EngineClient, id: string) => reaches(client, id, { status: 'won' });
const lost = (client: EngineClient, id: string) => reaches(client, id, { status: 'lost' });

test('it needs attention; a retry after the registry is mended wins it', async () => {
  const { client, name, first, second, attention } = await stuck();
  expect((await client.must('GET', '/v1/reservations?needs_attention=true')).data).toHaveLength(1);
  expect((await client.post(`/v1/reservations/${first}/retry`, { attention, reason: 'x' })).status).toBe(403);
  const stale = await story.operator.post(`/v1/reservations/${first}/retry`, { attention: 'att_other', reason: 'x' });
  expect(stale).toMatchObject({ status: 409, body: { code: 'attention_changed' } });
  await mend(name);
  await story.operator.must('POST', `/v1/reservations/${first}/retry`, { attention, reason: 'account topped up' });
  await won(client, first);
  expect(await lost(client, second)).toMatchObject({ outcome: { reason: 'behind_in_order' }, needs_attention: null });
  expect(await timeline(client, first)).toEqual(
    expect.arrayContaining(['reservation.needs_attention', 'decision.retry', 'reservation.won']),
  );
  expect(await story.accepted(name)).toHaveLength(1);
});

test('skipped, the next in line has it', async () => {
  const { client, name, first, second, attention } = await stuck();
  await mend(name);
  await story.operator.must('POST', `/v1/domains/${name}/skip`, { attention, reason: 'registrant not eligible' });
  await won(client, second);
  expect(await lost(client, first)).toMatchObject({ outcome: { reason: 'not_catchable' } });
});

test('with the workers frozen a retry of the name is an outage, and is done with the same key once they are back', async () => {
  const { client, name, first, attention } = await stuck();
  await mend(name);
  const key = { 'idempotency-key': fresh('night') };
  const retry = () => story.operator.post(`/v1/domains/${name}/retry`, { attention, reason: 'topped up' }, key);
  await story.stack.faults.freeze('workers');
  try {
    expect(await retry()).toMatchObject({ status: 503, body: { code: 'engine_unavailable' } });
    const lowered = await client.patch(`/v1/reservations/${first}`, { budget: { amount: 10_000, currency: 'USD' } });
    expect(lowered).toMatchObject({ status: 503, body: { code: 'engine_unavailable' } });
  } finally {
    await story.stack.faults.thaw('workers');
  }
  expect(await retry()).toMatchObject({ status: 200, body: { name } });
  await won(client, first);
});

test('cancelled while it needs attention, it is cancelled', async () => {
  const { client, name, first, second } = await stuck();
  await mend(name);
  await client.must('POST', `/v1/reservations/${first}/cancel`);
  expect(await reaches(client, first, { status: 'cancelled' })).toMatchObject({ needs_attention: null });
  await won(client, second);
});
