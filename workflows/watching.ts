/** The watch: look, say what changed, and sleep until the next instant that matters or until the registry answers otherwise. */
import { ActivityFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { PollResult } from '../activities/poll.ts';
import type { LookInput } from '../activities/watch.ts';
import { nextPollInMs } from '../rules/cadence.ts';
import { expiryMarkAt, isNewMark, nextExpiryMark } from '../rules/expiry.ts';
import {
  catchAt,
  changeOf,
  disagreementOf,
  isLastStage,
  retryFrom,
  toldBy,
  type Difference,
  type Kept,
  type Sight,
} from '../rules/watch.ts';
import type { Desk } from './desk.ts';
import { fixTerms, fundsAreDue, isPastCutoff, letFundsGo, mindFunds, nextFundsAt, noFunds } from './funding.ts';
import { mayHandOver } from './handing-over.ts';

/** Asks the registry, tells those concerned, and answers the joins that waited for it. */
export async function look(desk: Desk): Promise<void> {
  desk.lookIsDue = false;
  desk.isAskedAnew = false;
  await lookOnce(desk);
  desk.lookIsDue ||= desk.isAskedAnew;
}

async function lookOnce(desk: Desk): Promise<void> {
  const { name, sight: before, watchedRoid } = desk;
  const toLookAt = {
    ...whatToLookAt(desk),
    ...(watchedRoid !== undefined && { watchedRoid }),
    ...(before && { lastSeen: lastSeen(before) }),
  };
  const race = raceOf(desk);
  if (race?.leavesMs !== undefined) {
    const sight = await lookWithin(desk, race.leavesMs, toLookAt);
    if (sight) return see(desk, before, sight);
    // The drop went by meanwhile: only looking on tells what became of it.
    desk.lookIsDue = raceOf(desk)?.leavesMs === undefined;
    return;
  }
  const looked = await desk.support.attempt({
    name: 'look',
    skippable: false,
    givenUp: () => !desk.isNeeded(),
    run: () => desk.acts[race ? 'urgent' : 'read'](`Ask the registry about ${name}`).look(toLookAt),
  });
  if (looked.kind === 'done') see(desk, before, looked.value);
}

/** As long as it takes, with no word of it to anybody. */
export async function lookAlone(desk: Desk): Promise<Sight | undefined> {
  const looked = await desk.support.attempt({
    name: 'look',
    skippable: false,
    run: () => desk.acts.read(`Ask the registry about ${desk.name}`).look(whatToLookAt(desk)),
  });
  return looked.kind === 'done' ? looked.value : undefined;
}

const SHORTEST_LOOK_MS = 1_000;
/** So long after a drop that was not seen every second still counts. */
const AFTERMATH_MS = 3_600_000;

/** In real time, from the instant catching is due: how much time it leaves for a look, until the drop is over. */
function raceOf({ sight, time, input }: Desk): { leavesMs?: number } | undefined {
  const from = sight && catchAt(sight);
  if (from === undefined || !sight?.drop || input.clock !== undefined) return undefined;
  const { earliest, latest } = sight.drop;
  const now = time.now();
  if (now < from || now >= latest + AFTERMATH_MS) return undefined;
  return now > latest ? {} : { leavesMs: Math.max(SHORTEST_LOOK_MS, (earliest - now) / 2) };
}

/** A last look that nobody answers is no reason to be late: the create asks the registry anyway. */
async function lookWithin(desk: Desk, limitMs: number, toLookAt: LookInput): Promise<Sight | undefined> {
  try {
    return await desk.acts
      .urgent(`Ask the registry about ${desk.name}, once more before the drop`, limitMs)
      .look(toLookAt);
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    return undefined;
  }
}

export const whatToLookAt = ({ name, input, time }: Desk) => ({
  name,
  tld: input.tld,
  ...(input.clock !== undefined && { now: time.now() }),
});

/** What a look must know of the one before. A drop that was published stands, though the list be away just before it. */
function lastSeen(sight: Sight): NonNullable<LookInput['lastSeen']> {
  const { seenAt: at, stage, since, owners, published } = sight;
  const told = toldBy(sight);
  return {
    at,
    stage,
    since,
    ...(owners && { owners }),
    ...(told && { told }),
    ...(published !== undefined && { published }),
  };
}

/** Takes a look's answer: what it means for the claims, then for the joins that waited for it. */
export function see(desk: Desk, before: Sight | undefined, sight: Sight): void {
  desk.lookIsDue = false;
  settle(desk, before, sight);
  if (desk.lookIsDue) return;
  warn(desk, sight);
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
    case 'no_race':
      for (const { reservation } of desk.claims) desk.end(reservation, { result: 'lost', reason: 'no_race', at: now });
      return forget(desk);
    case 'taken':
      if (sight.answer.kind === 'registered')
        desk.noteRegistered(change.by, false, sight.answer.registration.registeredAt);
      for (const { reservation } of desk.claims)
        desk.end(reservation, { result: 'lost', reason: 'caught_by_other', at: now, caughtBy: change.by });
      return forget(desk);
  }
}

