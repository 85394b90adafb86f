/** What the Temporal UI and its CLI ask: histories with budgets and maxima opened, for operators alone. */
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import request from 'supertest';
import { sealing } from '../../temporal/sealing.ts';
import {
  ADMIN_KEY,
  asOperator,
  bearer,
  memoryKeys,
  PAYLOAD_KEY,
  registrar,
  secretOf,
  testApp,
  UI_ORIGIN,
} from './world.ts';

const BID = { reservation: 'rsv_1', max: { amount: 20_000, currency: 'USD' } };
const NOW = Date.parse('2026-03-01T12:00:00Z');
const HOUR_MS = 3_600_000;

const base64 = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('base64');
const sent = ({ metadata, data }: Payload) => ({
  metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([key, value]) => [key, base64(value)])),
  data: base64(data),
});
const plain = (value: unknown) => sent(defaultPayloadConverter.toPayload(value));
async function sealed(value: unknown, key = PAYLOAD_KEY) {
  const [payload] = await sealing([key]).encode([defaultPayloadConverter.toPayload(value)]);
  return sent(payload as Payload);
}

const keys = memoryKeys(
  [
    { name: 'north' },
    { name: 'night', mode: 'live', registrar: null, scopes: ['support'] },
    { name: 'trainee', mode: 'test', registrar: null, scopes: ['support'] },
    { name: 'gone', mode: 'live', registrar: null, scopes: ['admin'], revoked: new Date(NOW + HOUR_MS) },
  ],
  [registrar()],
);
const app = (over: Parameters<typeof testApp>[0] = {}) => testApp({ keys, ...over });
const ask = (headers: Record<string, string>, payloads: unknown[], on = app()) =>
  request(on).post('/codec/decode').set(headers).send({ payloads });

test('support reads a bid with its maximum, and what was never sealed as it was sent', async () => {
  const payloads = [await sealed(BID), plain({ domain: 'a.test' }), { data: '', externalDetails: [1] }];
  const { body } = await ask(bearer('night', 'live'), payloads).expect(200).expect('cache-control', 'no-store');
  expect(body.payloads).toEqual([plain(BID), payloads[1], payloads[2]]);
  await ask(asOperator, []).expect(200, { payloads: [] });
});

test.each([
  ['nobody', {}, 401, 'unauthenticated'],
  ['a stranger', { authorization: 'Bearer guess' }, 401, 'unauthenticated'],
  ['a registrar', bearer('north'), 403, 'forbidden'],
  ['an operator of test mode', bearer('trainee'), 403, 'forbidden'],
])('%s is shown nothing', async (_who, headers, status, code) => {
  const { body } = await ask(headers, [await sealed(BID)]).expect(status);
  expect(body).toMatchObject({ code });
});

test.each<[string, unknown, number, string]>([
  ['payloads that are none', { payloads: 'all' }, 422, 'invalid_parameter'],
  ['data that is not base64', { payloads: [{ metadata: {}, data: 'ä' }] }, 422, 'invalid_parameter'],
  ['a body that is a list', [], 422, 'invalid_parameter'],
])('%s have a problem with a name', async (_what, body, status, code) => {
  const answer = await request(app())
    .post('/codec/decode')
    .set(asOperator)
    .send(body as object)
    .expect(status);
  expect(answer.body).toMatchObject({ code });
});

test('a value under a key that this installation does not have names that key', async () => {
  const { body } = await ask(asOperator, [await sealed(BID, Buffer.alloc(32, 9))]).expect(422);
  expect(body).toMatchObject({
    code: 'cannot_unseal',
    detail: expect.stringMatching(/^"max" is sealed with the key [\w-]{8},/),
  });
});

test('a history page of megabytes passes; beyond what Temporal sends it does not', async () => {
  const big = { metadata: {}, data: base64(Buffer.alloc(4_000_000)) };
  await ask(asOperator, [big]).expect(200);
  const { body } = await ask(asOperator, [big, big]).expect(413);
  expect(body).toMatchObject({ code: 'body_too_large', detail: 'A body may have 6 MB here.' });
});

test('it opens and does not seal; other methods and types are refused by name', async () => {
  await request(app()).post('/codec/encode').set(asOperator).send({ payloads: [] }).expect(404);
  await request(app()).get('/codec/decode').expect(405).expect('allow', 'POST');
  const { body } = await request(app()).post('/codec/decode').set(asOperator).type('text').send('x').expect(415);
  expect(body).toMatchObject({ code: 'unsupported_media_type' });
});

test('an operator’s key has a rate here too', async () => {
  const on = app({ ratePerMinute: 1 });
  await ask(asOperator, [], on).expect(200);
  await ask(asOperator, [], on).expect(429);
});

