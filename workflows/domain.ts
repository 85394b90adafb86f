/**
 * The arbiter of a name: the queue, the watch, the catch, the award and every deadline, from the first claim to the last answer.
 * Handlers only take note and answer; one loop decides. A run that begins from nothing reads its open claims from the store.
 */
import { CancellationScope, condition } from '@temporalio/workflow';
import { goOnWithAward } from './awarding.ts';
import { awaitsCatch, catchName } from './catching.ts';
import { openDesk, type Desk } from './desk.ts';
import { answerMessages } from './door.ts';
import { fixTerms, fundsAreDue, isPastCutoff, mindFunds } from './funding.ts';
import { handOver, mayHandOver, settled } from './handing-over.ts';
import type { DomainInput } from './messages.ts';
import { askOfAward, awardIsDue, restAfterAward } from './watching-award.ts';
import { look, rest, see, whatToLookAt } from './watching.ts';

/** A request to cancel it changes nothing: claims leave by the API, not by hand. */
export function domain(input: DomainInput): Promise<void> {
  return CancellationScope.nonCancellable(() => arbitrate(input));
}

async function arbitrate(input: DomainInput): Promise<void> {
  const desk = openDesk(input);
  answerMessages(desk);
  void desk.announcer.run();
  if (!input.carried) {
    await desk.time.known();
    await load(desk);
  }

  do {
    while (isAtWork(desk)) {
      desk.run.read();
      if (awardIsDue(desk)) await askOfAward(desk);
      else if (desk.isNeeded()) await serveClaims(desk);
      else if (fundsAreDue(desk)) await mindFunds(desk);
      else if (mayHandOver(desk)) await handOver(desk);
      else await restAfterAward(desk);
    }
    await condition(() => settled(desk));
    if (!isAtWork(desk)) await desk.time.leave();
    // Whoever joined while the clock was told is served by this run: its claim is on no other desk.
  } while (isAtWork(desk) || !settled(desk));
}

const isAtWork = (desk: Desk): boolean => desk.isNeeded() || desk.award !== undefined || fundsAreDue(desk);

async function serveClaims(desk: Desk): Promise<void> {
  if (desk.lookIsDue) await look(desk);
  await mindFunds(desk);
  if (isPastCutoff(desk)) await fixTerms(desk);
  if (awaitsCatch(desk)) await catchName(desk);
  else if (mayHandOver(desk)) await handOver(desk);
  else await rest(desk);
}

async function load(desk: Desk): Promise<void> {
  const loading = await desk.support.attempt({
    name: 'load',
    skippable: false,
    run: () =>
      desk.acts.read(`Open claims on ${desk.name} from the store, and a first look`).loadDomain(whatToLookAt(desk)),
  });
  if (loading.kind !== 'done') return;
  desk.begin(loading.value);
  const { sight, paid } = loading.value;
  if (paid) await goOnWithAward(desk, paid, sight);
  else if (sight) see(desk, undefined, sight);
}
