/** Something the engine needs is away: the API says so at once, what was accepted goes on by itself, and nothing waits that need not. */
import type { Answer, EngineClient } from '../../dev/engine-client.ts';
import { diskTrouble } from '../stack/stack.ts';
import { body, fresh, iso, reaches, read, reserve, START, DAY_MS, Story } from '../stories/story.ts';
import { eventually } from './cast.ts';

let story: Story;
let client: EngineClient;
beforeAll(async () => {
  story = await Story.open();
  client = (await story.operator.registrar(fresh('North'))).client;
});
afterEach(() => story.stack.faults.mend());
afterAll(() => story.close());

/** A write that waits for Temporal gives up after a second and a half. */
const AT_ONCE_MS = 2_500;

/** Refused at once, as an outage, with when to come back; nobody is told what is behind it. */
async function expectUnavailable(ask: () => Promise<Answer>): Promise<void> {
  const startedAt = performance.now();
  const { status, body: said, headers } = await ask();
  expect({ status, code: said.code, again: headers.get('retry-after') }).toEqual({
    status: 503,
    code: 'engine_unavailable',
    again: expect.stringMatching(/^\d+$/),
  });
  expect(performance.now() - startedAt).toBeLessThan(AT_ONCE_MS);
  expect(JSON.stringify(said)).not.toMatch(/mongo|temporal|grpc|127\.0\.0\.1|ECONN/i);
}

const won = (id: string) => reaches(client, id, { status: 'won' });

test('MongoDB away: 503 at once; no create leaves before its intent is kept, and all goes on when it is back', async () => {
  const { name, at } = await story.dropping(5_000);
  const { id } = await reserve(client, name);
  const asked = body(`${fresh('new')}.test`, fresh('cus'));
  await story.put(asked.domain, { registered_at: iso(Date.now() - 1e9), expires_at: iso(Date.now() + 1e9) });
  const key = { 'idempotency-key': fresh('key') };
  await story.stack.faults.cut('all', 'mongo');
  for (let tries = 0; tries < 2; tries++) await expectUnavailable(() => client.post('/v1/reservations', asked, key));
  await expectUnavailable(() => client.get(`/v1/reservations/${id}`));
  await eventually('the drop', () => Promise.resolve(Date.now() > at ? true : undefined));
  // The price is held, the registry asked, or the create numbered: whichever it had come to.
  await story.tried(`domain:${name}`, undefined, 3);
  expect((await story.sandbox.book(name)).entries).toEqual([]);
  await story.stack.faults.heal('all', 'mongo');
  await won(id);
  expect(await story.accepted(name)).toHaveLength(1);
  const accepted = await eventually('the same key', async () => {
    const answer = await client.post('/v1/reservations', asked, key);
    return answer.status < 300 ? answer.body : undefined;
  });
  expect((await client.must('GET', `/v1/reservations?domain=${asked.domain}`)).data).toMatchObject([
    { id: accepted.id },
  ]);
});

test('MongoDB silent: what is on its way is an outage within ten seconds, and once that is noticed all else is one at once', async () => {
  const startedAt = performance.now();
  await story.stack.faults.blackHole('all', 'mongo');
  const { status, body: said } = await story.operator.call('GET', '/v1/registrars');
  expect({ status, code: said.code }).toEqual({ status: 503, code: 'engine_unavailable' });
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  await eventually('an answer at once', async () => {
    const since = performance.now();
    const answer = await client.get('/v1/reservations');
    expect(answer).toMatchObject({ status: 503, body: { code: 'engine_unavailable' } });
    return performance.now() - since < 500 ? true : undefined;
  });
  await story.stack.faults.heal('all', 'mongo');
  await eventually('it is back', async () =>
    (await client.get('/v1/reservations')).status === 200 ? true : undefined,
  );
});

test('Temporal away: what is written is refused at once, what was published is still read, and a catch under way is finished', async () => {
  const { name, at } = await story.dropping(5_000);
  const { id } = await reserve(client, name);
  await reaches(client, id, { status: 'catching' });
  await story.stack.faults.kill('temporal');
  await expectUnavailable(() => client.post('/v1/reservations', body(name, fresh('cus'))));
  await expectUnavailable(() => client.post(`/v1/reservations/${id}/cancel`));
  expect(await read(client, id)).toMatchObject({ status: 'catching' });
  await eventually('the drop', () => Promise.resolve(Date.now() > at ? true : undefined));
  await eventually('the create', async () => ((await story.accepted(name)).length > 0 ? true : undefined));
  await story.stack.faults.start('temporal');
  await won(id);
  expect(await story.accepted(name)).toHaveLength(1);
});

