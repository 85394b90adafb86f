/** All that workflows ask of the world, by concern. Deps are handed in, so that a test passes its own. */
import { afterAwardActivities } from './after-award.ts';
import { arbiterActivities } from './arbiter.ts';
import { awardActivities } from './award.ts';
import { auctionActivities } from './auctions.ts';
import { deliverActivities } from './deliver.ts';
import type { EngineDeps } from './deps.ts';
import { moneyActivities } from './money.ts';
import { tellActivities } from './tell.ts';
import { timeActivities } from './time.ts';
import { watchActivities } from './watch.ts';

export const createActivities = (deps: EngineDeps) => ({
  ...arbiterActivities(deps),
  ...awardActivities(deps),
  ...afterAwardActivities(deps),
  ...auctionActivities(deps),
  ...watchActivities(deps),
  ...tellActivities(deps),
  ...timeActivities(deps),
  ...deliverActivities(deps),
  ...moneyActivities(deps),
});

export type Activities = ReturnType<typeof createActivities>;
