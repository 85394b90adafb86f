/** Requests that were stored and then failed before they reached the engine: nobody was told they exist, so they go. */
import type { Logger } from 'pino';
import { discardUnaccepted, unheardBefore } from '../store/reservation-queries.ts';
import { sweepBids } from './bid-sweep.ts';
import type { RouteDeps } from './deps.ts';
import { isOutage } from './outages.ts';
import { isAccepted } from './place.ts';

const EVERY_MS = 60_000;
const BATCH = 100;

export async function sweepUnaccepted(deps: RouteDeps): Promise<number> {
  let discarded = 0;
  for (const doc of await unheardBefore(new Date(deps.now() - EVERY_MS), BATCH)) {
    if (await isAccepted(deps, doc)) continue;
    await discardUnaccepted(doc);
    discarded++;
  }
  return discarded;
}

/** Answers a function that ends it. */
export function sweepRegularly(deps: RouteDeps, log: Logger): () => void {
  const timer = setInterval(() => {
    const failed = (error: unknown) => isOutage(error) || log.error({ type: (error as Error).name }, 'sweep failed');
    sweepUnaccepted(deps).then(
      (discarded) => discarded > 0 && log.info({ discarded }, 'requests that were never accepted'),
      failed,
    );
    sweepBids(deps).then((undone) => undone > 0 && log.info({ undone }, 'bids that were never taken up'), failed);
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
