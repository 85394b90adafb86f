/**
 * The last of the arbiter's deadlines: a paid award is watched until its registry can no longer take it back. Who wins it is told when it
 * is delivered, and that it was taken back, once what was paid is there again.
 */
import { ActivityFailure, CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import { askNextAt, saysNothingOf, watchFrom, type AwardEnd, type Finding, type Watch } from '../rules/after-award.ts';
import type { Money } from '../rules/money.ts';
import { identityOf } from '../rules/stage.ts';
import type { Sight } from '../rules/watch.ts';
import type { Attempted } from './attempt.ts';
import type { CaughtName } from './awarding.ts';
import type { Desk } from './desk.ts';
import { mayHandOver } from './handing-over.ts';
import type { WatchedAward } from './messages.ts';

/** Begins with the payment: whoever takes the arbiter over from here finds it in the store. */
export async function watchAward(
  desk: Desk,
  caught: CaughtName,
  { reservation, price }: { reservation: string; price: Money },
): Promise<Watch> {
  const { catchId, registeredAt } = caught;
  const now = desk.time.now();
  const watch = watchFrom(registeredAt, (desk.sight as Sight).policy, now);
  const begun = await desk.support.attempt({
    name: 'award_watch',
    skippable: false,
    run: () =>
      desk.acts
        .write(`Watch the award of ${desk.name} until ${new Date(watch.until).toISOString()}`)
        .beginWatch({ catchId, reservation, price, ...watch }),
  });
  const { until, delivery } = begun.kind === 'done' ? begun.value : watch;
  const identity = identityOf(caught);
  const deliverAt = delivery.status === 'held' ? { deliverAt: delivery.deliverAt } : {};
  desk.award = {
    ...{ catchId, reservation, price, until, ...deliverAt },
    ...(identity !== undefined && { identity }),
    askAt: askNextAt({ until, ...deliverAt }, now),
  };
  return { until, delivery };
}

/** Without claims a look that is due is one for the award. */
export const awardIsDue = (desk: Desk): boolean =>
  desk.award !== undefined && (desk.time.now() >= desk.award.askAt || (desk.lookIsDue && !desk.isNeeded()));

export async function askOfAward(desk: Desk): Promise<void> {
  const { award } = desk;
  if (!award) return;
  if (!desk.isNeeded()) desk.lookIsDue = false;
  const asked = await desk.support.attempt({
    name: 'award_check',
    skippable: true,
    run: () => desk.acts.read(`Is ${desk.name} still the winner’s?`).askOfAward(whatToAsk(desk, award)),
  });
  await concludeWith(desk, award, asked);
}

async function concludeWith(desk: Desk, award: WatchedAward, asked: Attempted<Finding>): Promise<void> {
  const now = desk.time.now();
  // Support knows better than the registry tells: it is watched no longer.
  if (asked.kind !== 'done' || saysNothingOf(award, now)) return endWatch(desk, award, 'stands');
  await conclude(desk, award, asked.value, now);
}

async function conclude(desk: Desk, award: WatchedAward, finding: Finding, now: number): Promise<void> {
  const { missingSince: _, ...seen } = award;
  const goOn = (next: Omit<WatchedAward, 'askAt'>) => void (desk.award = { ...next, askAt: askNextAt(next, now) });
  switch (finding.kind) {
    case 'stands': {
      const { deliverAt, ...delivered } = seen;
      const isDelivered = deliverAt !== undefined && now >= deliverAt;
      if (isDelivered) desk.tell(award.reservation, { kind: 'delivered', at: now });
      if (now >= award.until) return endWatch(desk, award, 'stands');
      return goOn(isDelivered ? delivered : seen);
    }
    case 'left':
      return endWatch(desk, award, 'left');
    case 'missing':
      return goOn({ ...seen, missingSince: finding.since });
    case 'untold':
      return goOn(award);
    case 'taken_back':
      return takeBack(desk, award, finding);
  }
}

/** The money is back before it is told. */
async function takeBack(
  desk: Desk,
  award: WatchedAward,
  { kind: _, ...finding }: Extract<Finding, { kind: 'taken_back' }>,
): Promise<void> {
  const at = desk.time.now();
  const { catchId, reservation, price } = award;
  await desk.support.attempt({
    name: 'give_back',
    skippable: false,
    run: () =>
      desk.acts
        .write(`The registry took ${desk.name} back (${finding.why}): give back what was paid`)
        .takeBackAward({ catchId, reservation, price, at }),
  });
  desk.tell(reservation, { kind: 'taken_back', at, refunded: price, ...finding });
  await forgetAward(desk, award, 'taken_back');
}

async function endWatch(desk: Desk, award: WatchedAward, ended: 'stands' | 'left'): Promise<void> {
  desk.tell(award.reservation, { kind: 'stands', at: desk.time.now(), ...(ended === 'left' && { left: true }) });
  await forgetAward(desk, award, ended);
}

/** Only once it was told: an arbiter that is gone before that is followed by one that finds the same, and tells it. */
async function forgetAward(desk: Desk, { catchId, reservation }: WatchedAward, ended: AwardEnd): Promise<void> {
  await condition(() => desk.announcer.hasTold(reservation));
  await desk.support.attempt({
    name: 'award_watch',
    skippable: true,
    run: () => desk.acts.write(`The award of ${desk.name} is watched no longer`).endWatch({ catchId, ended }),
  });
  desk.award = undefined;
}

/** Registered anew: whatever was registered before is gone. */
export async function endEarlierWatch(desk: Desk, catchId: string): Promise<void> {
  const { award } = desk;
  if (!award || award.catchId === catchId) return;
  const asked = await desk.support.attempt({
    name: 'award_check',
    skippable: true,
    run: () =>
      desk.acts.read(`Whose doing was the end of the award of ${desk.name}`).askOfEarlier({ catchId: award.catchId }),
  });
  await concludeWith(desk, award, asked);
}

/** Nobody waits for the name: in real time the registry is polled meanwhile, at no cost to the history. */
export async function restAfterAward(desk: Desk): Promise<void> {
  const { award } = desk;
  if (!award) return;
  // Nobody looks for those who ask what the arbiter saw.
  desk.sight = undefined;
  desk.show();
  const wake = () => desk.lookIsDue || desk.isNeeded() || mayHandOver(desk);
  const polling = desk.input.clock === undefined ? poll(desk, award) : undefined;
  await desk.time.until(award.askAt, `${desk.name}: does the award still stand?`, wake);
  polling?.cancel();
}

/** Whatever it comes to is asked again before anything is done about it. */
function poll(desk: Desk, award: WatchedAward): CancellationScope {
  const scope = new CancellationScope();
  const polled = scope.run(() => desk.acts.poll(`Watch ${desk.name} (awarded)`).pollAward(whatToAsk(desk, award)));
  polled.then(
    () => void (desk.lookIsDue = true),
    (error) => {
      if (!isCancellation(error) && error instanceof ActivityFailure) desk.lookIsDue = true;
    },
  );
  return scope;
}

const whatToAsk = ({ name, input, time }: Desk, { catchId, identity, missingSince }: WatchedAward) => ({
  ...{ catchId, name, tld: input.tld },
  ...(identity !== undefined && { identity }),
  ...(missingSince !== undefined && { missingSince }),
  ...(input.clock !== undefined && { now: time.now() }),
});
