/** What needs attention is not handed over: support answers the run that asked. */
import { ApplicationFailure } from '@temporalio/common';
import { runsOf } from './handed-over.ts';
import { DAY_MS, World } from './world.ts';

const NAME = 'stuck.test';
const CLOCK = 'clk_stuck';
const interceptors = [require.resolve('./suggest-early.ts')];
let world: World;
afterEach(() => world.close());

function put(name: string, expiresIn = 30, story: object = {}): void {
  const { now } = world.registry;
  world.put(name, { registered_at: now - 335 * DAY_MS, expires_at: now + expiresIn * DAY_MS, ...story });
}

const runIdOf = async (workflowId: string): Promise<string> =>
  (await world.env.client.workflow.getHandle(workflowId).describe()).runId;

test('an arbiter that needs attention takes joins and leaves, and hands them over after the decision', async () => {
  world = await World.open({ clock: CLOCK, interceptors });
  await world.run(async () => {
    put(NAME, 30, { test_clock: CLOCK });
    await world.startClock();
    await world.reserve('rsv_1', NAME);
    await world.place('rsv_1', NAME);
    const look = world.registry.look.bind(world.registry);
    world.registry.look = () => Promise.reject(ApplicationFailure.nonRetryable('refused', 'login_refused'));
    await world.advance(30);
    const asked = await runIdOf(`domain:${NAME}`);
    for (const id of ['rsv_2', 'rsv_3', 'rsv_4', 'rsv_5', 'rsv_6']) await world.reserve(id, NAME);
    expect(await world.leave('rsv_3', NAME)).toBe('left');
    expect(await world.leave('rsv_1', NAME)).toBe('left');
    expect((await runsOf(world, `domain:${NAME}`)).at(-1)?.length).toBeGreaterThan(60);
    expect(await runIdOf(`domain:${NAME}`)).toBe(asked);
    expect(await world.attention(NAME)).toMatchObject({ step: 'look', error: 'login_refused', attempts: 1 });
    world.registry.look = look;
    await world.decide(NAME, 'retry');
    expect(await world.place('rsv_6', NAME)).toMatchObject({ position: 4, competitors: 3 });
    expect(await world.place('rsv_2', NAME)).toMatchObject({ position: 1 });
    await world.advance(82);
    expect(await runIdOf(`domain:${NAME}`)).not.toBe(asked);
    expect(['rsv_1', 'rsv_2', 'rsv_6'].map((id) => world.outcome(id))).toEqual([
      'cancelled: by_registrar',
      'won: first_in_order',
      'lost: behind_in_order',
    ]);
  });
});
