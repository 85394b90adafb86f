/** Lives what can become of names, many on one clock, and says of each whether its customer was told what the registry made of it. */
import pLimit from 'p-limit';
import type { TldPolicy } from '../../rules/tlds.ts';
import { HORIZON, livesOf, START, type PossibleLife } from './lives.ts';
import { World } from './world.ts';

/** As many Updates as a workflow takes at once, with some to spare. */
const AT_ONCE = 8;
/** What is due at one instant is one step of their clock; with many more, steps take so long that patience of seconds ends within them. */
const ON_ONE_CLOCK = 32;

/** All lives of these TLDs, or those that are asked for. */
export function tellsLivesOf(policies: TldPolicy[], isLived: (life: PossibleLife) => boolean = () => true): void {
  const lives = new Map(policies.map((policy) => [policy.tld, possible(policy).filter(isLived)]));
  let world: World;
  beforeAll(async () => {
    world = await World.open();
    await world.run(async () => {
      const all = [...lives.values()].flat();
      for (let from = 0; from < all.length; from += ON_ONE_CLOCK)
        await liveAll(world, `clk_${from}`, all.slice(from, from + ON_ONE_CLOCK));
    });
  }, 3_600_000);
  afterAll(() => world.close());

  test.each(policies.map(({ tld }) => tld))('.%s: each cause in each stage', (tld) => {
    const all = lives.get(tld) ?? [];
    expect(all).not.toEqual([]);
    const seen = all.map(({ name }) => ({ name, told: toldOf(world, name), outcome: world.outcome(`rsv_${name}`) }));
    expect(seen).toEqual(all.map(({ name, told, outcome }) => ({ name, told, outcome })));
  });
}

const possible = (policy: TldPolicy) => livesOf(policy).filter((life) => life.kind === 'possible');

async function liveAll(world: World, clock: string, all: PossibleLife[]): Promise<void> {
  world.registry.now = START;
  // One account for all would not last.
  world.registrar = `rgr_of_${clock}`;
  for (const { name, story } of all) world.put(name, { ...story, test_clock: clock });
  await world.startClock(clock, START);
  const limit = pLimit(AT_ONCE);
  const advance = (to: number) => world.advanceTo(to, clock, world.registry.arrival(clock, to));
  for (const at of [...new Set(all.map(({ joinsAt }) => joinsAt))].toSorted((a, b) => a - b)) {
    if (at > START) await advance(at);
    const joining = all.filter(({ joinsAt }) => joinsAt === at);
    // Each is named busy at the clock, which waits for it before it moves.
    await Promise.all(joining.map(({ name }) => limit(() => world.reserve(`rsv_${name}`, name))));
  }
  await advance(HORIZON);
}

/** Changes of stage and how it was kept. */
const toldOf = ({ store }: World, name: string): string[] =>
  store.events.flatMap(({ reservation, type, data }) => {
    if (reservation !== `rsv_${name}`) return [];
    if (type === 'reservation.renewed') return [`renewed: ${String(data['how'])}`];
    // At the drop itself a name may be seen to be free before the create.
    if (type !== 'reservation.stage_changed' || data['stage'] === 'available') return [];
    return [`${String(data['from'])} → ${String(data['stage'])}`];
  });
