/** A drop list that an operator loads: names it has move at once, and where the registry says otherwise the list loses, for all to see. */
import { gzipSync } from 'node:zlib';
import { DAY_MS, fresh, iso, read, reserve, START, Story, timeline } from './story.ts';

let story: Story;
beforeAll(async () => {
  story = await Story.open();
});
afterAll(() => story.close());

/** Of a registry's own part of the list, so that tests do not replace each other's. */
async function post(section: string, rows: string[], published: number, headers: Record<string, string> = {}) {
  const query = new URLSearchParams({ format: 'uk_csv', of: 'test', section, published: iso(published) });
  const response = await fetch(`${story.stack.urls.api}/v1/drop_lists?${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${story.adminKey}`, 'content-type': 'text/csv', ...headers },
    body: gzipSync(['roid,domain,drop_time', ...rows, ''].join('\n')),
  });
  return {
    status: response.status,
    replayed: response.headers.get('idempotency-replayed'),
    body: (await response.json()) as any,
  };
}

const events = async (client: any, id: string, type: string): Promise<any[]> =>
  (await client.must('GET', `/v1/reservations/${id}/events?limit=100`)).data.filter(
    (event: any) => event.type === type,
  );

test('an instant on a list is the drop of every reservation at once, and the name is caught then', async () => {
  const { client } = await story.operator.registrar(fresh('North'));
  const clock = await story.clock();
  const name = await story.name(clock);
  const { id } = await reserve(client, name);
  // Deleted on day 75: redemption until 105, pending delete until 110, and freed in the batch of New York's afternoon.
  await story.advanceTo(clock, 107);
  const guessed = (await read(client, id)).drop;
  expect(guessed).toMatchObject({ source: 'policy', confidence: 'estimated' });
  const at = Date.parse(guessed.earliest) + 20 * 60_000;
  const section = fresh('part').toLowerCase();
  const rows = [`,${name},${iso(at)}`, ',nobody-waits-for-it.test,2026-05-01T00:00:00Z', ',bad.test,soon'];
  const loaded = await post(section, rows, START, { 'idempotency-key': section });
  expect(loaded).toMatchObject({
    status: 201,
    body: {
      ...{
        object: 'drop_list',
        livemode: false,
        registry: 'sandbox',
        rows: 3,
        listed: 2,
        watched: 1,
        moved: 1,
        rejected: 1,
      },
      rejects: [{ line: 4, name: 'bad.test', reason: 'not_an_instant' }],
    },
  });
  expect(await post(section, rows, START, { 'idempotency-key': section })).toEqual({ ...loaded, replayed: 'true' });
  expect(await post(section, rows, START)).toMatchObject({ status: 200, body: { id: loaded.body.id } });
  expect((await post(section, rows.slice(1), START - 1)).body.code).toBe('drop_list_outdated');
  expect(await story.operator.must('GET', `/v1/drop_lists/${loaded.body.id}`)).toEqual(loaded.body);
  await story.settled(clock);
  expect((await read(client, id)).drop).toEqual({
    earliest: iso(at),
    latest: iso(at),
    source: 'drop_list',
    confidence: 'published',
  });
  const [moved] = (await events(client, id, 'reservation.drop_scheduled')).slice(-1);
  expect(moved.data.object.drop.source).toBe('drop_list');
  await story.advanceTo(clock, 112);
  expect((await read(client, id)).status).toBe('won');
});

test('a list that has a name its owner renewed loses, and the timeline says so; a newer one without it takes it back', async () => {
  const { client } = await story.operator.registrar(fresh('North'));
  const clock = await story.clock();
  const name = await story.name(clock, { owner: 'renews', owner_acts_at: iso(START + 60 * DAY_MS) });
  const { id } = await reserve(client, name);
  await story.advanceTo(clock, 50);
  const section = fresh('part').toLowerCase();
  const at = START + 90 * DAY_MS;
  await post(section, [`,${name},${iso(at)}`], START);
  await story.settled(clock);
  expect((await read(client, id)).drop).toMatchObject({ earliest: iso(at), source: 'drop_list' });
  await story.advanceTo(clock, 61);
  const kept = await read(client, id);
  expect([kept.status, kept.stage, kept.drop]).toEqual([
    'waiting',
    'registered',
    expect.not.objectContaining({ source: 'drop_list' }),
  ]);
  const [overruled, ...more] = await events(client, id, 'observation.drop_list_overruled');
  expect(overruled.data.object).toMatchObject({ because: 'registered', stage: 'registered' });
  expect(more).toEqual([]);
  expect(await timeline(client, id)).toContain('reservation.renewed');
  expect((await post(section, [], START + DAY_MS)).body.code).toBe('empty_drop_list');
  const without = [`,nobody-waits-for-it.test,${iso(at)}`];
  expect((await post(section, without, START + DAY_MS)).body).toMatchObject({ watched: 0, moved: 1 });
});

test('what is no list, not for this installation, or not for this key is refused', async () => {
  const { client } = await story.operator.registrar(fresh('North'));
  expect((await client.post('/v1/drop_lists?format=uk_csv&of=test&published=2026-01-01T00:00:00Z', {})).body.code).toBe(
    'forbidden',
  );
  const load = async (query: string) => (await story.operator.post(`/v1/drop_lists?${query}`, {})).body.code;
  expect(await load('format=uk_csv&of=test&published=2026-01-01T00:00:00Z')).toBe('malformed_drop_list');
  expect(await load('format=uk_csv&of=zz&published=2026-01-01T00:00:00Z')).toBe('tld_not_supported');
  expect(await load('format=txt&of=test&published=2026-01-01T00:00:00Z')).toBe('invalid_parameter');
});
