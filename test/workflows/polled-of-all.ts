/** Polling costs few events whatever policy knows of a name's way: nothing, its first half, or its last stage alone. `npm run test:lives`. */
import { CADENCE } from '../../registry/cadence.ts';
import { costFewEvents } from './polled.ts';
import { World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
  world.cadence = CADENCE;
  world.registry.now = await world.env.currentTimeMs();
});
afterEach(() => world.close());

test.each(['cn', 'de', 'ai', 'be', 'eu', 'fr'])('.%s', (tld) => costFewEvents(world, [tld]));
