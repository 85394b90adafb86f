/** Reservations refused at once: each fault with its own code, before anything is stored or started. */
import request from 'supertest';
import { bearer, testApp } from './world.ts';

const app = testApp();
const body = (over: object = {}) => ({
  domain: 'name.com',
  customer: { id: 'cus-7' },
  registrant: { handle: 'C-1' },
  budget: { amount: 20_000, currency: 'USD' },
  ...over,
});
const post = (over: object, mode: 'test' | 'live' = 'live') =>
  request(app)
    .post('/v1/reservations')
    .set(mode === 'live' ? bearer('live', 'live') : bearer('north'))
    .send(body(over));

test.each([
  ['', 'invalid_parameter'],
  ['.', 'invalid_domain'],
  ['no spaces.com', 'invalid_domain'],
  ['https://name.com/', 'invalid_domain'],
  ['-name.com', 'invalid_domain'],
  [`${'a'.repeat(64)}.com`, 'invalid_domain'],
  ['192.0.2.1', 'invalid_domain'],
  ['xn--a.com', 'invalid_idn'],
  ['ab--cd.com', 'invalid_idn'],
  ['com', 'public_suffix'],
  ['co.uk', 'public_suffix'],
  ['www.name.com', 'not_registrable'],
  ['WWW.Bücher.COM', 'not_registrable'],
  ['name.org', 'tld_not_supported'],
  ['name.net', 'tld_not_supported'],
  ['name.dk', 'no_race'],
  ['name.ee', 'no_race'],
  ['name.pl', 'no_race'],
  ['name.uk', 'tld_not_supported'],
  ['name.io', 'tld_not_supported'],
  ['name.test', 'wrong_mode'],
])('%s cannot be reserved: %s', async (domain, code) => {
  const answer = await post({ domain });
  expect([answer.status, answer.body.code]).toEqual([422, code]);
  expect(answer.body.detail).toMatch(/\.$/);
});

test('a test key reaches names under .test only, whether or not a registry sells the other', async () => {
  for (const domain of ['name.com', 'name.net']) expect((await post({ domain }, 'test')).body.code).toBe('wrong_mode');
});

test.each([
  [
    'name.dk',
    'The registry of .dk, Punktum dk, offers a deleted name to the first on its own waiting list: join it in the self-service at https://punktum.dk.',
  ],
  [
    'name.ee',
    'The registry of .ee, Eesti Interneti SA, auctions each released name itself for 24 hours: bid at https://auction.internet.ee.',
  ],
  [
    'name.pl',
    'One option is sold on each .pl name, and its holder comes first when the name is deleted: buy it from a registrar of NASK that sells options (https://www.dns.pl/en/options), where WHOIS shows that none is held.',
  ],
])('%s has no race, and who wants it is told the registry’s own way in', async (domain, detail) => {
  expect((await post({ domain })).body).toMatchObject({ status: 422, code: 'no_race', detail, param: 'domain' });
  // That it has none is true of whoever asks, and whether or not a registry of ours sells it.
  expect((await post({ domain }, 'test')).body).toMatchObject({ code: 'no_race', detail });
});

test.each([
  [{ budget: { amount: 6_899, currency: 'USD' } }, 'budget_below_price', 'budget.amount'],
  [{ budget: { amount: 20_000, currency: 'EUR' } }, 'unsupported_currency', 'budget.currency'],
  [{ budget: { amount: 69.5, currency: 'USD' } }, 'invalid_parameter', 'budget.amount'],
  [{ budget: { amount: 2 ** 53, currency: 'USD' } }, 'invalid_parameter', 'budget.amount'],
  [{ registrant: undefined }, 'registrant_required', 'registrant'],
  [{ registrant: { name: 'Ada' } }, 'invalid_parameter', 'registrant'],
  [{ customer: { id: '' } }, 'invalid_parameter', 'customer.id'],
  [{ customer: { id: 'a\nb' } }, 'invalid_parameter', 'customer.id'],
  [{ customer: { id: 'cus-7', email: 'ada' } }, 'invalid_parameter', 'customer.email'],
  [{ customer: { id: 'cus-7', phone: '1' } }, 'unknown_parameter', 'customer.phone'],
  [{ colour: 'red' }, 'unknown_parameter', 'colour'],
  [{ bidding: 'always' }, 'invalid_parameter', 'bidding'],
  [{ acceptance: 'never' }, 'invalid_parameter', 'acceptance'],
  [{ on_renewal: 'maybe' }, 'invalid_parameter', 'on_renewal'],
  [{ wait_until: 'soon' }, 'invalid_parameter', 'wait_until'],
  [{ wait_until: '2026-02-01T00:00:00Z' }, 'wait_until_past', 'wait_until'],
  [{ test_clock: 'clk_1' }, 'test_clock_mismatch', 'test_clock'],
  [{ nameservers: ['not a host'] }, 'invalid_parameter', 'nameservers.0'],
  [{ metadata: { a: 1 } }, 'invalid_parameter', 'metadata.a'],
  [{ metadata: { 'a.b': 'x' } }, 'invalid_parameter', 'metadata.a.b'],
  [
    { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, ''])) },
    'invalid_parameter',
    'metadata',
  ],
])('%j is refused as %s of %s', async (over, code, param) => {
  const answer = await post(over);
  expect([answer.status, answer.body.code, answer.body.param]).toEqual([422, code, param]);
});

test('every fault is listed, and no value is repeated', async () => {
  const answer = await request(app)
    .post('/v1/reservations')
    .set(bearer('live', 'live'))
    .send({ customer: { id: 'cus-7', email: 'ada-at-home' }, budget: null });
  expect(answer.body.code).toBe('invalid_parameter');
  expect(answer.body.errors.map(({ param }: { param: string }) => param)).toEqual([
    'domain',
    'customer.email',
    'budget',
  ]);
  expect(answer.text).not.toContain('ada-at-home');
});