/** A kept name returns the claims to waiting, places kept; those that asked for it end as missed. */
function keep(desk: Desk, how: Kept, now: number): void {
  letFundsGo(desk);
  const expiresAt = desk.sight?.expiresAt;
  const { account } = desk;
  for (const { reservation, onRenewal } of desk.claims) {
    if (onRenewal === 'close')
      desk.end(reservation, {
        result: 'missed',
        reason: 'kept',
        at: now,
        how,
        ...(expiresAt !== undefined && { expiresAt }),
      });
    else desk.tell(reservation, { kind: 'kept', at: now, how, name: desk.view(), ...(account && { account }) });
  }
  desk.account = undefined;
}

/** The owner's expiry comes near: each mark is told once, to those who wait by then. */
function warn(desk: Desk, { stage, expiresAt }: Sight): void {
  const now = desk.time.now();
  const mark = stage === 'registered' && expiresAt !== undefined ? expiryMarkAt(expiresAt, now) : undefined;
  if (!mark || !isNewMark(mark, desk.marked)) return;
  desk.marked = mark;
  desk.tellAll(() => ({ kind: 'expiring', at: now, mark, name: desk.view() }));
}

/** The registration that was watched is gone, and so is what was known of it; a join that waits is for the next one. */
export function forget(desk: Desk): void {
  desk.watchedRoid = undefined;
  desk.terms = undefined;
  desk.funds = noFunds();
  desk.contest = undefined;
  desk.sight = undefined;
  desk.account = undefined;
  desk.lastPrint = undefined;
  desk.disagreements = [];
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
  const { at, why } = nextInstant(desk, sight, now);
  desk.show();
  let polled: PollResult | 'ended' | undefined;
  const { claims } = desk;
  const otherInstant = () =>
    desk.claims !== claims && (desk.claims.length === 0 || nextInstant(desk, sight, now).at !== at);
  const wake = () => desk.lookIsDue || polled !== undefined || otherInstant() || mayHandOver(desk);
  // What was just looked at need not be polled yet.
  const pollFrom =
    desk.input.clock === undefined ? sight.seenAt + nextPollInMs(sight, sight.seenAt, Math.random()) : at;
  await sleepPastMarks(desk, sight, Math.min(pollFrom, at), pollFrom < at ? 'polling begins' : why, wake);
  if (pollFrom < at && !wake()) {
    const polling = poll(desk, sight, (result) => (polled = result));
    await sleepPastMarks(desk, sight, at, why, wake);
    polling.cancel();
  }
  if (typeof polled === 'object') desk.lastPrint = polled.seen;
  if (typeof polled === 'object' && polled.differences) tellDifferences(desk, polled.differences);
  else if (polled !== undefined) desk.lookIsDue = true;
  if (desk.time.now() >= at) desk.lookIsDue = true;
}

