/** In real time the registry is polled by an activity that outlives the run that began it: its answer must not be missed, nor heard twice. */
import { notesOf, runsOf } from './handed-over.ts';
import { DAY_MS, World } from './world.ts';

const NAME = 'polled.test';

test('110 days of polls, joins and leaves, handed over again and again: each stage once, then won', async () => {
  const world = await World.open({ interceptors: [require.resolve('./suggest-early.ts')] });
  try {
    world.registry.now = await world.env.currentTimeMs();
    const { now } = world.registry;
    world.put(NAME, { registered_at: now - 335 * DAY_MS, expires_at: now + 30 * DAY_MS });
    await world.run(async () => {
      await world.reserve('rsv_1', NAME);
      for (let week = 1; week <= 15; week++) {
        // Whoever comes is answered while a poll is open, and the run that opened it may end by that.
        for (const which of ['a', 'b']) await world.reserve(`rsv_${week}${which}`, NAME);
        await world.env.sleep('1 day');
        expect(await world.place(`rsv_${week}b`, NAME)).toMatchObject({ kind: 'placed', competitors: 2 });
        for (const which of ['a', 'b']) expect(await world.leave(`rsv_${week}${which}`, NAME)).toBe('left');
        await world.env.sleep('6 days');
      }
      await world.ended('rsv_1');
      expect(world.timeline('rsv_1')).toEqual([
        'placed',
        'registered → auto_renew_grace',
        'auto_renew_grace → redemption',
        'redemption → pending_delete',
        'attempt.catching',
        'caught',
        'won',
      ]);
      const runs = await runsOf(world, `domain:${NAME}`);
      expect(runs.length).toBeGreaterThan(5);
      for (const events of runs) expect(events.length).toBeLessThan(200);
      const notes = await notesOf(world, NAME);
      expect(notes).toEqual(Array.from(notes, (_, index) => 1_000_001 + index));
    });
  } finally {
    await world.close();
  }
});
