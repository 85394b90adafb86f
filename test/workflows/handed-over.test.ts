/** What must not get lost where one run of an arbiter ends and the next begins: a poll that is under way, and what support is waited for. */
import { runsOf, serverThatSuggestsAt } from './handed-over.ts';
import { DAY_MS, World } from './world.ts';

const NAME = 'handed-over.test';
const CLOCK = 'clk_handed_over_stuck';
let world: World;
afterEach(() => world.close());

const put = (story: object): void => {
  const { now } = world.registry;
  world.put(NAME, { registered_at: now - 335 * DAY_MS, expires_at: now + 30 * DAY_MS, ...story });
};

/** Resolves once the arbiter polls, in another run than the one given; answers which run that is. */
async function pollUnderWay(after?: string): Promise<string> {
  for (;;) {
    const { runId, raw } = await world.domain(NAME).describe();
    const polls = raw.pendingActivities?.some(({ activityType }) => activityType?.name === 'watch');
    if (polls && runId !== after) return runId;
    await world.env.sleep(20);
  }
}

test('a poll that is under way ends with its run, and the next run polls on: what the owner does is still seen', async () => {
  world = await World.open({ server: serverThatSuggestsAt(40) });
  const often = [{ everyMs: 50 }];
  world.cadence = { ...world.cadence, steps: { kept: often, leaving: often, last: often, unknown: often } };
  world.registry.now = Date.now();
  const registration = {
    registered_at: world.registry.now - 335 * DAY_MS,
    expires_at: world.registry.now + 30 * DAY_MS,
  };
  put(registration);
  await world.run(async () => {
    const all = Array.from({ length: 30 }, (_, index) => `rsv_${index + 1}`);
    await world.reserve('rsv_1', NAME, { onRenewal: 'close' });
    const first = await pollUnderWay();
    for (const id of all.slice(1)) {
      await world.reserve(id, NAME, { onRenewal: 'close' });
      await world.place(id, NAME);
    }
    await pollUnderWay(first);
    world.put(NAME, { ...registration, expires_at: registration.expires_at + 365 * DAY_MS });
    await Promise.all(all.map((id) => world.ended(id)));
    expect(new Set(all.map((id) => world.outcome(id)))).toEqual(new Set(['missed: kept']));
  });
});

test('an arbiter that waits for support stays in its run, whatever comes meanwhile, and goes on where it stood', async () => {
  world = await World.open({ clock: CLOCK, server: serverThatSuggestsAt(40) });
  put({ test_clock: CLOCK });
  world.registry.createCode = 2104;
  await world.run(async () => {
    await world.startClock();
    for (const id of ['rsv_1', 'rsv_2']) await world.reserve(id, NAME);
    await world.advance(112);
    const stuck = await world.attention(NAME);
    const { runId } = await world.domain(NAME).describe();
    for (let change = 1; change <= 3; change++) await world.amend('rsv_2', NAME, 'close', change);
    await expect(world.leave('rsv_2', NAME)).resolves.toBe('left');
    expect(await world.attention(NAME)).toEqual(stuck);
    expect((await world.domain(NAME).describe()).runId).toBe(runId);
    world.registry.createCode = undefined;
    await world.decide(NAME, 'retry');
    await world.advance(0.01);
    expect([world.outcome('rsv_1'), world.outcome('rsv_2')]).toEqual([
      'won: first_in_order',
      'cancelled: by_registrar',
    ]);
    expect((await runsOf(world, `domain:${NAME}`)).length).toBeGreaterThan(1);
  });
});

test('a clock whose registry refuses to move says so, stays in its place, and goes on once support retries', async () => {
  world = await World.open({ clock: CLOCK });
  put({ test_clock: CLOCK });
  await world.run(async () => {
    await world.startClock();
    await world.reserve('rsv_1', NAME);
    const stand = await world.advance(1);
    world.registry.refusesToMove = true;
    expect(await world.advance(1)).toMatchObject({
      status: 'internal_failure',
      now: stand.now,
      attention: { step: 'step_registry', attempts: 1 },
    });
    world.registry.refusesToMove = false;
    await world.retryClock();
    await world.arrived();
    await world.advance(111);
    expect(world.outcome('rsv_1')).toBe('won: first_in_order');
  });
});