/** EPP says what it said at the last look, and holds; that RDAP says otherwise is told once. */
function tellDifferences(desk: Desk, differences: Difference[]): void {
  desk.disagreements = [...desk.disagreements, disagreementOf(differences)];
  desk.tellAll(() => ({ kind: 'differing', at: desk.time.now(), differences }));
}

/**
 * Until the instant. On the way the marks before the owner's expiry and those of the money are told, and at the cut-off the terms are
 * fixed: on the word of the poll that goes on meanwhile.
 */
async function sleepPastMarks(desk: Desk, sight: Sight, until: number, why: string, wake: () => boolean) {
  while (!wake()) {
    warn(desk, sight);
    if (fundsAreDue(desk)) await mindFunds(desk);
    else if (isPastCutoff(desk)) await fixTerms(desk);
    else if (desk.time.now() >= until) return;
    else {
      const mark = nextMark(desk, sight);
      const next = mark && mark.at < until ? mark : { at: until, why };
      await desk.time.until(next.at, `${desk.name}: ${next.why}`, () => wake() || fundsAreDue(desk));
    }
  }
}

function nextMark(desk: Desk, { stage, expiresAt }: Sight): { at: number; why: string } | undefined {
  const now = desk.time.now();
  const expiry = stage === 'registered' && expiresAt !== undefined ? nextExpiryMark(expiresAt, now) : undefined;
  const funds = nextFundsAt(desk);
  const cutoff = desk.cutoffAt();
  const marks = [
    ...(expiry === undefined ? [] : [{ at: expiry, why: 'the owner’s expiry comes near' }]),
    ...(funds === undefined ? [] : [{ at: funds, why: 'money for the drop is asked for' }]),
    ...(cutoff === undefined || cutoff <= now ? [] : [{ at: cutoff, why: 'the cut-off' }]),
  ];
  return marks.toSorted((a, b) => a.at - b.at)[0];
}

function poll(desk: Desk, sight: Sight, onResult: (result: PollResult | 'ended') => void): CancellationScope {
  const { name, input, watchedRoid, disagreements } = desk;
  const { stage, since, last, drop, published, overruled, freed, usual, next, cadence, answer } = sight;
  const scope = new CancellationScope();
  const polled = scope.run(() =>
    desk.acts.poll(`Watch ${name} (${stage})`).watch({
      ...{ name, tld: input.tld, stage, since, next, answer, lookedAt: sight.seenAt, told: disagreements },
      ...(last && { last }),
      ...(drop && { drop }),
      ...(published !== undefined && { published }),
      ...(overruled && { overruled: overruled.at }),
      ...(freed && { freed }),
      ...(usual !== undefined && { usual }),
      ...(cadence && { cadence }),
      ...(watchedRoid !== undefined && { watchedRoid }),
      ...(desk.lastPrint !== undefined && { seen: desk.lastPrint }),
    }),
  );
  // "Unchanged" to the end of its schedule, or nobody to go by for long: look by EPP, and watch on.
  polled.then(onResult, (error) => {
    if (!isCancellation(error)) onResult('ended');
  });
  return scope;
}

function missThoseWhoWaitNoLonger(desk: Desk): void {
  const now = desk.time.now();
  for (const { reservation, waitUntil } of desk.claims)
    if (waitUntil !== undefined && waitUntil <= now)
      desk.end(reservation, { result: 'missed', reason: 'wait_until', at: now });
}

function nextInstant(desk: Desk, sight: Sight, now: number): { at: number; why: string } {
  const { claims, triedAt, award } = desk;
  const retry = claims.some((claim) => !claim.dryRun) ? retryFrom(sight, triedAt) : undefined;
  const race = claims.some((claim) => !claim.dryRun) ? catchAt(sight) : undefined;
  const candidates = [
    { at: sight.next.at, why: SAYS[sight.next.what] },
    ...(race === undefined ? [] : [{ at: race, why: 'catching begins' }]),
    ...(retry === undefined ? [] : [{ at: retry, why: 'the registry may have made up its mind' }]),
    ...(award ? [{ at: award.askAt, why: 'does the award still stand?' }] : []),
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
