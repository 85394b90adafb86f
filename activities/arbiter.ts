/** What the arbiter of a name keeps beyond its own run. */
import { awardOperation } from '../rules/after-award.ts';
import type { Considered } from '../rules/award.ts';
import type { Money } from '../rules/money.ts';
import type { Claim } from '../rules/queue.ts';
import { WON_REASONS, type WonReason } from '../rules/reservation.ts';
import { identityOf } from '../rules/stage.ts';
import type { Sight } from '../rules/watch.ts';
import type { CatchDoc, Caught } from '../store/domains.ts';
import type { WatchedAward } from '../workflows/messages.ts';
import type { EngineDeps } from './deps.ts';
import { lookAt, registrationOf, type LookInput } from './watch.ts';

export interface Loaded {
  epoch: number;
  claims: Claim[];
  watchedRoid?: string;
  /** An award that may still be taken back. */
  award?: WatchedAward;
  paid?: PaidAward;
  /** The first look, where the registry answered at once. */
  sight?: Sight;
}

/** A caught name that somebody has paid for, where some of those who waited for it have not heard of it: an arbiter was ended meanwhile. */
export interface PaidAward {
  caught: Caught & { catchId: string };
  winner: string;
  price: Money;
  reason: WonReason;
  /** The winner has not heard of it either. */
  untold: boolean;
  /** By an auction. */
  contested: boolean;
  /** The others, with the reason for each. */
  considered: Considered[];
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
    const paid = await paidAward(deps, input.name, claims);
    return {
      ...{ epoch, claims },
      ...(watchedRoid !== undefined && { watchedRoid }),
      ...(award && { award }),
      ...(paid && { paid }),
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

/** The ledger says who paid, and what: that is the award, whatever else was written down before the arbiter was gone. */
async function paidAward({ store, money }: EngineDeps, name: string, claims: Claim[]): Promise<PaidAward | undefined> {
  const doc = claims.length > 0 ? await store.lastCaught(name) : null;
  if (!doc?.caught || (doc.watch?.ended ?? null) !== null) return undefined;
  const { _id: catchId, caught } = doc;
  const open = claims.map(({ reservation }) => reservation);
  const payers = doc.awarded_to === null ? open : [doc.awarded_to];
  const paid = await money.capturedBy(payers.map((payer) => awardOperation(catchId, payer)));
  if (!paid) return undefined;
  const { reservation: winner, price } = paid;
  await store.settleAward(catchId, winner);
  const decision = (await store.decisionsOn(catchId)).findLast(({ verdict }) => verdict.kind === 'take');
  const considered = (decision?.considered ?? claims.map(unrecorded)).filter((one) => open.includes(one.reservation));
  if (considered.length === 0) return undefined;
  const reason = WON_REASONS.find((won) => considered.some((one) => one.reservation === winner && one.reason === won));
  return {
    ...{ winner, price, reason: reason ?? 'first_in_order' },
    caught: { ...caught, catchId },
    untold: open.includes(winner),
    contested: decision?.facts.auction !== undefined,
    considered: considered.filter((one) => one.reservation !== winner),
  };
}

/** Support may skip the record of a decision. */
const unrecorded = ({ reservation, ordinal }: Claim): Considered => ({
  ...{ reservation, ordinal },
  reason: 'behind_in_order',
});
