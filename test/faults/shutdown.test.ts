/** SIGTERM ends no work in the middle; and everything can be restarted under load, one process after the other, with nothing lost or doubled. */
import type { EngineClient } from '../../dev/engine-client.ts';
import type { ProcessName } from '../../dev/stack.ts';
import { readFileSync } from 'node:fs';
import { body, fresh, iso, Story } from '../stories/story.ts';
import { eventually, steadily } from './cast.ts';

let story: Story;
let client: EngineClient;
beforeAll(async () => {
  story = await Story.open();
  client = (await story.operator.registrar(fresh('North'))).client;
});
afterEach(() => story.stack.faults.mend());
afterAll(() => story.close());

async function owned(): Promise<string> {
  const name = `${fresh('owned')}.test`;
  await story.put(name, { registered_at: iso(Date.now() - 1e9), expires_at: iso(Date.now() + 1e9) });
  return name;
}

test('the API told to end answers what it has taken, says that it is draining, and takes nothing new', async () => {
  const name = await owned();
  await story.stack.faults.slow('api', 'temporal', { latencyMs: 1_000 });
  const asked = client.post('/v1/reservations', body(name, fresh('cus')));
  // Sent before the end begins: its workflow is there.
  await eventually('the request', async () =>
    (await client.must('GET', `/v1/reservations?domain=${name}`)).data.length > 0 ? true : undefined,
  );
  const ended = story.stack.faults.stop('api');
  const ready = await eventually('draining', async () => {
    const answer = await fetch(`${story.stack.urls.api}/readyz`);
    const { status } = (await answer.json()) as { status: string };
    return status === 'draining' ? answer.status : undefined;
  });
  expect(ready).toBe(503);
  expect((await asked).status).toBeLessThan(300);
  await ended;
  await expect(fetch(`${story.stack.urls.api}/livez`)).rejects.toThrow('fetch failed');
});

test('workers told to end finish what they do, and say so', async () => {
  const { log } = await story.stack.faults.status('workers');
  const drained = () => readFileSync(log, 'utf8').split('"msg":"drained"').length;
  const before = drained();
  const names = await Promise.all([1, 2, 3].map(owned));
  const asked = names.map((name) => client.post('/v1/reservations', body(name, fresh('cus'))));
  await story.stack.faults.stop('workers');
  expect(drained()).toBe(before + 1);
  expect((await Promise.all(asked)).map(({ status }) => status < 300)).toEqual([true, true, true]);
});

const IN_TURN: ProcessName[] = ['workers', 'catcher', 'api', 'sandbox', 'mail', 'mongo', 'temporal'];
/** Drops that fall into the restarts, one in each. */
const DROPS_MS = IN_TURN.map((_, at) => 5_000 + at * 3_000);

/** One event of each number, one accepted create of a name that is won, and one reservation for the request. */
async function expectOnce({ id, name }: { id: string; name: string }, status: string, creates: number): Promise<void> {
  const { data: events } = await client.must('GET', `/v1/reservations/${id}/events?limit=100`);
  const types = (events as { type: string }[]).map(({ type }) => type);
  expect((events as { seq: number }[]).map(({ seq }) => seq)).toEqual(types.map((_, at) => at + 1));
  expect(types.filter((type) => ['placed', status].some((kind) => type === `reservation.${kind}`))).toHaveLength(2);
  const { data: reservations } = await client.must('GET', `/v1/reservations?domain=${name}`);
  expect((reservations as { id: string; status: string }[]).map((each) => [each.id, each.status])).toEqual([
    [id, status],
  ]);
  expect(await story.accepted(name)).toHaveLength(creates);
}

test('everything restarted in turn under load: each request is one reservation, each reservation has one outcome', async () => {
  const { faults } = story.stack;
  const place = async (name: string) => {
    const { id } = await steadily(client, '/v1/reservations', body(name, fresh('cus')));
    return { id: id as string, name };
  };
  const running = await Promise.all(DROPS_MS.map(async (inMs) => place((await story.dropping(inMs)).name)));
  const asked: Promise<{ id: string; name: string }>[] = [];
  const names = await Promise.all(Array.from({ length: 60 }, owned));
  let done = false;
  const load = (async () => {
    for (const name of names) {
      if (done) return;
      asked.push(place(name));
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  })();
  for (const name of IN_TURN) await faults.restart(name);
  done = true;
  await load;
  const placed = await Promise.all(asked);
  expect(placed.length).toBeGreaterThan(IN_TURN.length);
  for (const { id } of placed) await steadily(client, `/v1/reservations/${id}/cancel`);
  const over = ({ outcome }: { outcome: unknown }) => outcome !== null;
  for (const { id } of [...running, ...placed])
    await eventually('an outcome', () => client.until(`/v1/reservations/${id}`, over, 1_000));
  for (const one of running) await expectOnce(one, 'won', 1);
  for (const one of placed) await expectOnce(one, 'cancelled', 0);
}, 120_000);
