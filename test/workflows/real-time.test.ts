/** The same life without a test clock: timers and polls, on a server that skips the months between. */
import { costFewEvents } from './polled.ts';
import { usd } from '../../rules/money.ts';
import { toldUpdate } from '../../workflows/messages.ts';
import { askedOf } from './handed-over.ts';
import { DAY_MS, World } from './world.ts';

const NAME = 'months.test';
let world: World;

beforeEach(async () => {
  world = await World.open();
  world.registry.now = await world.env.currentTimeMs();
});
afterEach(() => world.close());

const put = (extra: object = {}) => {
  const { now } = world.registry;
  world.put(NAME, { registered_at: now - 335 * DAY_MS, expires_at: now + 30 * DAY_MS, ...extra });
};

test('110 days of polling cost few events, and end with the name', async () => {
  put();
  await world.run(async () => {
    await world.reserve('rsv_1', NAME);
    await world.ended('rsv_1');
    expect(world.timeline('rsv_1')).toEqual([
      'placed',
      ...['expiring: 7', 'expiring: 1', 'expiring: 0', 'expired'],
      'registered → auto_renew_grace',
      'auto_renew_grace → redemption',
      'redemption → pending_delete',
      'drop_scheduled',
      ...['attempt.catching', 'attempt.made', 'observation.registered'],
      'caught',
      'decision.award',
      'won',
      // Add grace is over.
      'observation.award_stands',
    ]);
    expect(await world.historyLength(`domain:${NAME}`)).toBeLessThan(310);
    expect(await world.historyLength('reservation:rsv_1')).toBeLessThan(175);
  });
});

/** Policy knows the way of the one and nothing of the other. More of them in polled-of-all.ts. */
test('80 days of polling, from the expiry on, cost few events', () => costFewEvents(world, ['test', 'io']));

test('a registry that is away for a day delays the news and loses none', async () => {
  put({ caught_by_other: 'rival' });
  await world.run(async () => {
    await world.reserve('rsv_1', NAME);
    await world.env.sleep('100 days');
    world.registry.down = true;
    await world.env.sleep('1 day');
    world.registry.down = false;
    await world.ended('rsv_1');
    expect(world.outcome('rsv_1')).toBe('lost: caught_by_other');
  });
});

test('while the registry cannot be asked a claim is pending, and it is placed once it answers', async () => {
  put();
  await world.run(async () => {
    world.registry.down = true;
    await world.reserve('rsv_1', NAME);
    expect(await world.place('rsv_1', NAME)).toEqual({ kind: 'pending' });
    world.registry.down = false;
    await world.env.sleep('5 minutes');
    expect(world.timeline('rsv_1')).toEqual(['placed']);
  });
});

test('who is in an auction asks nobody before it has ended, wherever the end has moved', async () => {
  put();
  await world.run(async () => {
    await world.reserve('rsv_1', NAME);
    const startedAt = await world.env.currentTimeMs();
    const auction = (number: number, type: 'started' | 'extended', days: number) => {
      const news = { type, auction: 'auc_1', price: usd(6_900), endsAt: startedAt + days * DAY_MS };
      return { number, note: { kind: 'auction' as const, at: startedAt, news } };
    };
    // Above all that its arbiter says.
    const LAST = Number.MAX_SAFE_INTEGER;
    const told = [auction(LAST - 1, 'started', 3), auction(LAST, 'extended', 7)];
    const placed = () => world.timeline('rsv_1').length > 0;
    while (!placed()) await world.env.sleep('1 second');
    await world.env.client.workflow
      .getHandle('reservation:rsv_1')
      .executeUpdate(toldUpdate, { args: [{ told, untilRecorded: true }] });
    const asked = async () => (await askedOf(world, 'reservation:rsv_1', 'checkIn')).length;
    const before = await asked();
    await world.env.sleep('6 days');
    expect(await asked()).toBe(before);
    await world.env.sleep('2 days');
    expect(await asked()).toBeGreaterThan(before);
  });
});

test('an arbiter terminated by hand comes back when a reservation that heard nothing asks', async () => {
  put();
  await world.run(async () => {
    for (const id of ['rsv_1', 'rsv_2']) await world.reserve(id, NAME);
    await world.env.sleep('1 day');
    await world.domain(NAME).terminate('by hand');
    await world.ended('rsv_1');
    await world.ended('rsv_2');
    expect([world.outcome('rsv_1'), world.outcome('rsv_2')]).toEqual(['won: first_in_order', 'lost: behind_in_order']);
  });
});