test('mail away: the name is won all the same, each notice is tried by itself, and arrives once', async () => {
  await story.stack.faults.kill('mail');
  const { name } = await story.dropping(4_000);
  const customer = fresh('cus');
  const { id } = await reserve(client, name, customer);
  await won(id);
  const events = (await client.must('GET', `/v1/reservations/${id}/events`)).data as { id: string; type: string }[];
  const mailed = events.filter(({ type }) => ['reservation.placed', 'reservation.won'].includes(type));
  await Promise.all(mailed.map((event) => story.tried(`delivery:${event.id}:mail`, 'deliver', 1)));
  await story.tried(`delivery:${mailed[0]?.id}:mail`, 'deliver', 2);
  await story.stack.faults.start('mail');
  const subjects = await eventually('both mails', async () => {
    const mails = await story.mailsTo(`${customer}@example.test`);
    return mails.length >= 2 ? mails.map(({ subject }) => subject).toSorted() : undefined;
  });
  expect(subjects).toEqual([
    expect.stringContaining(`Your reservation of ${name}`),
    expect.stringContaining(`${name} is registered for you`),
  ]);
});

test('the registry away for a day: on a test clock time waits for it, and the story ends as it would have', async () => {
  const clock = await story.clock();
  const name = await story.name(clock, { expires_at: iso(START + DAY_MS) });
  const { id } = await reserve(client, name);
  await story.stack.faults.cut('all', 'epp');
  await story.operator.must('POST', `/v1/test_clocks/${clock}/advance`, { frozen_time: iso(START + 2 * DAY_MS) });
  await story.tried(`domain:${name}`, 'look', 3);
  expect(await story.operator.must('GET', `/v1/test_clocks/${clock}`)).toMatchObject({
    status: 'advancing',
    waiting_for: [`domain:${name}`],
  });
  await story.stack.faults.heal('all', 'epp');
  await story.settled(clock);
  expect(await read(client, id)).toMatchObject({ status: 'waiting', stage: 'auto_renew_grace' });
});

test('the registry away at the drop, in real time: the name is caught as soon as it is back', async () => {
  const { name, at } = await story.dropping(4_000);
  const { id } = await reserve(client, name);
  await story.stack.faults.cut('all', 'epp');
  await eventually('the drop', () => Promise.resolve(Date.now() > at ? true : undefined));
  await story.tried(`domain:${name}`, 'catchName', 1);
  expect((await story.sandbox.book(name)).entries).toEqual([]);
  await story.stack.faults.heal('all', 'epp');
  await won(id);
});

test('with the workers down a cancel says that nothing was cancelled, and is done with the same key once they are back', async () => {
  const clock = await story.clock();
  const { id } = await reserve(client, await story.name(clock));
  await story.stack.faults.stop('workers');
  const key = { 'idempotency-key': fresh('key') };
  const refused = await client.post(`/v1/reservations/${id}/cancel`, {}, key);
  expect(refused).toMatchObject({ status: 503, body: { code: 'engine_unavailable' } });
  expect(refused.body.detail).toContain('Nothing is known to have been done');
  await story.stack.faults.start('workers');
  const cancelled = await eventually('the cancel', async () => {
    const answer = await client.post(`/v1/reservations/${id}/cancel`, {}, key);
    return answer.status < 300 ? answer.body : undefined;
  });
  expect(cancelled).toMatchObject({ status: 'cancelled' });
});

const onDisk = diskTrouble() === null ? test : test.skip;
const why = diskTrouble() === null ? '' : ` (not here: ${diskTrouble()})`;

onDisk(
  `a full disk: requests are refused as an outage, and what was accepted goes on once there is room${why}`,
  async () => {
    const name = `${fresh('full')}.test`;
    await story.put(name, { registered_at: iso(Date.now() - 1e9), expires_at: iso(Date.now() + 1e9) });
    const accepted = [(await reserve(client, name)).id];
    await story.stack.faults.fillDisk();
    const statuses: number[] = [];
    await eventually('a refusal', async () => {
      const answer = await client.post('/v1/reservations', body(name, fresh('cus')));
      statuses.push(answer.status);
      if (answer.status < 300) accepted.push(answer.body.id);
      return answer.status === 503 ? true : undefined;
    });
    expect(statuses.filter((status) => ![201, 202, 503].includes(status))).toEqual([]);
    await story.stack.faults.mend();
    await eventually('one more', async () => {
      // As a supervisor would: a server that found no room may end only now.
      await story.stack.faults.mend();
      const answer = await client.post('/v1/reservations', body(name, fresh('cus')));
      return answer.status === 201 ? accepted.push(answer.body.id) : undefined;
    });
    for (const id of accepted) await reaches(client, id, { status: 'waiting' });
  },
);
