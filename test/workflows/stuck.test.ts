/** What is refused for good, lost on the way or ended by hand: support decides, and no claim is lost or served twice. */
import { DAY_MS, World } from './world.ts';

const CLOCK = 'clk_stuck';
const NAME = 'stuck.test';
let world: World;

beforeEach(async () => {
  world = await World.open({ clock: CLOCK });
  const { now } = world.registry;
  world.put(NAME, { registered_at: now - 335 * DAY_MS, expires_at: now + 30 * DAY_MS, test_clock: CLOCK });
});
afterEach(() => world.close());

const live = (life: () => Promise<void>) =>
  world.run(async () => {
    await world.startClock();
    await life();
  });

const acceptedCreates = () => world.registry.creates.filter(({ code }) => code === 1000);

/** Two claims, and a registry that takes no create from us. */
async function refused(): Promise<void> {
  world.registry.createCode = 2104;
  for (const id of ['rsv_1', 'rsv_2']) await world.reserve(id, NAME);
  await world.advance(112);
  expect(await world.attention(NAME)).toMatchObject({ step: 'create', error: 'create_refused_2104', attempts: 1 });
  expect(world.store.docs.get('rsv_1')?.attention).toMatchObject({ workflow: `domain:${NAME}`, step: 'create' });
  expect(world.store.docs.get('rsv_2')?.attention).toBeNull();
}

test('a create refused for good needs attention; retried after the registry is mended it is won', () =>
  live(async () => {
    await refused();
    await world.decide(NAME, 'retry');
    await world.advance(0.01);
    expect(await world.attention(NAME)).toMatchObject({ attempts: 2 });
    world.registry.createCode = undefined;
    await world.decide(NAME, 'retry');
    await world.advance(0.01);
    expect([world.outcome('rsv_1'), world.outcome('rsv_2')]).toEqual(['won: first_in_order', 'lost: behind_in_order']);
    const made = world.store.events.filter(({ type }) => type === 'attempt.made');
    // What was refused was told to the one it was refused to; here it is said that there was more than this.
    for (const { data } of made) {
      const { complete, answers } = data as { complete: boolean; answers: { code: number; count: number }[] };
      expect([complete, answers.map(({ code }) => code)]).toEqual([false, [2302, 1000]]);
    }
    expect(world.timeline('rsv_1').slice(-9)).toEqual([
      'needs_attention',
      'decision.retry',
      'needs_attention',
      'decision.retry',
      ...['attempt.made', 'observation.registered'],
      'caught',
      'decision.award',
      'won',
    ]);
    expect(world.store.docs.get('rsv_1')?.attention).toBeNull();
  }));

test('skipped, the next in line has it, and the one passed over learns why', () =>
  live(async () => {
    await refused();
    world.registry.createCode = undefined;
    await world.decide(NAME, 'skip');
    await world.advance(0.01);
    expect([world.outcome('rsv_1'), world.outcome('rsv_2')]).toEqual(['lost: not_catchable', 'won: first_in_order']);
    expect(world.timeline('rsv_1')).toEqual(expect.arrayContaining(['needs_attention', 'decision.skip']));
    expect(world.timeline('rsv_2').filter((type) => /attention|decision\.(retry|skip)/.test(type))).toEqual([]);
  }));

test('cancelled while stuck, it is cancelled and the next in line is tried', () =>
  live(async () => {
    await refused();
    world.registry.createCode = undefined;
    expect(await world.leave('rsv_1', NAME)).toBe('left');
    await world.advance(0.01);
    expect([world.outcome('rsv_1'), world.outcome('rsv_2')]).toEqual([
      'cancelled: by_registrar',
      'won: first_in_order',
    ]);
  }));

test('a decision about something else is refused', () =>
  live(async () => {
    await world.reserve('rsv_1', NAME);
    await world.advance(1);
    await expect(world.decide(NAME, 'retry')).rejects.toMatchObject({ cause: { type: 'attention_changed' } });
  }));

test('a create whose answer was lost is asked after, not sent again', () =>
  live(async () => {
    world.registry.loseNextAnswer = true;
    await world.reserve('rsv_1', NAME);
    await world.advance(112);
    expect(world.outcome('rsv_1')).toBe('won: first_in_order');
    expect(acceptedCreates()).toHaveLength(1);
    expect(new Set(world.registry.creates.map(({ clTRID }) => clTRID)).size).toBe(world.registry.creates.length);
  }));

test('an arbiter terminated by hand comes back with all open claims in their order', () =>
  live(async () => {
    for (const id of ['rsv_1', 'rsv_2']) await world.reserve(id, NAME);
    await world.advance(40);
    await world.domain(NAME).terminate('by hand');
    await world.reserve('rsv_3', NAME);
    expect(await world.place('rsv_3', NAME)).toMatchObject({ position: 3 });
    expect(await world.place('rsv_2', NAME)).toMatchObject({ position: 2 });
    await world.domain(NAME).terminate('and again');
    await world.advance(72);
    expect(['rsv_1', 'rsv_2', 'rsv_3'].map((id) => world.outcome(id))).toEqual([
      'won: first_in_order',
      'lost: behind_in_order',
      'lost: behind_in_order',
    ]);
    expect(acceptedCreates()).toHaveLength(1);
  }));

test('a reservation ended by hand leaves the queue, and nothing is caught for it', () =>
  live(async () => {
    for (const id of ['rsv_1', 'rsv_2']) await world.reserve(id, NAME);
    await world.advance(1);
    await world.handle('rsv_1').terminate('by hand');
    await world.advance(40);
    expect(await world.place('rsv_2', NAME)).toMatchObject({ position: 1, competitors: 0 });
    await world.advance(71);
    expect(world.outcome('rsv_2')).toBe('won: first_in_order');
  }));

test('a claim that joins as the last one leaves keeps its place', () =>
  live(async () => {
    for (let round = 0; round < 5; round++) {
      const [left, first, second] = [`rsv_l${round}`, `rsv_f${round}`, `rsv_s${round}`];
      await world.reserve(left, NAME);
      expect(await world.leave(left, NAME)).toBe('left');
      await world.reserve(first, NAME);
      await world.reserve(second, NAME);
      expect(await world.place(second, NAME)).toMatchObject({ kind: 'placed', position: 2 });
      expect(await world.place(first, NAME)).toMatchObject({ kind: 'placed', position: 1 });
      for (const id of [first, second]) expect(await world.leave(id, NAME)).toBe('left');
    }
  }));
