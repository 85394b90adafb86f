/** What the arbiter of a name keeps beyond its own run. */
import type { Claim } from '../rules/queue.ts';
import { identityOf } from '../rules/stage.ts';
import type { Sight } from '../rules/watch.ts';
import type { CatchDoc } from '../store/domains.ts';
import type { WatchedAward } from '../workflows/messages.ts';
import type { EngineDeps } from './deps.ts';
import { lookAt, registrationOf, type LookInput } from './watch.ts';

export interface Loaded {
  epoch: number;
  claims: Claim[];
  watchedRoid?: string;
  /** An award that may still be taken back. */
  award?: WatchedAward;
  /** The first look, where the registry answered at once. */
  sight?: Sight;
}

/** A registry that takes longer is asked by a look of its own: what the store knows must not wait for it. */
const FIRST_LOOK_MS = 2_000;

export const arbiterActivities = (deps: EngineDeps) => ({
  /** What a run that begins from nothing must know: the open claims in their ordinals, the registration they wait for, and where it stands. */
  async loadDomain(input: Omit<LookInput, 'watchedRoid' | 'lastSeen'>): Promise<Loaded> {
    const claims = await deps.store.openClaims(input.name);
    const watched = claims.length > 0 ? await deps.store.watchedOf(input.name) : undefined;
    const asked = { ...input, ...(watched !== undefined && { watchedRoid: watched }) };
    const sight = await lookAt(deps, asked, AbortSignal.timeout(FIRST_LOOK_MS)).catch(() => undefined);
    const watchedRoid = watched ?? (sight && registrationOf(sight.answer));
    const epoch = await deps.store.beginRun(input.name, watchedRoid);
    const award = watchedAwardOf(await deps.store.watchedAward(input.name));
    return {
      ...{ epoch, claims },
      ...(watchedRoid !== undefined && { watchedRoid }),
      ...(award && { award }),
      ...(sight && { sight }),
    };
  },
});

function watchedAwardOf(doc: CatchDoc | null): WatchedAward | undefined {
  if (!doc?.watch || !doc.caught) return undefined;
  const { reservation, price, until, delivery } = doc.watch;
  const identity = identityOf(doc.caught);
  return {
    ...{ catchId: doc._id, reservation, price, until },
    // Asked at once: how long nobody did is not known.
    askAt: 0,
    ...(identity !== undefined && { identity }),
    ...(delivery.status === 'held' && { deliverAt: delivery.deliverAt }),
  };
}