describe('from a browser', () => {
  const signIn = (key: string, on = app()) => request(on).post('/codec/sign-in').type('form').send({ key });
  const cookieOf = (answer: request.Response): string => String(answer.headers['set-cookie']?.[0]);
  const holding = (answer: request.Response) => ({ cookie: `other=1; ${cookieOf(answer).split(';')[0]}` });

  test('only the page of the Temporal UI may ask, and with credentials', async () => {
    const preflight = (origin: string, on = app()) =>
      request(on)
        .options('/codec/decode')
        .set({ origin, 'access-control-request-headers': 'content-type,x-namespace' });
    const { headers } = await preflight(UI_ORIGIN).expect(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': UI_ORIGIN,
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': expect.stringContaining('x-namespace') as string,
    });
    const origins = [
      [UI_ORIGIN, undefined],
      ['http://evil.test', UI_ORIGIN],
      ['null', UI_ORIGIN],
    ] as const;
    for (const [origin, uiOrigin] of origins) {
      const codec = { unseal: sealing([PAYLOAD_KEY]), uiOrigin, secureCookie: false };
      const refused = await preflight(origin, app({ codec }));
      expect(refused.headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  test('who signs in once may have payloads opened for eight hours, by a cookie that no script and no other site can use', async () => {
    const answer = await signIn(` ${ADMIN_KEY} `).expect(303).expect('location', '/codec/sign-in');
    expect(cookieOf(answer)).toMatch(/; Max-Age=28800; Path=\/codec; .*HttpOnly; SameSite=Strict$/);
    expect(cookieOf(answer)).not.toContain(ADMIN_KEY);
    const { body } = await ask({ ...holding(answer), origin: UI_ORIGIN }, [await sealed(BID)]).expect(200);
    expect(body.payloads).toEqual([plain(BID)]);
    const page = await request(app()).get('/codec/sign-in').set(holding(answer)).expect(200);
    expect(page.text).toContain('Signed in with the key <code>admin</code> until 2026-03-01T20:00:00.000Z');
    await ask(holding(answer), [], app({ now: () => NOW + 8 * HOUR_MS - 1 })).expect(200);
    await ask(holding(answer), [], app({ now: () => NOW + 8 * HOUR_MS })).expect(401);
  });

  test('in production the cookie goes over TLS alone', async () => {
    const codec = { unseal: sealing([PAYLOAD_KEY]), uiOrigin: UI_ORIGIN, secureCookie: true };
    expect(cookieOf(await signIn(ADMIN_KEY, app({ codec })))).toContain('; Secure;');
  });

  test('a session ends with its key, with the operator’s own key, and by signing out', async () => {
    const gone = await signIn(secretOf('gone', 'live')).expect(303);
    await ask(holding(gone), []).expect(200);
    await ask(holding(gone), [], app({ now: () => NOW + HOUR_MS })).expect(401);
    const admin = await signIn(ADMIN_KEY);
    await ask(holding(admin), [], app({ adminKey: 'another-operator-key-0123456789abcdef' })).expect(401);
    const out = await request(app()).post('/codec/sign-out').set(holding(admin)).expect(303);
    expect(cookieOf(out)).toMatch(/^backorder_operator=; Path=\/codec; Expires=Thu, 01 Jan 1970/);
  });

  test('a cookie cannot be made longer, nor another’s', async () => {
    const answer = await signIn(secretOf('night', 'live')).expect(303);
    const [, value = ''] = holding(answer).cookie.split('backorder_operator=');
    const [until = '', hash = '', mac = ''] = value.split('.');
    for (const forged of [`${Number(until) + 1}.${hash}.${mac}`, `${until}.admin.${mac}`, `${until}.${hash}.`, 'x'])
      await ask({ cookie: `backorder_operator=${forged}` }, []).expect(401);
  });

  test.each([
    ['', 401],
    ['guess', 401],
    [secretOf('north'), 403],
    [secretOf('trainee'), 403],
  ])('the key %p signs nobody in, and the page says why without repeating it', async (key, status) => {
    const answer = await signIn(key).expect(status).expect('content-type', /html/);
    expect(answer.headers).not.toHaveProperty('set-cookie');
    expect(answer.text).toContain('role="alert"');
    if (key) expect(answer.text).not.toContain(key);
  });

  test('after ten wrong keys within a minute that address waits', async () => {
    const on = app();
    for (let nth = 1; nth <= 10; nth++) await signIn('guess', on).expect(401);
    await signIn(ADMIN_KEY, on).expect(429).expect('retry-after', /^\d+$/);
  });
});
