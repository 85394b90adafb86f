/** Drop lists over HTTP, with a store: which are refused before they count, and what is said of those that are taken. */
import request from 'supertest';
import { listedDrop } from '../../store/drop-lists.ts';
import { insertTestClock } from '../../store/test-clocks.ts';
import { useEmptyStore } from '../store/mongo.ts';
import { ADMIN_KEY, registryEntry, testApp } from './world.ts';

useEmptyStore();

const NOW = Date.parse('2026-11-24T12:00:00Z');
const AT = '2026-12-05T13:42:17Z';
const UK = 'roid,domain,drop_time';
const registries = [
  registryEntry('nominet', ['uk']),
  registryEntry('auda', ['au']),
  registryEntry('sandbox', ['test']),
];
const app = testApp({ registries, now: () => NOW });

const post = (rows: string[], over: Record<string, string> = {}) =>
  request(app)
    .post('/v1/drop_lists')
    .query({ format: 'uk_csv', of: 'uk', published: new Date(NOW).toISOString(), ...over })
    .set({ authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'text/csv' })
    .send(`${rows.join('\n')}\n`);
const code = async (...args: Parameters<typeof post>) => {
  const { status, body } = await post(...args);
  return body.code ?? status;
};

test('a list of the future is refused, and shuts out none that comes after it', async () => {
  const list = [UK, `1-UK,first.uk,${AT}`];
  const refused = await post(list, { published: '2199-01-01T00:00:00Z' });
  expect([refused.status, refused.body.code, refused.body.param]).toEqual([422, 'drop_list_ahead', 'published']);
  expect(await code(list, { published: '2026-11-24T12:05:00.001Z' })).toBe('drop_list_ahead');
  expect(await code(list)).toBe(201);
  // Its clock is a little fast.
  expect(await code([...list, `2-UK,second.uk,${AT}`], { published: '2026-11-24T12:05:00Z' })).toBe(201);
});

test('below .test the clock that is furthest ahead tells now', async () => {
  const list = [UK, ',first.test,2198-01-01T00:00:00Z'];
  const published = '2199-01-01T00:00:00Z';
  expect(await code(list, { of: 'test', published })).toBe('drop_list_ahead');
  const at = Date.parse(published);
  await insertTestClock({
    ...{ _id: 'clk_1', registrar: null, name: null, frozen_at: at, target: at, created: new Date(NOW) },
  });
  expect(await code(list, { of: 'test', published })).toBe(201);
  expect(await code([UK, `1-UK,first.uk,${AT}`], { published })).toBe('drop_list_ahead');
});

test('of a name with several instants the earliest counts, and the other rows are named', async () => {
  const row = (name: string, second: number) => `${second}-UK,${name}.uk,2026-12-05T13:42:${second}Z`;
  const many = Array.from({ length: 1_000 }, (_, n) => row(`name-${n}`, 30));
  const { body } = await post([
    UK,
    row('one', 20),
    'bad',
    row('one', 30),
    row('two', 20),
    row('one', 21),
    ...many,
    row('two', 10),
  ]);
  expect(body).toMatchObject({ rows: 1_006, listed: 1_002, rejected: 4 });
  expect(body.rejects.map(({ line, name, reason }: Record<string, unknown>) => [line, name, reason])).toEqual([
    [3, null, 'too_few_fields'],
    [4, 'one.uk', 'listed_twice'],
    [6, 'one.uk', 'listed_twice'],
    [1_007, 'two.uk', 'listed_twice'],
  ]);
  expect(await listedDrop('one.uk')).toMatchObject({ at: Date.parse('2026-12-05T13:42:20Z'), roid: '20-UK' });
  expect(await listedDrop('two.uk')).toMatchObject({ at: Date.parse('2026-12-05T13:42:10Z'), roid: '10-UK' });
});

test.each([
  ['uk_csv', UK],
  ['se_json', '{"data": []}'],
  ['au_csv', 'Date,Time,Domain name'],
  ['report_csv', 'TLD,DOMAIN,EXPIRED,PURGED'],
])('a list without a row (%s), as of a download that broke off, takes nothing back', async (format, empty) => {
  expect(await code([UK, `1-UK,first.uk,${AT}`])).toBe(201);
  const later = new Date(NOW + 1_000).toISOString();
  expect(await code([empty], { format, published: later })).toBe('empty_drop_list');
  expect(await listedDrop('first.uk')).toMatchObject({ at: Date.parse(AT) });
});

test('an .au list whose columns are in another order is no list', async () => {
  const row = 'example.net.au,16/12/2026,15:04:50';
  expect(await code([row], { format: 'au_csv', of: 'au' })).toBe('malformed_drop_list');
});
