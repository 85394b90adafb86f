/** What needs attention is not handed over: support answers the run that asked. And a clock of years is handed over between its steps. */
import { ApplicationFailure } from '@temporalio/common';
import { decideUpdate, describeReservation, toldUpdate, type Tick } from '../../workflows/messages.ts';
import { askedOf, runsOf } from './handed-over.ts';
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

const decide = (workflowId: string, attention: string) =>
  world.env.client.workflow
    .getHandle(workflowId)
    .executeUpdate(decideUpdate, { args: [{ attention, action: 'retry', reason: 'mended' }] });

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

test('a reservation that needs attention is told on, and hands over what it was told after the decision', async () => {
  world = await World.open({ interceptors });
  world.registry.now = await world.env.currentTimeMs();
  await world.run(async () => {
    put(NAME);
    const publish = world.store.publishReservation.bind(world.store);
    world.store.publishReservation = async () => null;
    await world.reserve('rsv_1', NAME);
    const reservation = world.handle('rsv_1');
    await world.env.sleep('1 minute');
    const asked = await runIdOf('reservation:rsv_1');
    const old = { number: 1, note: { kind: 'attention', at: 0, attention: null } } as const;
    for (let word = 0; word < 10; word++)
      await reservation.executeUpdate(toldUpdate, { args: [{ told: [old], untilRecorded: false }] });
    expect((await runsOf(world, 'reservation:rsv_1'))[0]?.length).toBeGreaterThan(40);
    expect(await runIdOf('reservation:rsv_1')).toBe(asked);
    const { attention } = await reservation.query(describeReservation);
    expect(attention).toMatchObject({ step: 'publish', error: 'reservation_unknown' });
    world.store.publishReservation = publish;
    await decide('reservation:rsv_1', attention?.id ?? '');
    await world.ended('rsv_1');
    expect(await runIdOf('reservation:rsv_1')).not.toBe(asked);
    expect(world.outcome('rsv_1')).toBe('won: first_in_order');
    expect(world.timeline('rsv_1').slice(0, 2)).toEqual(['placed', 'registered → auto_renew_grace']);
  });
});

test('a clock moves years of many names in runs of a bounded length, and is ready once all have settled', async () => {
  world = await World.open({ clock: CLOCK, interceptors });
  await world.run(async () => {
    const names = Array.from({ length: 3 }, (_, index) => `name-${index}.test`);
    for (const [index, name] of names.entries()) put(name, 20 + 100 * index, { test_clock: CLOCK });
    await world.startClock();
    for (const [index, name] of names.entries()) await world.reserve(`rsv_${index}`, name);
    const { now: from } = world.registry;
    const { now } = await world.advance(420);
    expect(now).toBe(from + 420 * DAY_MS);
    for (const index of names.keys()) expect(world.outcome(`rsv_${index}`)).toBe('won: first_in_order');
    const runs = await runsOf(world, `clock:${CLOCK}`);
    expect(runs.length).toBeGreaterThan(3);
    for (const events of runs) expect(events.length).toBeLessThan(120);
    const ticks = await askedOf<{ tick: Tick }>(world, `clock:${CLOCK}`, 'tick');
    const numbers = ticks.map(({ tick }) => tick.tick);
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
  });
});
