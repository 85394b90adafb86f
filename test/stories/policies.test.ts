/** Names that live by the rules of other registries: each is followed and caught in that registry's own way, or has no race. */
import { body, fresh, read, reserve, Story, timeline } from './story.ts';

let story: Story;
beforeAll(async () => {
  story = await Story.open();
});
afterAll(() => story.close());

/** The owner's registration runs to 31 January 2026, midnight UTC. */
test.each([
  // Quarantine ends on 12 March: within the hour that follows, and not before.
  ['nl', 69, 'redemption', ['2026-03-12T00:00:00.000Z', '2026-03-12T01:00:00.000Z', 'published'], 71],
  // Sixty-five days of pendingDelete; the instant is on the list.
  ['uk', 124, 'pending_delete', [expect.stringMatching(/^2026-05-06T/), expect.any(String), 'published'], 126],
  // The first of March in Tokyo.
  ['jp', 49, 'redemption', ['2026-02-28T15:00:00.000Z', '2026-03-01T15:00:00.000Z', 'estimated'], 61],
  // Nobody says when: it is seen to be free.
  ['de', 59, 'redemption', null, 62],
])('a name that lives by the rules of .%s is caught on its day', async (tld, lastDay, stage, drop, wonDay) => {
  const { client } = await story.operator.registrar(fresh('North'));
  const clock = await story.clock();
  const name = await story.name(clock, { policy: tld });
  const { id } = await reserve(client, name);
  await story.advanceTo(clock, lastDay);
  const waiting = await read(client, id);
  const shown = waiting.drop && [waiting.drop.earliest, waiting.drop.latest, waiting.drop.confidence];
  expect([waiting.status, waiting.stage, shown]).toEqual(['waiting', stage, drop]);
  await story.advanceTo(clock, wonDay);
  expect(await read(client, id)).toMatchObject({ status: 'won', stage: 'registered_by_us', needs_attention: null });
  expect((await story.accepted(name)).map(({ clid }) => clid)).toEqual(['backorder']);
  expect((await timeline(client, id)).slice(-3)).toEqual(['reservation.caught', 'decision.award', 'reservation.won']);
});

test('a name that lives by the rules of .dk has no race, and the registrar is told the registry’s own way in', async () => {
  const { client } = await story.operator.registrar(fresh('North'));
  const clock = await story.clock();
  const name = await story.name(clock, { policy: 'dk' });
  const { body: dk } = await client.get('/v1/tlds/dk');
  const refused = await client.post('/v1/reservations', body(name, fresh('cus')));
  expect(refused).toMatchObject({ status: 422, body: { code: 'no_race', detail: dk.way_in } });
  expect((await client.must('GET', `/v1/reservations?domain=${name}`)).data).toEqual([]);
});

test('a name that .info withholds from everybody is refused once the registry was asked: it may be in Dropzone', async () => {
  const { client } = await story.operator.registrar(fresh('North'));
  const clock = await story.clock();
  const name = await story.name(clock, { policy: 'info', create_result: 2304 });
  await story.advanceTo(clock, 112);
  const refused = await client.post('/v1/reservations', body(name, fresh('cus')));
  expect(refused).toMatchObject({
    status: 422,
    body: { code: 'no_race', detail: expect.stringContaining('Dropzone') },
  });
});

test('a policy nobody has is refused', async () => {
  const put = await story.operator.put(`/v1/sandbox/domains/${fresh('name')}.test`, { policy: 'zz' });
  expect(put).toMatchObject({ status: 422, body: { code: 'invalid_facts', param: 'policy' } });
});
