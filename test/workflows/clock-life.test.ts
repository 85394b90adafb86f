/** A name's life on a test clock, as its reservations live it. */
import { checkSignal } from '../../workflows/messages.ts';
import { DAY_MS, World } from './world.ts';

const CLOCK = 'clk_life';
const NAME = 'let-go.test';
const SEEN = [
  'placed',
  ...['expiring: 7', 'expiring: 1', 'expiring: 0'],
  ...['expired', 'registered → auto_renew_grace'],
  'auto_renew_grace → redemption',
  ...['redemption → pending_delete', 'drop_scheduled'],
];
const CAUGHT = ['attempt.catching', 'attempt.made', 'observation.registered', 'caught'];
let world: World;

beforeEach(async () => {
  world = await World.open({ clock: CLOCK });
});
afterEach(() => world.close());

/** Thirty days before the owner's expiry. */
function story(extra: object = {}) {
  const { now } = world.registry;
  return { registered_at: now - 335 * DAY_MS, expires_at: now + 30 * DAY_MS, test_clock: CLOCK, ...extra };
}

async function live(extra: object, life: () => Promise<void>): Promise<void> {
  world.put(NAME, story(extra));
  await world.run(async () => {
    await world.startClock();
    await life();
  });
}

test('one reservation, the owner lets go: each stage once, then won, within the events a name may cost', () =>
  live({}, async () => {
    await world.reserve('rsv_1', NAME);
    await world.advance(112);
    expect(world.timeline('rsv_1')).toEqual([...SEEN, ...CAUGHT, 'decision.award', 'won']);
    expect(await world.historyLength('reservation:rsv_1')).toBeLessThan(150);
    // A clock speaks again to whoever is slow to answer, so a busy machine makes some more of them.
    expect(await world.historyLength(`domain:${NAME}`)).toBeLessThan(400);
  }));

test('a request whose join was lost asks for its place by itself: what happens to it is dated by its clock', () =>
  live({}, async () => {
    const startedAt = world.registry.now;
    await world.request('rsv_1', NAME);
    await world.becomes('rsv_1', 'waiting');
    expect(world.timeline('rsv_1')).toEqual(['placed']);
    expect(world.store.events[0]?.created).toEqual(new Date(startedAt));
    await world.advance(31);
    expect(world.timeline('rsv_1').slice(-2)).toEqual(['expired', 'registered → auto_renew_grace']);
  }));

test('the first in order has it, one who left is passed by nobody, the rest learn why not', () =>
  live({}, async () => {
    for (const id of ['rsv_1', 'rsv_2', 'rsv_3']) await world.reserve(id, NAME);
    expect(await world.place('rsv_3', NAME)).toMatchObject({ kind: 'placed', position: 3, competitors: 2 });
    expect(await world.leave('rsv_2', NAME)).toBe('left');
    expect(await world.place('rsv_3', NAME)).toMatchObject({ position: 2, competitors: 1 });
    await world.advance(112);
    expect(['rsv_1', 'rsv_2', 'rsv_3'].map((id) => world.outcome(id))).toEqual([
      'won: first_in_order',
      'cancelled: by_registrar',
      'lost: behind_in_order',
    ]);
  }));

test('another registrar catches it: all lose, and learn who has it', () =>
  live({ caught_by_other: 'rival' }, async () => {
    for (const id of ['rsv_1', 'rsv_2']) await world.reserve(id, NAME);
    await world.advance(112);
    for (const id of ['rsv_1', 'rsv_2'])
      expect(world.store.docs.get(id)?.state).toMatchObject({
        outcome: { reason: 'caught_by_other', caughtBy: 'rival' },
      });
    // Each learns what was tried, and when the registry says the other registered it.
    for (const id of ['rsv_1', 'rsv_2']) {
      const told = world.store.events.filter(({ reservation }) => reservation === id).slice(-3);
      expect(told.map(({ type }) => type)).toEqual(['attempt.made', 'observation.registered', 'reservation.lost']);
      const [tried, registered] = told.map(({ data }) => data);
      expect(tried).toMatchObject({ complete: true, heldAt: expect.any(Number), drop: { source: 'policy' } });
      expect(registered).toMatchObject({ sponsor: 'rival', byUs: false, registeredAt: expect.any(Number) });
    }
  }));

