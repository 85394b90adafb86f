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
  const clock = await story.clock();
  const names = await Promise.all([1, 2, 3].map(() => story.name(clock)));
  const asked = names.map((name) => client.post('/v1/reservations', body(name, fresh('cus'))));
  await story.stack.faults.stop('workers');
  expect(drained()).toBe(before + 1);
  expect((await Promise.all(asked)).map(({ status }) => status < 300)).toEqual([true, true, true]);
});

const IN_TURN: ProcessName[] = ['workers', 'catcher', 'api', 'sandbox', 'mail', 'mongo', 'temporal'];
const EACH_MS = 4_000;

test('everything restarted in turn under load: each request is one reservation, each reservation has one outcome', async () => {
  const { faults } = story.stack;
  const asked: Promise<{ id: string; name: string }>[] = [];
  const ask = async () => {
    const { name } = await eventually('a name', () => story.dropping(EACH_MS * 2));
    const { id } = await steadily(client, '/v1/reservations', body(name, fresh('cus')));
    return { id, name };
  };
  let done = false;
  const load = (async () => {
    while (!done) {
      asked.push(ask());
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
  })();
  for (const name of IN_TURN) await faults.restart(name);
  done = true;
  await load;
  const placed = await Promise.all(asked);
  expect(new Set(placed.map(({ id }) => id)).size).toBe(placed.length);
  const ended = ({ outcome }: { status: string; outcome: unknown }) => outcome !== null;
  for (const { id, name } of placed) {
    const path = `/v1/reservations/${id}`;
    const { status } = await eventually(path, () => client.until(path, ended, 2_000));
    // A name whose drop passed before anybody could be told of it is free, and nobody's to reserve.
    expect(['won', 'rejected']).toContain(status);
    const { data } = await client.must('GET', `${path}/events?limit=100`);
    const seqs = (data as { seq: number }[]).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, at) => at + 1));
    expect((await client.must('GET', `/v1/reservations?domain=${name}`)).data).toHaveLength(1);
    expect(await story.accepted(name)).toHaveLength(status === 'won' ? 1 : 0);
  }
}, 120_000);
