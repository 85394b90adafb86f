/** The watch: look, say what changed, and sleep until the next instant that matters or until the registry answers otherwise. */
import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { Claim } from '../rules/queue.ts';
import { catchAt, changeOf, isLastStage, pollEveryMs, type Kept, type Sight } from '../rules/watch.ts';
import type { Desk } from './desk.ts';

/** Asks the registry, tells those concerned, and answers the joins that waited for it. */
export async function look(desk: Desk): Promise<void> {
  desk.lookIsDue = false;
  const { name, sight: before, watchedRoid } = desk;
  const looked = await desk.support.attempt({
    name: 'look',
    skippable: false,
    givenUp: () => !desk.isNeeded(),
    run: () =>
      desk.acts.read(`Ask the registry about ${name}`).look({
        ...whatToLookAt(desk),
        ...(watchedRoid !== undefined && { watchedRoid }),
        ...(before && { lastSeen: lastSeen(before) }),
      }),
  });
  if (looked.kind === 'done') see(desk, before, looked.value);
}

export const whatToLookAt = ({ name, input, time }: Desk) => ({
  name,
  tld: input.tld,
  ...(input.clock !== undefined && { now: time.now() }),
});

/** What a look must know of the one before. A drop that was published stands, though the list be away just before it. */
const lastSeen = ({ seenAt: at, stage, since, drop }: Sight) => ({
  at,
  stage,
  since,
  ...(drop?.source === 'drop_list' && { published: drop.earliest }),
});

/** Takes a look's answer: what it means for the claims, then for the joins that waited for it. */
export function see(desk: Desk, before: Sight | undefined, sight: Sight): void {
  desk.lookIsDue = false;
  settle(desk, before, sight);
  if (desk.lookIsDue) return;
  const joins = desk.joining.splice(0);
  for (const join of joins) desk.answerJoin(join);
  desk.index();
  desk.show();
}

function settle(desk: Desk, before: Sight | undefined, sight: Sight): void {
  const now = desk.time.now();
  desk.sight = sight;
  if (sight.answer.kind === 'registered' && !isLastStage(sight)) desk.phase = 'watching';
  if (desk.claims.length === 0) return;
  const change = changeOf(before, sight);
  switch (change.kind) {
    case 'none':
    case 'free':
    case 'ours':
      return;
    case 'moved':
      return desk.tellAll(() => ({ kind: 'seen', at: now, name: desk.view() }));
    case 'kept':
      return keep(desk, change.how, now);
    case 'taken':
      for (const { reservation } of desk.claims)
        desk.end(reservation, { result: 'lost', reason: 'caught_by_other', at: now, caughtBy: change.by });
      return forget(desk);
  }
}

/** A kept name returns the claims to waiting, places kept; those that asked for it end as missed. */
function keep(desk: Desk, how: Kept, now: number): void {
  for (const { reservation, onRenewal } of desk.claims) {
    if (onRenewal === 'close') desk.end(reservation, { result: 'missed', reason: 'kept', at: now });
    else desk.tell(reservation, { kind: 'kept', at: now, how, name: desk.view() });
  }
}

/** The registration that was watched is gone, and so is what was known of it; a join that waits is for the next one. */
export function forget(desk: Desk): void {
  desk.watchedRoid = undefined;
  desk.sight = undefined;
  desk.lookIsDue = desk.joining.length > 0;
  desk.phase = 'watching';
}

/** Sleeps until the next instant that matters; in real time the registry is polled meanwhile, at no cost to the history. */
export async function rest(desk: Desk): Promise<void> {
  const { sight } = desk;
  if (!sight) return void (desk.lookIsDue = true);
  missThoseWhoWaitNoLonger(desk);
  if (!desk.isNeeded()) return;
  const now = desk.time.now();
  const { at, why } = nextInstant(sight, desk.claims, now);
  desk.show();
  let changed = false;
  const { claims } = desk;
  const otherInstant = () =>
    desk.claims !== claims && (desk.claims.length === 0 || nextInstant(sight, desk.claims, now).at !== at);
  const wake = () => desk.lookIsDue || changed || otherInstant();
  // What was just looked at need not be polled yet.
  const pollFrom = desk.input.clock === undefined ? sight.seenAt + pollEveryMs(sight, now) : at;
  await desk.time.until(Math.min(pollFrom, at), `${desk.name}: ${pollFrom < at ? 'polling begins' : why}`, wake);
  if (pollFrom < at && !wake()) {
    const polling = poll(desk, sight, () => (changed = true));
    await desk.time.until(at, `${desk.name}: ${why}`, wake);
    polling.cancel();
  }
  if (changed || desk.time.now() >= at) desk.lookIsDue = true;
}

function poll(desk: Desk, sight: Sight, onChange: () => void): CancellationScope {
  const { name, input, watchedRoid } = desk;
  const scope = new CancellationScope();
  const everyMs = pollEveryMs(sight, desk.time.now());
  const polled = scope.run(() =>
    desk.acts.poll(`Watch ${name} (${sight.stage})`).watch({
      name,
      tld: input.tld,
      stage: sight.stage,
      everyMs,
      ...(watchedRoid !== undefined && { watchedRoid }),
      ...(desk.lastPrint !== undefined && { seen: desk.lastPrint }),
    }),
  );
  polled.then(
    ({ seen }) => {
      desk.lastPrint = seen;
      onChange();
    },
    (error) => {
      // "Unchanged" to the end of its schedule, or a source away for long: look by EPP, and watch on.
      if (!isCancellation(error)) onChange();
    },
  );
  return scope;
}

function missThoseWhoWaitNoLonger(desk: Desk): void {
  const now = desk.time.now();
  for (const { reservation, waitUntil } of desk.claims)
    if (waitUntil !== undefined && waitUntil <= now)
      desk.end(reservation, { result: 'missed', reason: 'wait_until', at: now });
}

function nextInstant(sight: Sight, claims: Claim[], now: number): { at: number; why: string } {
  const race = claims.some((claim) => !claim.dryRun) ? catchAt(sight) : undefined;
  const candidates = [
    { at: sight.next.at, why: SAYS[sight.next.what] },
    ...(race === undefined ? [] : [{ at: race, why: 'catching begins' }]),
    ...(sight.drop ? [{ at: sight.drop.latest, why: 'the drop is expected to be over' }] : []),
    ...claims.flatMap(({ waitUntil }) =>
      waitUntil === undefined ? [] : [{ at: waitUntil, why: 'a claim waits no longer' }],
    ),
  ].filter(({ at }) => at > now);
  return candidates.toSorted((a, b) => a.at - b.at)[0] ?? { at: now + ASK_AGAIN_MS, why: SAYS.registry_check };
}

const ASK_AGAIN_MS = 3_600_000;

const SAYS = {
  expiry: 'the owner’s registration runs to here',
  redemption: 'redemption is expected to begin by now',
  pending_delete: 'pending delete is expected to begin',
  drop: 'the drop is expected to begin',
  registry_check: 'time to ask the registry again',
} as const;