test.each([
  ['before expiry', 20, 'renewed', ['placed', 'renewed']],
  ['in grace, at the last minute', 74, 'renewed', [...SEEN.slice(0, 6), 'renewed']],
  ['in redemption', 80, 'restored', [...SEEN.slice(0, 7), 'renewed']],
])('the owner keeps it %s: the claim waits on in its place, or is missed where that was asked', (_, day, how, seen) =>
  live({ owner: 'renews', owner_acts_at: world.registry.now + day * DAY_MS }, async () => {
    await world.reserve('rsv_1', NAME);
    await world.reserve('rsv_2', NAME, { onRenewal: 'close' });
    await world.advance(100);
    expect(world.timeline('rsv_1')).toEqual(seen);
    expect(world.store.events.find(({ type }) => type === 'reservation.renewed')?.data).toMatchObject({ how });
    expect(['rsv_1', 'rsv_2'].map((id) => world.outcome(id))).toEqual(['waiting', 'missed: kept']);
  }),
);

test('a claim that waits no longer than asked is missed on the day', () =>
  live({}, async () => {
    await world.reserve('rsv_1', NAME, { waitUntil: world.registry.now + 40 * DAY_MS });
    await world.advance(39);
    expect(world.outcome('rsv_1')).toBe('waiting');
    await world.advance(2);
    expect(world.outcome('rsv_1')).toBe('missed: wait_until');
  }));

test('a dry run follows to the drop, counts for nobody, and no create is sent for it', () =>
  live({}, async () => {
    await world.reserve('rsv_dry', NAME, { dryRun: true });
    await world.advance(112);
    expect(world.outcome('rsv_dry')).toBe('lost: dry_run');
    expect(world.registry.creates).toEqual([]);
  }));

test('a name that is free, ours or past its cut-off takes no claim', () =>
  live({}, async () => {
    await world.reserve('rsv_free', 'nobody-has.test');
    expect(await world.place('rsv_free', 'nobody-has.test')).toEqual({ kind: 'refused', code: 'domain_available' });
    await world.reserve('rsv_1', NAME);
    await world.reserve('rsv_same', NAME, { owner: 'owner of rsv_1' });
    expect(await world.place('rsv_same', NAME)).toEqual({
      kind: 'refused',
      code: 'already_reserved',
      reservation: 'rsv_1',
    });
    await world.advance(110 + 17.8 / 24);
    expect(await world.leave('rsv_1', NAME)).toBe('past_cutoff');
    await world.reserve('rsv_late', NAME);
    expect(await world.place('rsv_late', NAME)).toEqual({ kind: 'refused', code: 'past_cutoff' });
    await world.advance(1);
    expect(world.outcome('rsv_1')).toBe('won: first_in_order');
    await world.ended('rsv_late');
    expect(world.outcome('rsv_late')).toBe('rejected: past_cutoff');
  }));

test('who asks for a look while one is under way is answered by another, before the clock has settled', () => {
  const renewed = story({ owner: 'renews', owner_acts_at: world.registry.now + 31 * DAY_MS });
  return live({}, async () => {
    await world.reserve('rsv_1', NAME);
    await world.advance(31);
    const { registry } = world;
    const asksForLook = async () => world.domain(NAME).signal(checkSignal, await world.enter(NAME));
    const look = registry.look.bind(registry);
    registry.look = async (name) => {
      registry.look = look;
      const before = await look(name);
      // Changed, and told to the arbiter, after the registry has answered and before that answer has arrived.
      world.put(NAME, renewed);
      await asksForLook();
      return before;
    };
    await asksForLook();
    while ((await world.arrived()).waitingFor.length > 0) await world.env.sleep(100);
    expect(world.timeline('rsv_1').at(-1)).toBe('renewed');
  });
});
