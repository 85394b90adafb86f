/** Bad input: each refusal with its own documented code, and nothing half done. */
import type { EngineClient } from '../../dev/engine-client.ts';
import { body, fresh, iso, refusalOf, reserve, START, Story } from './story.ts';

let story: Story;
let client: EngineClient;
let clock: string;
let held: string;
beforeAll(async () => {
  story = await Story.open();
  ({ client } = await story.operator.registrar(fresh('Refused')));
  clock = await story.clock();
  held = await story.name(clock);
});
afterAll(() => story.close());

const post = (request: object, headers?: Record<string, string>) => client.post('/v1/reservations', request, headers);
const usd = (amount: number) => ({ amount, currency: 'USD' });

test.each([
  ['not a name', { domain: 'no spaces.test' }, 'invalid_domain'],
  ['an IDN that IDNA refuses', { domain: 'xn--a.test' }, 'invalid_idn'],
  ['a suffix', { domain: 'test' }, 'public_suffix'],
  ['a host below a name', { domain: 'www.wanted.test' }, 'not_registrable'],
  ['a TLD nobody here sells', { domain: 'example.app' }, 'tld_not_supported'],
  ['a name its registry gives away itself', { domain: 'example.dk' }, 'no_race'],
  ['a live name with a test key', { domain: 'example.com' }, 'wrong_mode'],
  ['too small a budget', { budget: usd(6_899) }, 'budget_below_price'],
  ['another currency', { budget: { amount: 20_000, currency: 'EUR' } }, 'unsupported_currency'],
  ['another clock', { test_clock: 'clk_other' }, 'test_clock_mismatch'],
  ['an unknown field', { colour: 'red' }, 'unknown_parameter'],
  ['no customer', { customer: undefined }, 'invalid_parameter'],
  ['another way to accept', { acceptance: 'never' }, 'invalid_parameter'],
])('%s is refused', async (_, change, code) => {
  const { status, body: problem, headers } = await post({ ...body(held, fresh('cus')), ...change });
  expect([status, problem.code]).toEqual([422, code]);
  expect(headers.get('content-type')).toContain('application/problem+json');
  expect(problem).toMatchObject({
    type: `/problems/${code}`,
    title: expect.any(String),
    detail: expect.any(String),
    request_id: expect.any(String),
  });
  expect((await client.get(`/problems/${code}`)).status).toBe(200);
});

test('what only the registry or the queue knows is the same answer, and leaves a rejected reservation behind', async () => {
  const free = `${fresh('free')}.test`;
  const customer = fresh('cus');
  for (let twice = 0; twice < 2; twice++)
    expect(await refusalOf(client, body(free, customer))).toBe('domain_available');
  const name = await story.name(clock, { drops_at: iso(START + 3_600_000) });
  await reserve(client, name);
  const late = await story.name(clock, { drops_at: iso(START + 600_000) });
  expect(await refusalOf(client, body(late, fresh('cus')))).toBe('past_cutoff');
  const { data } = await client.until(
    `/v1/reservations?domain=${free}`,
    (list: { data: { outcome: object | null }[] }) => list.data.every(({ outcome }) => outcome !== null),
  );
  expect(data).toMatchObject(Array(2).fill({ status: 'rejected', outcome: { reason: 'domain_available' } }));
  const forged = Buffer.from('[1e300,"a"]').toString('base64url');
  expect(await client.get(`/v1/reservations?cursor=${forged}`)).toMatchObject({
    status: 422,
    body: { param: 'cursor' },
  });
});

test('a registrar at its limit of open reservations, or suspended, is told so', async () => {
  const limited = await story.operator.registrar(fresh('Limited'), { max_open: 1 });
  await reserve(limited.client, held);
  expect(await limited.client.post('/v1/reservations', body(await story.name(clock), fresh('cus')))).toMatchObject({
    status: 422,
    body: { code: 'too_many_claims' },
  });
  await story.operator.must('PATCH', `/v1/registrars/${limited.id}`, { suspended: true });
  expect(await limited.client.post('/v1/reservations', body(held, fresh('cus')))).toMatchObject({
    status: 403,
    body: { code: 'registrar_suspended' },
  });
});

test('keys: none, wrong, of a registrar where the operator is needed', async () => {
  const anonymous = await fetch(`${story.stack.urls.api}/v1/reservations`);
  expect(anonymous.status).toBe(401);
  expect(await client.post('/v1/registrars', { name: 'me' })).toMatchObject({
    status: 403,
    body: { code: 'forbidden' },
  });
});

test('bodies: malformed, too large, of another type; addresses and methods that are not there', async () => {
  const raw = (text: string, type = 'application/json') =>
    fetch(`${story.stack.urls.api}/v1/reservations`, {
      method: 'POST',
      headers: { 'content-type': type, authorization: 'Bearer nobody' },
      body: text,
    });
  expect((await raw('{"domain": ')).status).toBeGreaterThanOrEqual(400);
  const large = await post({ ...body(held, fresh('cus')), metadata: { x: 'y'.repeat(200_000) } });
  expect(large).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
  expect(await client.get('/v1/nothing')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  expect(await client.call('PUT', '/v1/reservations', {})).toMatchObject({
    status: 405,
    body: { code: 'method_not_allowed' },
  });
});

test('while a test clock moves, what would wake those under it is refused', async () => {
  const busy = await story.clock();
  const name = await story.name(busy);
  await reserve(client, name);
  await story.operator.must('POST', `/v1/test_clocks/${busy}/advance`, { frozen_time: iso(START + 100 * 86_400_000) });
  const refused = await post(body(name, fresh('cus')));
  expect(refused).toMatchObject({ status: 409, body: { code: 'test_clock_advancing' } });
  await story.settled(busy);
  const backwards = await story.operator.post(`/v1/test_clocks/${busy}/advance`, { frozen_time: iso(START) });
  expect(backwards.status).toBe(422);
});

test('past the cut-off nobody leaves, and an ended reservation is not cancelled again', async () => {
  const own = await story.clock();
  const name = await story.name(own, { drops_at: iso(START + 86_400_000) });
  const { id } = await reserve(client, name);
  await story.advanceTo(own, 1 - 600 / 86_400);
  expect(await client.post(`/v1/reservations/${id}/cancel`)).toMatchObject({
    status: 409,
    body: { code: 'past_cutoff' },
  });
  await story.advanceTo(own, 1.1);
  expect(await client.must('GET', `/v1/reservations/${id}`)).toMatchObject({ status: 'won' });
  expect(await client.post(`/v1/reservations/${id}/cancel`)).toMatchObject({
    status: 409,
    body: { code: 'reservation_ended' },
  });
});
