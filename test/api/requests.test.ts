/** What every call has in common: who may make it, what a body may be, and what is said, and not said, when it is refused. */
import request from 'supertest';
import { EngineUnavailable } from '../../api/temporal.ts';
import { asOperator, bearer, fakeEngine, memoryKeys, registrar, secretOf, testApp } from './world.ts';

const json = 'application/problem+json; charset=utf-8';

test.each([
  ['no key', {}],
  ['another scheme', { authorization: 'Basic YTpi' }],
  ['a key that never was', bearer('nobody')],
  ['a key that was revoked', bearer('old')],
  [
    'a live key spelled as a test key',
    { authorization: `Bearer ${secretOf('live', 'live').replace('bk_live', 'bk_test')}` },
  ],
])('%s is not authenticated', async (_what, headers) => {
  const answer = await request(testApp()).get('/v1/tlds').set(headers).expect(401);
  expect(answer.headers['www-authenticate']).toBe('Bearer realm="backorder"');
  expect(answer.body).toMatchObject({ code: 'unauthenticated', status: 401, type: '/problems/unauthenticated' });
});

test.each([
  ['a registrar makes no registrars', 'post', '/v1/registrars', bearer('north'), 'forbidden'],
  ['support makes no registrars', 'post', '/v1/registrars', bearer('support'), 'forbidden'],
  ['an operator reserves nothing', 'post', '/v1/reservations', asOperator, 'forbidden'],
  ['a reading key reserves nothing', 'post', '/v1/reservations', bearer('reader'), 'forbidden'],
  ['a suspended registrar changes nothing', 'post', '/v1/reservations', bearer('paused'), 'registrar_suspended'],
] as const)('%s', async (_what, method, path, headers, code) => {
  const answer = await request(testApp())[method](path).set(headers).send({}).expect(403);
  expect(answer.body.code).toBe(code);
});

test('a suspended registrar still reads', async () => {
  await request(testApp()).get('/v1/tlds').set(bearer('paused')).expect(200);
});

test('without the sandbox there is no test mode', async () => {
  const app = testApp({ sandbox: undefined });
  const read = await request(app).get('/v1/tlds').set(bearer('north')).expect(403);
  expect(read.body.code).toBe('test_mode_off');
  const clock = await request(app).post('/v1/test_clocks').set(asOperator).send({}).expect(403);
  expect(clock.body.code).toBe('test_mode_off');
});

test('a problem names itself, its place and its request, and an id the client chose is kept', async () => {
  const answer = await request(testApp())
    .get('/v1/nowhere?email=ada@customer.test')
    .set({ ...bearer('north'), 'x-request-id': 'mine-1' })
    .expect(404);
  expect(answer.headers['content-type']).toBe(json);
  expect(answer.headers['x-request-id']).toBe('mine-1');
  expect(answer.body).toEqual({
    type: '/problems/not_found',
    title: 'Not found',
    status: 404,
    detail: 'There is nothing at this address.',
    instance: '/v1/nowhere',
    code: 'not_found',
    request_id: 'mine-1',
  });
});

test('an id that could break a log line is replaced', async () => {
  const answer = await request(testApp()).get('/').set('x-request-id', 'a b').expect(404);
  expect(answer.body.request_id).toMatch(/^req_[0-9a-z]{26}$/);
});

test('another method: 405, and which ones there are', async () => {
  const answer = await request(testApp()).delete('/v1/reservations').set(bearer('north')).expect(405);
  expect(answer.headers['allow']).toBe('POST, GET');
  expect(answer.body.code).toBe('method_not_allowed');
});

