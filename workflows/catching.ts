/** From the lead before the drop to the last answer: catch the name for the first in order, then say whose it is. */
import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import { firstInOrder, type AwardTerms } from '../rules/award.ts';
import type { Claim } from '../rules/queue.ts';
import type { Tried } from '../rules/tried.ts';
import { catchAt, isDoubtful, isLastStage, retryFrom, type Sight } from '../rules/watch.ts';
import type { CatchOutcome } from '../activities/catch.ts';
import { awardName, awardToNobody } from './awarding.ts';
import type { Desk } from './desk.ts';
import { fixTerms } from './funding.ts';
import { forget } from './watching.ts';

/** Is it time to send creates? On a test clock one instant sees one burst. */
export function awaitsCatch(desk: Desk): boolean {
  const { sight, claims, triedAt } = desk;
  if (!sight || claims.length === 0) return false;
  const now = desk.time.now();
  if (desk.input.clock !== undefined && triedAt === now) return false;
  const retry = retryFrom(sight, triedAt);
  if (retry !== undefined && now < retry) return false;
  // Nobody has it, or we do: the create, or the books of an earlier one, say which. What check withholds the create may still get.
  if (isDoubtful(sight)) return false;
  if (sight.answer.kind !== 'registered' || sight.stage === 'registered_by_us') return true;
  const from = firstInOrder(claims) && catchAt(sight);
  return from !== undefined && now >= from && now < stopAt(sight);
}

/** After its window a name that did not drop is watched on; it is caught when it is seen to be free. */
const stopAt = (sight: Sight): number => (sight.drop?.latest ?? 0) + 1;

export async function catchName(desk: Desk): Promise<void> {
  const terms = await fixTerms(desk);
  if (!terms) return;
  const claim = firstInOrder(desk.claims, terms);
  // Nobody who is left can have the name: no create is sent.
  if (!claim) return awardToNobody(desk, terms);
  const sight = desk.sight as Sight;
  const now = desk.time.now();
  if (desk.phase === 'watching') desk.tellAll(() => ({ kind: 'catching', at: now, name: desk.view() }));
  desk.phase = 'catching';
  desk.triedAt = now;
  desk.show();
  const tried = await desk.support.attempt({
    name: 'create',
    skippable: true,
    concerns: claim.reservation,
    givenUp: () => !desk.claims.includes(claim),
    run: () => sendCreates(desk, sight, claim),
  });
  if (tried.kind === 'given_up') return void (desk.triedAt = undefined);
  if (tried.kind === 'skipped') {
    const outcome = { result: 'lost', reason: 'not_catchable', at: desk.time.now() } as const;
    desk.end(claim.reservation, outcome, { explanation: tried.reason });
    return void (desk.triedAt = undefined);
  }
  await conclude(desk, tried.value, terms);
}

async function sendCreates(desk: Desk, sight: Sight, claim: Claim): Promise<CatchOutcome> {
  const now = desk.time.now();
  const { earliest, latest } = isLastStage(sight) && sight.drop ? sight.drop : { earliest: now, latest: now };
  const sending = desk.acts.catching(sight.registry, `Catch ${desk.name}, for the first in order`).catchName({
    name: desk.name,
    tld: desk.input.tld,
    registry: sight.registry,
    reservation: claim.reservation,
    window: { earliest, latest },
    ...(desk.watchedRoid !== undefined && { roidBefore: desk.watchedRoid }),
    ...(desk.input.clock !== undefined && { now }),
  });
  try {
    const outcome = await sending;
    desk.noteTried(outcome.tried);
    return outcome;
  } catch (error) {
    if (error instanceof ActivityFailure && error.cause instanceof ApplicationFailure)
      desk.noteTried(withoutItsRefusal(error.cause.details?.[0] as Tried | undefined));
    throw error;
  }
}

/** What was refused is told to the claim it was refused to. */
const withoutItsRefusal = (tried: Tried | undefined): Tried | undefined => tried && { ...tried, complete: false };

async function conclude(desk: Desk, outcome: CatchOutcome, terms: AwardTerms): Promise<void> {
  switch (outcome.kind) {
    case 'won':
      desk.noteRegistered(outcome.sponsor, true, outcome.registeredAt);
      return awardName(desk, outcome, terms);
    case 'taken': {
      desk.noteRegistered(outcome.by, false, outcome.registeredAt);
      const at = desk.time.now();
      desk.sight = { ...(desk.sight as Sight), stage: 'registered_by_other', seenAt: at };
      for (const { reservation } of desk.claims)
        desk.end(reservation, { result: 'lost', reason: 'caught_by_other', at, caughtBy: outcome.by });
      return forget(desk);
    }
    case 'not_dropped':
      return comeBackLater(desk);
  }
}

/** Inside the window the next burst follows; after it the claims wait again until the name is seen to be free. */
function comeBackLater(desk: Desk): void {
  const at = desk.time.now();
  if (desk.input.clock !== undefined && at < (desk.sight?.drop?.latest ?? at)) return;
  desk.phase = 'watching';
  desk.terms = undefined;
  desk.lookIsDue = desk.input.clock === undefined;
  desk.tellAll(() => ({ kind: 'seen', at, name: desk.view() }));
}
