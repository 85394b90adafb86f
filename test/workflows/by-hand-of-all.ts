/** What somebody does by hand in the Temporal UI must not cost a customer a claim. */
import { describeDomain } from '../../workflows/messages.ts';
import { DAY_MS, World } from './world.ts';

const NAME = 'by-hand.test';
let world: World;
afterEach(() => world.close());

const put = () => {
  const { now } = world.registry;
  world.put(NAME, { registered_at: now - 335 * DAY_MS, expires_at: now + 30 * DAY_MS });
};
const cancelAll = (...workflowIds: string[]) =>
  Promise.all(workflowIds.map((id) => world.env.client.workflow.getHandle(id).cancel()));

test('a request to cancel its workflows under a test clock changes nothing: joins, cancels and the life go on', async () => {
  world = await World.open({ clock: 'clk_1' });
  put();
  await world.run(async () => {
    await world.startClock();
    for (const id of ['rsv_1', 'rsv_2']) await world.reserve(id, NAME);
    await cancelAll('clock:clk_1', `domain:${NAME}`, 'reservation:rsv_1', 'reservation:rsv_2');
    await world.reserve('rsv_3', NAME);
    expect(await world.place('rsv_3', NAME)).toMatchObject({ kind: 'placed', position: 3 });
    expect(await world.leave('rsv_1', NAME)).toBe('left');
    await world.advance(111);
    expect(['rsv_1', 'rsv_2', 'rsv_3'].map((id) => world.outcome(id))).toEqual([
      'cancelled: by_registrar',
      'won: first_in_order',
      'lost: behind_in_order',
    ]);
  });
});

test('a request to cancel its workflows in real time changes nothing', async () => {
  world = await World.open();
  world.registry.now = await world.env.currentTimeMs();
  put();
  await world.run(async () => {
    for (const id of ['rsv_1', 'rsv_2']) await world.reserve(id, NAME);
    await world.env.sleep('40 days');
    await cancelAll(`domain:${NAME}`, 'reservation:rsv_1', 'reservation:rsv_2');
    expect(await world.leave('rsv_1', NAME)).toBe('left');
    await world.ended('rsv_2');
    expect([world.outcome('rsv_1'), world.outcome('rsv_2')]).toEqual([
      'cancelled: by_registrar',
      'won: first_in_order',
    ]);
  });
});

test('an arbiter terminated in pending delete is back minutes before the drop', async () => {
  world = await World.open();
  world.registry.now = await world.env.currentTimeMs();
  put();
  await world.run(async () => {
    await world.reserve('rsv_1', NAME);
    await world.env.sleep('107 days');
    const { sight } = await world.domain(NAME).query(describeDomain, {});
    expect(sight?.stage).toBe('pending_delete');
    const at = sight?.drop?.earliest ?? 0;
    await world.domain(NAME).terminate('by hand');
    await world.env.sleep(at - 9 * 60_000 - (await world.env.currentTimeMs()));
    expect((await world.domain(NAME).describe()).status.name).toBe('RUNNING');
    await world.ended('rsv_1');
    expect(world.outcome('rsv_1')).toBe('won: first_in_order');
  });
});