const BRACKETS = 49_000;
test.each([
  ['cut short', '{"domain":', 'application/json', 400, 'malformed_json'],
  ['that is no object', '"a string"', 'application/json', 400, 'malformed_json'],
  [
    'nested without end',
    `{"domain":${'['.repeat(BRACKETS)}${']'.repeat(BRACKETS)}}`,
    'application/json',
    400,
    'malformed_json',
  ],
  ['of a form', 'domain=a.test', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
  ['in another charset', '{}', 'application/json; charset=iso-8859-1', 415, 'unsupported_media_type'],
  ['that is too large', JSON.stringify({ domain: 'a'.repeat(110_000) }), 'application/json', 413, 'body_too_large'],
])('a body %s is refused', async (_what, body, type, status, code) => {
  const answer = await request(testApp())
    .post('/v1/reservations')
    .set({ ...bearer('north'), 'content-type': type })
    .send(body);
  expect([answer.status, answer.body.code]).toEqual([status, code]);
});

test.each(['', 'k'.repeat(256), 'schlüssel'])('an idempotency key like "%s" is refused', async (key) => {
  const answer = await request(testApp())
    .post('/v1/reservations')
    .set({ ...bearer('north'), 'idempotency-key': Buffer.from(key).toString('latin1') })
    .send({});
  expect([answer.status, answer.body.code]).toEqual([400, 'invalid_idempotency_key']);
});

test('a key has so many requests a minute, and another key has its own', async () => {
  const app = testApp({ ratePerMinute: 2 });
  const ask = (name: string) => request(app).get('/v1/tlds').set(bearer(name));
  await ask('north').expect(200);
  const last = await ask('north').expect(200);
  expect(last.headers).toMatchObject({ 'ratelimit-limit': '2', 'ratelimit-remaining': '0' });
  const over = await ask('north').expect(429);
  expect(over.body.code).toBe('rate_limited');
  expect(Number(over.headers['retry-after'])).toBeGreaterThan(0);
  await ask('reader').expect(200);
});

test('an outage is 503 with Retry-After, and says nothing of what is behind', async () => {
  const lines: string[] = [];
  const keys = {
    ...memoryKeys([], [registrar()]),
    findByHash: () => Promise.reject(new EngineUnavailable('10.0.0.7')),
  };
  const answer = await request(testApp({ keys }, lines)).get('/v1/tlds').set(bearer('north')).expect(503);
  expect(answer.headers['retry-after']).toBe('1');
  expect(answer.body.code).toBe('engine_unavailable');
  expect(JSON.stringify(answer.body)).not.toContain('10.0.0.7');
});

test('what nobody expected is 500 without a stack; neither log nor answer repeats its text', async () => {
  const lines: string[] = [];
  const keys = { ...memoryKeys([], []), findByHash: () => Promise.reject(new TypeError('ada@customer.test')) };
  const answer = await request(testApp({ keys }, lines)).get('/v1/tlds').set(bearer('north')).expect(500);
  expect(answer.body.code).toBe('internal_error');
  expect(answer.text + lines.join()).not.toContain('ada@customer.test');
  expect(lines.join()).toContain('TypeError');
});

test('the log has the path and the key’s id, and nothing secret or personal', async () => {
  const lines: string[] = [];
  await request(testApp({ engine: fakeEngine() }, lines))
    .post('/v1/reservations?email=ada@customer.test')
    .set({ ...bearer('north'), cookie: 'session=1' })
    .send({ domain: 'name.test', customer: { id: 'cus-7', email: 'ada@customer.test' } })
    .expect(422);
  const log = lines.join();
  expect(log).toContain('"path":"/v1/reservations"');
  expect(log).toContain('"key":"key_north"');
  for (const secret of ['ada@customer.test', 'cus-7', secretOf('north'), 'session=1'])
    expect(log).not.toContain(secret);
});

test('the log does not say which customer a call was about, nor what somebody took for a path', async () => {
  const lines: string[] = [];
  const app = testApp({}, lines);
  for (const path of ['/v1/customers/ada-lovelace', '/V1/Customers/ada%20lovelace/x', '/v1/ada%40customer.test/y'])
    await request(app).delete(path);
  await request(app).get('/ada@customer.test');
  const paths = lines.flatMap((line) => (JSON.parse(line) as { req?: { path: string } }).req?.path ?? []);
  expect(paths).toEqual(['/v1/customers/…', '/V1/Customers/…', '/v1/…/y', '/…']);
  expect(lines.join().toLowerCase()).not.toContain('ada');
});

test('a path of one long segment is logged about as fast as one of many short ones', async () => {
  const app = testApp({}, []);
  const tookMs = async (path: string) => {
    const since = performance.now();
    for (let sent = 0; sent < 10; sent++) await request(app).get(path).expect(404);
    return performance.now() - since;
  };
  const short = await tookMs(`/${'a/'.repeat(7_500)}`);
  expect(await tookMs(`/${'a'.repeat(15_000)}`)).toBeLessThan(4 * short + 200);
});

test.each(['retry', 'skip'])(
  '%s of a name whose arbiter is silent is an outage, and no word that nobody waits',
  async (action) => {
    let isSilent = true;
    const awaitDomain = async () => {
      if (isSilent) throw new EngineUnavailable('silent');
      return undefined;
    };
    const app = testApp({ engine: fakeEngine({ awaitDomain }) });
    const decide = () =>
      request(app)
        .post(`/v1/domains/name.test/${action}`)
        .set(asOperator)
        .send({ attention: 'att_1', reason: 'mended' });
    expect((await decide()).body).toMatchObject({ status: 503, code: 'engine_unavailable' });
    isSilent = false;
    expect((await decide()).body).toMatchObject({ status: 404, code: 'domain_not_found' });
  },
);

test('readiness names what is out of reach; liveness does not care', async () => {
  const down = { name: 'temporal' as const, ping: () => Promise.reject(new Error('down')) };
  const up = { name: 'store' as const, ping: () => Promise.resolve() };
  let draining = false;
  const app = testApp({ health: { dependencies: [up, down], draining: () => draining } });
  const answer = await request(app).get('/readyz').expect(503);
  expect(answer.body).toEqual({ status: 'unavailable', unavailable: ['temporal'] });
  await request(app).get('/livez').expect(200);
  const ready = testApp({ health: { dependencies: [up], draining: () => draining } });
  await request(ready).get('/readyz').expect(200);
  draining = true;
  expect((await request(ready).get('/readyz').expect(503)).body.status).toBe('draining');
});

test('the TLDs that can be had, and those whose registry has a way of its own', async () => {
  const answer = await request(testApp()).get('/v1/tlds').set(bearer('north')).expect(200);
  const rows: { tld: string; supported: boolean; way_in: string | null }[] = answer.body.data;
  expect(rows).toHaveLength(28);
  expect(rows.filter(({ supported }) => supported).map(({ tld }) => tld)).toEqual(['com', 'test']);
  expect(rows.filter(({ way_in }) => way_in !== null).map(({ tld }) => tld)).toEqual(['ee', 'dk', 'pl']);
  const one = await request(testApp()).get('/v1/tlds/test').set(bearer('north')).expect(200);
  expect(one.body).toMatchObject({
    list_price: { amount: 6900, currency: 'USD' },
    cutoff_s: 900,
    award: 'auction_when_contested',
    offer_s: 86_400,
    payment_s: 172_800,
    auction: { duration_s: 259_200, soft_close_s: 300, max_extensions: 20, closing_s: 3_600, steps: expect.any(Array) },
  });
  const none = await request(testApp()).get('/v1/tlds/zz').set(bearer('north')).expect(404);
  expect(none.body.code).toBe('tld_not_found');
  const off = await request(testApp({ registries: [] }))
    .get('/v1/tlds/test')
    .set(bearer('north'))
    .expect(404);
  expect(off.body.code).toBe('tld_not_found');
});

test('a TLD says how its names come free, who says so and how sure that is, and what nobody knows', async () => {
  const tldOf = async (tld: string) =>
    (await request(testApp()).get(`/v1/tlds/${tld}`).set(bearer('north')).expect(200)).body;
  expect(await tldOf('it')).toMatchObject({
    version: expect.stringMatching(/^2026-11-23\+[0-9a-f]{8}$/),
    mode: 'batch',
    supported: false,
    auto_renew_grace_days: { min: 10, max: 15 },
    redemption_days: { min: 30, max: 30 },
    add_grace_days: 'unknown',
    drop: {
      schedule: { every: 'day', time_zone: 'Europe/Rome', times: ['09:00', '16:00'], length_s: 'unknown' },
      host: 'epp-deleted.nic.it',
      list: { to: 'everyone', tells: 'instant' },
    },
    unknown: [],
  });
  const it = await tldOf('it');
  expect(it.sources).toContainEqual({
    field: 'redemption',
    source: 'https://www.nic.it/en/register-your-it/drop-time',
    read_on: '2026-11-23',
    confidence: 'published',
  });
  expect((await tldOf('jp')).redemption_days).toEqual({ to_day_of_month: 20, time_zone: 'Asia/Tokyo' });
  expect((await tldOf('cn')).drop).toMatchObject({ mode: 'known_day', time_zone: 'Asia/Shanghai', at: '04:00' });
  expect((await tldOf('nl')).drop).toMatchObject({ mode: 'random_window', length_s: 3600 });
  const io = await tldOf('io');
  expect([io.auto_renew_grace_days, io.redemption_days, io.drop.list, io.sources]).toEqual([
    'unknown',
    'unknown',
    'unknown',
    [],
  ]);
  expect(io.drop.explanation).toContain('is not known here');
  expect(io.unknown).toContain('How long redemption lasts under .io is not known here.');
  const dk = await tldOf('dk');
  expect([dk.way_in, dk.list_price, dk.award, dk.auction, dk.cutoff_s]).toEqual([
    dk.drop.explanation,
    ...[null, null, null, null],
  ]);
});

test('a body that is not in the encoding it claims is refused by name', async () => {
  const answer = await request(testApp())
    .post('/v1/reservations')
    .set(bearer('north'))
    .set('content-type', 'application/json')
    .set('content-encoding', 'gzip')
    .send('{"not": "gzip"}')
    .expect(400);
  expect(answer.body.code).toBe('undecodable_body');
});
