/**
 * The arbiter of a name: the queue, the watch, the catch, the award and every deadline, from the first claim to the last answer.
 * Handlers only take note and answer; one loop decides. A run that begins from nothing reads its open claims from the store.
 */
import { allHandlersFinished, CancellationScope, condition, continueAsNew, workflowInfo } from '@temporalio/workflow';
import { awaitsCatch, catchName } from './catching.ts';
import { openDesk, type Desk } from './desk.ts';
import { answerMessages } from './door.ts';
import type { DomainInput } from './messages.ts';
import { look, rest, see, whatToLookAt } from './watching.ts';

/** A request to cancel it changes nothing: claims leave by the API, not by hand. */
export function domain(input: DomainInput): Promise<void> {
  return CancellationScope.nonCancellable(() => arbitrate(input));
}

async function arbitrate(input: DomainInput): Promise<void> {
  const desk = openDesk(input);
  answerMessages(desk);
  void desk.announcer.run();
  if (!input.carried) await load(desk);

  do {
    while (desk.isNeeded()) {
      if (desk.lookIsDue) await look(desk);
      if (awaitsCatch(desk)) await catchName(desk);
      else if (mayContinueAsNew(desk)) await handOver(desk);
      else await rest(desk);
    }
    await condition(() => settled(desk));
    if (!desk.isNeeded()) await desk.time.leave();
    // Whoever joined while the clock was told is served by this run: its claim is on no other desk.
  } while (desk.isNeeded() || !settled(desk));
}

const settled = (desk: Desk): boolean => desk.announcer.idle() && allHandlersFinished();

async function load(desk: Desk): Promise<void> {
  const loading = await desk.support.attempt({
    name: 'load',
    skippable: false,
    run: () =>
      desk.acts.read(`Open claims on ${desk.name} from the store, and a first look`).loadDomain(whatToLookAt(desk)),
  });
  if (loading.kind !== 'done') return;
  desk.begin(loading.value);
  if (loading.value.sight) see(desk, undefined, loading.value.sight);
}

/** Between the cut-off and the end of the award nothing is handed over: the next run would have to be told what is half done. */
function mayContinueAsNew(desk: Desk): boolean {
  if (!workflowInfo().continueAsNewSuggested || desk.lookIsDue || desk.joining.length > 0) return false;
  const cutoff = desk.cutoffAt();
  return cutoff === undefined || desk.time.now() < cutoff;
}

async function handOver(desk: Desk): Promise<void> {
  await condition(() => settled(desk));
  if (desk.isNeeded() && mayContinueAsNew(desk))
    await continueAsNew<typeof domain>({ ...desk.input, carried: desk.carry() });
}
