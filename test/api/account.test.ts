/** Money over HTTP: what the operator books, and what a registrar sees of its own account in the mode of its key. */
import request from 'supertest';
import { usd } from '../../rules/money.ts';
import { holdFor, chargeFee } from '../../store/ledger.ts';
import { insertRegistrar } from '../../store/registrars.ts';
import { addStrike, isBlocked } from '../../store/strikes.ts';
import { useEmptyStore } from '../store/mongo.ts';
import { asOperator, bearer, memoryKeys, registrar, testApp } from './world.ts';

useEmptyStore();

const NOW = Date.parse('2026-03-01T12:00:00Z');
const NORTH = registrar({ credit_limit: { test: usd(5_000), live: usd(0) } });
const SOUTH = registrar({ _id: 'rgr_south' });
const app = testApp({
  now: () => NOW,
  keys: memoryKeys(
    [
      { name: 'north' },
      { name: 'north-live', mode: 'live' },
      { name: 'south', registrar: 'rgr_south' },
      { name: 'support', registrar: null, scopes: ['support'] },
      { name: 'admin-test', registrar: null, scopes: ['admin'] },
    ],
    [NORTH, SOUTH],
  ),
});
beforeEach(async () => {
  await insertRegistrar(NORTH);
  await insertRegistrar(SOUTH);
});

const get = (path: string, name = 'north') => request(app).get(path).set(bearer(name));
const pay = (kind: 'deposits' | 'refunds', body: object, id = 'rgr_north') =>
  request(app).post(`/v1/registrars/${id}/${kind}`).set(asOperator).send(body);
const test100 = { amount: usd(10_000), reference: 'wire 4711', mode: 'test' };

test('an account begins with nothing but credit', async () => {
  const { status, body } = await get('/v1/account');
  expect(status).toBe(200);
  expect(body).toEqual({
    object: 'account',
    livemode: false,
    billing: 'postpaid',
    balance: usd(0),
    held: usd(0),
    owed: usd(0),
    credit_limit: usd(5_000),
    available: usd(5_000),
    spend_caps: { per_name: null, per_month: null },
    spent_this_month: usd(0),
    as_of: '2026-03-01T12:00:00.000Z',
  });
});

test('a deposit told twice is one deposit; the same reference with another amount is refused', async () => {
  const first = await pay('deposits', test100);
  expect(first.status).toBe(201);
  expect(first.body).toMatchObject({
    kind: 'deposit',
    amount: usd(10_000),
    balance: usd(10_000),
    reference: 'wire 4711',
  });
  const again = await pay('deposits', test100);
  expect([again.status, again.body]).toEqual([201, first.body]);
  const other = await pay('deposits', { ...test100, amount: usd(1) });
  expect([other.status, other.body.code]).toEqual([409, 'reference_reused']);
  expect((await get('/v1/account')).body).toMatchObject({ balance: usd(10_000), available: usd(15_000) });
});

test('test money is not live money, nor another registrar’s', async () => {
  await pay('deposits', test100);
  const live = await request(app).get('/v1/account').set(bearer('north-live', 'live'));
  expect(live.body).toMatchObject({ livemode: true, balance: usd(0), available: usd(0) });
  expect((await get('/v1/account', 'south')).body).toMatchObject({ balance: usd(0) });
  expect((await get('/v1/account/entries', 'south')).body.data).toEqual([]);
});

test('what is held or lent is not paid out', async () => {
  await pay('deposits', test100);
  const where = { registrar: 'rgr_north', livemode: false, reservation: 'rsv_1', name: 'example.test', at: NOW };
  await holdFor({ ...where, operation: 'fund', amount: usd(12_000) });
  const out = { reference: 'out 1', mode: 'test' };
  const much = await pay('refunds', { ...out, amount: usd(3_001) });
  expect([much.status, much.body.code]).toEqual([409, 'refund_exceeds_balance']);
  const right = await pay('refunds', { ...out, amount: usd(3_000) });
  expect([right.status, right.body.balance]).toEqual([201, usd(7_000)]);
});

test.each<[string, object, string, number, string]>([
  ['nothing at all', { amount: usd(0), reference: 'x', mode: 'test' }, 'rgr_north', 422, 'invalid_parameter'],
  ['less than nothing', { amount: usd(-1), reference: 'x', mode: 'test' }, 'rgr_north', 422, 'invalid_parameter'],
  [
    'half a cent',
    { amount: { amount: 0.5, currency: 'USD' }, reference: 'x', mode: 'test' },
    'rgr_north',
    422,
    'invalid_parameter',
  ],
  [
    'another currency',
    { amount: { amount: 1, currency: 'EUR' }, reference: 'x', mode: 'test' },
    'rgr_north',
    422,
    'unsupported_currency',
  ],
  ['no reference', { amount: usd(1), mode: 'test' }, 'rgr_north', 422, 'invalid_parameter'],
  ['no mode from a key of both', { amount: usd(1), reference: 'x' }, 'rgr_north', 422, 'invalid_parameter'],
  ['nobody’s account', { amount: usd(1), reference: 'x', mode: 'live' }, 'rgr_nobody', 404, 'registrar_not_found'],
])('%s is not booked', async (_what, body, id, status, code) => {
  const answer = await pay('deposits', body, id);
  expect([answer.status, answer.body.code]).toEqual([status, code]);
});

