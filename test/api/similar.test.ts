/** Other names over HTTP: from the shipped words, as the sandbox registry has them, and nobody else's reservations. */
import { setTimeout } from 'node:timers/promises';
import request from 'supertest';
import { packagedWords } from '../../api/words.ts';
import { SourceTrouble } from '../../registry/http-trouble.ts';
import { openInquiries } from '../../registry/inquiries.ts';
import { Reservations } from '../../store/reservations.ts';
import { unpublished } from '../../store/unpublished.ts';
import { useEmptyStore } from '../store/mongo.ts';
import { after, at, closeAll, sandboxWorld } from '../registry/world.ts';
import { asOperator, bearer, fakeInquiries, fakeInquiry, registryEntry, testApp } from './world.ts';

useEmptyStore();
afterEach(closeAll);

const words = packagedWords();

interface Shown {
  domain: { name: string };
  availability: string;
  reservations: string[];
}
const shownIn = (body: { data: Shown[] }): Record<string, Omit<Shown, 'domain'>> =>
  Object.fromEntries(
    body.data.map(({ domain, availability, reservations }) => [domain.name, { availability, reservations }]),
  );

async function reserved(id: string, name: string, registrar: string): Promise<void> {
  const request = {
    _id: id,
    registrar,
    livemode: false,
    domain: { name, unicode: name, tld: 'test' },
    customer: { id: 'cus-1' },
    owner: id,
    budget: { amount: 6_900, currency: 'USD' as const },
    on_renewal: 'keep_waiting' as const,
    acceptance: 'automatic' as const,
    bidding: 'manual' as const,
    dry_run: false,
    metadata: {},
    created: new Date(0),
  };
  await Reservations.create(unpublished(request));
}

test('other names are told best first, as the registry has them and with one’s own reservations alone', async () => {
  const world = await sandboxWorld();
  await world.control.put('car-doctor.test', {
    registered_at: at('2020-01-01T12:00:00Z'),
    expires_at: at('2099-01-01T12:00:00Z'),
  });
  const inquiries = openInquiries([world.entry]);
  after(() => inquiries.close());
  const app = testApp({ inquiries, words });
  await reserved('rsv_mine', 'car-doctor.test', 'rgr_north');
  await reserved('rsv_theirs', 'car-doctor.test', 'rgr_south');
  const answer = await request(app).get('/v1/domains/CarDoctor.test/similar').set(bearer('reader'));
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({
    object: 'list',
    has_more: false,
    missing: [],
    as_of: '2026-03-01T12:00:00.000Z',
  });
  expect(answer.body.data).toHaveLength(20);
  expect(answer.body.data[0]).toEqual({
    object: 'similar_name',
    domain: { name: 'cardoctors.test', unicode: 'cardoctors.test', tld: 'test' },
    reason: 'number',
    explanation: '“doctors” instead of “doctor”.',
    score: 83,
    availability: 'available',
    reservations: [],
  });
  // Enough others can be had: one that is taken need not be waited for.
  expect(Object.values(shownIn(answer.body)).map(({ availability }) => availability)).not.toContain('taken');
});

test('a taken name is shown with the caller’s own reservations of it, and nobody else’s', async () => {
  const inquiry = fakeInquiry({
    checkMany: async (names) =>
      new Map(names.map((name) => [name, { available: name !== 'flower-shop.test', premium: name.startsWith('my') }])),
  });
  // Few words, few names: the taken one is among them.
  const few = {
    counts: async () => (word: string) => Number(['flower', 'shop'].includes(word)),
    synonymsOf: async () => [],
  };
  const app = testApp({ inquiries: fakeInquiries({ test: inquiry }), words: few });
  await reserved('rsv_mine', 'flower-shop.test', 'rgr_north');
  await reserved('rsv_theirs', 'flower-shop.test', 'rgr_south');
  const mine = await request(app).get('/v1/domains/flowershop.test/similar').set(bearer('north'));
  expect(mine.body.data.at(-1)).toMatchObject({
    domain: { name: 'flower-shop.test' },
    availability: 'taken',
    reservations: ['rsv_mine'],
  });
  expect(shownIn(mine.body)['myflowershop.test']?.availability).toBe('premium');
  const operator = await request(app).get('/v1/domains/flowershop.test/similar').set(asOperator);
  expect(operator.body.data.at(-1)).toMatchObject({ availability: 'taken', reservations: [] });
});

test('a live key is answered below the TLDs that are served here; a registry that is away costs its names their state alone', async () => {
  const com = fakeInquiry({
    id: 'verisign',
    checkMany: async (names) => new Map(names.map((name) => [name, { available: true, premium: false }])),
  });
  const org = fakeInquiry({
    id: 'pir',
    checkMany: () => Promise.reject(new SourceTrouble('timed_out', 'nothing came')),
  });
  const registries = [
    registryEntry('sandbox', ['test']),
    registryEntry('verisign', ['com']),
    registryEntry('pir', ['org']),
  ];
  const app = testApp({ inquiries: fakeInquiries({ com, org }), words, registries });
  const { body } = await request(app).get('/v1/domains/bücher.com/similar').set(bearer('live', 'live'));
  expect(body.missing).toEqual([{ what: 'availability', registry: 'pir', reason: 'timed_out' }]);
  expect(shownIn(body)).toMatchObject({
    'buecher.com': { availability: 'available' },
    'xn--bcher-kva.org': { availability: 'unknown' },
  });
  expect(body.data.filter(({ domain }: Shown) => domain.name.endsWith('.test'))).toEqual([]);
});

test('many who ask of one name at once are one question, and so is who asks again', async () => {
  let asked = 0;
  const inquiry = fakeInquiry({
    checkMany: async (names) => {
      asked++;
      await setTimeout(20);
      return new Map(names.map((name) => [name, { available: true, premium: false }]));
    },
  });
  const app = testApp({ inquiries: fakeInquiries({ test: inquiry }), words });
  const ask = () => request(app).get('/v1/domains/flowershop.test/similar').set(bearer('north'));
  const answers = [...(await Promise.all([ask(), ask(), ask()])), await ask()];
  expect(answers.map(({ body }) => body.data.length)).toEqual([15, 15, 15, 15]);
  expect(asked).toBe(1);
});

test.each([
  ['com', 'public_suffix'],
  ['www.flowershop.test', 'not_registrable'],
  ['flowershop.com', 'wrong_mode'],
  ['-.test', 'invalid_domain'],
])('%s has no similar names: %s', async (name, code) => {
  const answer = await request(testApp()).get(`/v1/domains/${name}/similar`).set(bearer('north'));
  expect([answer.status, answer.body.code]).toEqual([422, code]);
});
