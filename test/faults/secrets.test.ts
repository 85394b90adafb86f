/** After a story that went wrong on the way, with marked values in every personal field: none of them is in a log or a history. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fresh, reaches, Story } from '../stories/story.ts';
import { eventually } from './cast.ts';

let story: Story;
beforeAll(async () => {
  story = await Story.open();
});
afterEach(() => story.stack.faults.mend());
afterAll(() => story.close());

/** Strings as they are, payloads as the text they carry: what whoever reads a history, its memo or its failures would see. */
function textsIn(value: unknown, seen = new Set<object>()): string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8')];
  if (typeof value === 'number' || typeof value === 'bigint') return [String(value)];
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner, seen)]);
}

/** What the sandbox was told as authInfo; its facts lie open in its files. */
function authInfos(home: string): string[] {
  const folder = join(home, 'sandbox', 'facts');
  const files = readdirSync(folder).filter((file) => /\.(log|ldb)$/.test(file));
  const written = files.map((file) => readFileSync(join(folder, file), 'latin1')).join('\n');
  return [...written.matchAll(/"authInfo":"([\w-]{10,})"/g)].map(([, authInfo = '']) => authInfo);
}

test('nothing personal and no secret is in the logs or the histories of a story, and there are no metrics', async () => {
  const mark = fresh('mark').replaceAll('-', '');
  const { id: registrar } = await story.operator.registrar(fresh('North'));
  const scopes = ['reservations', 'bids', 'read'];
  const key = await story.operator.must('POST', `/v1/registrars/${registrar}/keys`, {
    name: 'k',
    scopes,
    mode: 'test',
  });
  const client = Object.assign(Object.create(Object.getPrototypeOf(story.operator)), story.operator, {
    secret: key.secret,
  }) as typeof story.operator;
  const { name } = await story.dropping(5_000);
  const personal = {
    email: `${mark}mail@example.test`,
    name: `${mark} Lovelace`,
    customer: `${mark}cus`,
    registrant: `${mark} Analytical`,
    street: `${mark} Street 1`,
    phone: '+44.2079460999',
    metadata: `${mark}meta`,
  };
  await story.stack.faults.kill('mail');
  const sent = {
    domain: name,
    customer: { id: personal.customer, email: personal.email, name: personal.name },
    registrant: {
      name: personal.registrant,
      street: [personal.street],
      city: `${mark} City`,
      postal_code: 'N1',
      country: 'GB',
      phone: personal.phone,
      email: `${mark}reg@example.test`,
    },
    budget: { amount: 76_543_219, currency: 'USD' },
    metadata: { crm: personal.metadata },
  };
  const { id } = await client.must('POST', '/v1/reservations', sent);
  // Refused in many ways: what is wrong with a value must not be said with the value.
  await client.post('/v1/reservations', { ...sent, customer: { ...sent.customer, email: `${mark} no mail` } });
  await client.post('/v1/reservations', sent);
  await client.get(`/v1/reservations?customer=${personal.customer}`);
  await client.call('GET', `/v1/reservations/${id}`, undefined, { authorization: `Bearer ${key.secret}x` });
  await reaches(client, id, { status: 'won' });
  const events = (await client.must('GET', `/v1/reservations/${id}/events`)).data as { id: string; type: string }[];
  const deliveries = events
    .filter(({ type }) => ['reservation.placed', 'reservation.won'].includes(type))
    .map((event) => `delivery:${event.id}:mail`);
  for (const delivery of deliveries) await story.tried(delivery, 'deliver', 1);
  await story.stack.faults.start('mail');
  await eventually('both mails', async () => ((await story.mailsTo(personal.email)).length >= 2 ? true : undefined));

  await client.must('DELETE', `/v1/customers/${personal.customer}`);

  const { home, adminKey } = story.stack;
  const secrets = [
    adminKey,
    key.secret,
    readFileSync(join(home, 'sandbox', 'password'), 'utf8').trim(),
    ...authInfos(home),
  ];
  expect(secrets.length).toBeGreaterThan(3);
  const never = [mark, personal.phone, '76543219', ...secrets];

  const places: Record<string, string> = {};
  for (const file of readdirSync(join(home, 'logs'))) places[file] = readFileSync(join(home, 'logs', file), 'utf8');
  for (const workflow of [`reservation:${id}`, `domain:${name}`, ...deliveries]) {
    const handle = story.temporal.workflow.getHandle(workflow);
    const [history, described] = await Promise.all([handle.fetchHistory(), handle.describe()]);
    places[workflow] = textsIn([history.events, described.raw]).join('\n');
  }
  // Nobody publishes metrics. Whoever does so first has them searched here.
  await expect(fetch(story.stack.urls.metrics)).rejects.toThrow('fetch failed');
  expect((await fetch(`${story.stack.urls.api}/metrics`)).status).toBe(404);
  // The search itself works: the name is everywhere it should be.
  expect(places[`domain:${name}`]).toContain(name);
  expect(places['api.log']).toContain(id);
  const found = Object.entries(places).flatMap(([place, text]) =>
    never.filter((value) => text.includes(value)).map((value) => `${place}: ${value}`),
  );
  expect(found).toEqual([]);
});