test('a key of one mode means that one, and reaches no other', async () => {
  const send = (body: object) =>
    request(app).post('/v1/registrars/rgr_north/deposits').set(bearer('admin-test')).send(body);
  expect((await send({ amount: usd(1), reference: 'x' })).body).toMatchObject({ livemode: false });
  const live = await send({ amount: usd(1), reference: 'y', mode: 'live' });
  expect([live.status, live.body.code]).toEqual([422, 'wrong_mode']);
});

test('support books no money, and a registrar none either', async () => {
  for (const who of ['support', 'north'])
    expect((await request(app).post('/v1/registrars/rgr_north/deposits').set(bearer(who)).send(test100)).status).toBe(
      403,
    );
});

test('entries, newest first, page by page, and of one reservation', async () => {
  for (let index = 1; index <= 5; index++) await pay('deposits', { ...test100, reference: `wire ${index}` });
  const where = { registrar: 'rgr_north', livemode: false, name: 'example.test', at: NOW };
  await holdFor({ ...where, reservation: 'rsv_1', operation: 'fund', amount: usd(6_900) });
  await holdFor({ ...where, reservation: 'rsv_1', operation: 'raise', amount: usd(9_000) });
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { data: { seq: number }[]; next_cursor: string | null } = (
      await get(`/v1/account/entries?limit=3${cursor && `&cursor=${cursor}`}`)
    ).body;
    seen.push(...page.data.map(({ seq }) => String(seq)));
    cursor = page.next_cursor;
  }
  expect(seen.join(' ')).toBe('7 6 5 4 3 2 1');
  const own = (await get('/v1/account/entries?reservation=rsv_1')).body.data;
  expect(own).toMatchObject([
    { kind: 'hold', amount: usd(9_000), held: usd(9_000), held_for_reservation: usd(9_000), settles: own[1].id },
    { kind: 'hold', amount: usd(6_900), held: usd(6_900), settles: null, domain: 'example.test' },
  ]);
  expect((await get('/v1/account/entries?kind=deposit')).body.data).toHaveLength(5);
  expect((await get('/v1/account/entries?cursor=nonsense')).body.code).toBe('invalid_parameter');
});

test('spend caps are the operator’s to set, change and take away', async () => {
  const patch = (spend_caps: object) =>
    request(app).patch('/v1/registrars/rgr_north').set(asOperator).send({ spend_caps });
  expect((await patch({ per_name: usd(20_000) })).body.spend_caps).toEqual({ per_name: usd(20_000), per_month: null });
  expect((await patch({ per_month: usd(90_000) })).body.spend_caps).toEqual({
    per_name: usd(20_000),
    per_month: usd(90_000),
  });
  expect((await patch({ per_name: null })).body.spend_caps).toEqual({ per_name: null, per_month: usd(90_000) });
  const made = await request(app)
    .post('/v1/registrars')
    .set(asOperator)
    .send({ name: 'East', spend_caps: { per_name: usd(1) } });
  expect(made.body.spend_caps).toEqual({ per_name: usd(1), per_month: null });
  expect((await request(app).get('/v1/registrars/rgr_south').set(asOperator)).body.spend_caps).toEqual({
    per_name: null,
    per_month: null,
  });
});

test('what is owed is shown', async () => {
  await chargeFee({
    registrar: 'rgr_north',
    livemode: false,
    reservation: 'rsv_1',
    operation: 'fee',
    amount: usd(6_000),
    reason: 'defaulted',
    at: NOW,
  });
  expect((await get('/v1/account')).body).toMatchObject({ balance: usd(-5_000), owed: usd(1_000), available: usd(0) });
});

describe('strikes', () => {
  const strike = (operation: string, owner = 'owner-1', livemode = false) =>
    addStrike({
      operation,
      registrar: 'rgr_north',
      livemode,
      owner,
      reservation: 'rsv_1',
      reason: 'defaulted',
      at: NOW,
    });
  const asSupport = bearer('support');

  test('two of one customer keep it from auctions, until support lifts one; lifting twice is lifting once', async () => {
    const keys = { registrar: 'rgr_north', livemode: false, owner: 'owner-1' };
    const id = await strike('default 1');
    await expect(strike('default 1')).resolves.toBe(id);
    await expect(isBlocked(keys, NOW)).resolves.toBe(false);
    await strike('default 2');
    await expect(isBlocked(keys, NOW)).resolves.toBe(true);
    await expect(isBlocked({ ...keys, owner: 'owner-2' }, NOW)).resolves.toBe(false);
    const lift = () => request(app).delete(`/v1/strikes/${id}`).set(asSupport).send({ reason: 'the bank was late' });
    const lifted = await lift();
    expect(lifted.body).toMatchObject({ id, lifted: { by: 'key_support', reason: 'the bank was late' } });
    expect((await lift()).body).toEqual(lifted.body);
    await expect(isBlocked(keys, NOW)).resolves.toBe(false);
  });

  test('are listed for support, without whose they are; not across modes, and not for registrars', async () => {
    const id = await strike('a');
    await strike('b', 'owner-1', true);
    const { body } = await request(app).get('/v1/strikes?registrar=rgr_north&lifted=false').set(asSupport);
    expect(body.data).toMatchObject([{ id, registrar: 'rgr_north', livemode: false, lifted: null }]);
    expect(JSON.stringify(body)).not.toContain('owner-1');
    expect((await request(app).get(`/v1/strikes/${id}`).set(asSupport)).status).toBe(200);
    expect((await request(app).get('/v1/strikes/stk_none').set(asSupport)).body.code).toBe('strike_not_found');
    expect((await get('/v1/strikes')).status).toBe(403);
  });
});
