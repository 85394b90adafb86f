/** What lives without a test clock cost: a history may be long only by what happens, never by how often the registry is asked. */
import { runsOf } from './handed-over.ts';
import { DAY_MS, type World } from './world.ts';

/** Names that live from their expiry to their award by the policies of these TLDs, all in one world. */
export async function costFewEvents(world: World, policies: string[]): Promise<void> {
  const { now } = world.registry;
  const lives = policies.map((policy) => ({ policy, id: `rsv_${policy}`, name: `months-${policy}.test` }));
  for (const { policy, name } of lives)
    world.put(name, {
      ...(policy !== 'test' && { policy }),
      registered_at: now - 366 * DAY_MS,
      expires_at: now - DAY_MS,
    });
  await world.run(async () => {
    for (const { id, name } of lives) await world.reserve(id, name);
    for (const { id, name } of lives) {
      await world.ended(id);
      const [events = []] = await runsOf(world, `domain:${name}`);
      const paid = events.findIndex(
        ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === 'payAward',
      );
      expect(paid).toBeGreaterThan(0);
      expect(paid).toBeLessThan(200);
      // With the days in which its registry may take it back.
      expect(events.length).toBeLessThan(235);
      expect(await world.historyLength(`reservation:${id}`)).toBeLessThan(160);
    }
  });
}
