/**
 * Sandbox time. It moves from one due instant to the next, the earliest of what participants wait for and of the sandbox registry's own
 * transitions, and only once all concerned have settled. Ticks are numbered; a participant rests with the last it saw, older words change nothing.
 */
import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import { writes } from './activities.ts';
import { supported } from './attempt.ts';
import { realTime } from './clock.ts';
import { lengthOfRun } from './handing-over.ts';
import {
  advanceUpdate,
  closeSignal,
  describeClock,
  domainWorkflowId,
  enterUpdate,
  introducedSignal,
  leftSignal,
  restingSignal,
  type ClockInput,
  type ClockView,
} from './messages.ts';
import { Participants } from './participants.ts';

/** A participant that was named busy and never spoke (its message was lost with the one who sent it) is told the time again. */
const SPEAK_WITHIN_MS = 5_000;

const refuse = (type: string) => ApplicationFailure.nonRetryable(type, type);

/** A request to cancel it changes nothing: a clock ends when it is deleted. */
export function clock(input: ClockInput): Promise<void> {
  return CancellationScope.nonCancellable(() => keepTime(input));
}

async function keepTime(input: ClockInput): Promise<void> {
  let now = input.carried?.now ?? input.frozenAt;
  let target = input.carried?.target ?? input.frozenAt;
  let tick = input.carried?.tick ?? 0;
  let advancing = input.carried?.advancing ?? false;
  let closing = false;
  let silences = 0;
  const participants = new Participants(input.carried?.participants);
  const greet = new Set<string>();
  const time = realTime();
  const run = lengthOfRun();
  const support = supported(time, () => {});
  const refuseWhileAdvancing = () => {
    if (advancing) throw refuse('test_clock_advancing');
  };

  setHandler(
    enterUpdate,
    ({ participant }) => {
      run.read();
      tick += 1;
      participants.told(participant, tick);
      return { tick, now };
    },
    { validator: (_entering) => refuseWhileAdvancing() },
  );
  setHandler(
    advanceUpdate,
    ({ to }) => {
      target = to;
      advancing = true;
    },
    {
      validator: ({ to }) => {
        refuseWhileAdvancing();
        if (to <= now) throw refuse('not_forward');
      },
    },
  );
  setHandler(restingSignal, ({ participant, tick: echoed, until }) => {
    heard(echoed);
    if (echoed === 0) greet.add(participant);
    else participants.rests(participant, echoed, until);
  });
  setHandler(introducedSignal, ({ participant, tick: echoed }) => {
    heard(echoed);
    participants.introduced(participant, echoed);
  });
  setHandler(leftSignal, ({ participant, tick: echoed, to }) => {
    heard(echoed);
    participants.left(participant, echoed, to);
  });
  setHandler(closeSignal, () => {
    closing = true;
  });
  setHandler(describeClock, () => ({
    status: statusNow(),
    now,
    target,
    waitingFor: participants.busy(),
    attention: support.attention(),
  }));

  while (!closing) {
    setCurrentDetails(details());
    if (greet.size > 0) await tell([...greet]);
    else if (run.mayEnd()) await handOver();
    else if (!advancing) await condition(() => closing || advancing || greet.size > 0 || run.mayEnd());
    else if (participants.busy().length > 0) await settle();
    else if (now < target) await step();
    else advancing = false;
  }
  await condition(allHandlersFinished);

  /** Waits for all who are busy; one that stays silent is told the time again, ever less often. */
  async function settle(): Promise<void> {
    const settled = () => closing || greet.size > 0 || participants.busy().length === 0 || run.mayEnd();
    const before = participants.busy().join();
    await time.until(
      time.now() + SPEAK_WITHIN_MS * 2 ** Math.min(silences, 7),
      `waiting for ${participants.busy().length} participant(s)`,
      settled,
    );
    silences = before === participants.busy().join() ? silences + 1 : 0;
    if (!settled()) await tell(participants.busy());
  }

  /** One move: to the target, to what a participant waits for, or to what the registry does by itself, whichever is first. */
  async function step(): Promise<void> {
    const from = now;
    const limit = Math.max(from, Math.min(target, participants.nextDueAt()));
    const moved = await support.attempt({
      name: 'step_registry',
      skippable: false,
      givenUp: () => closing,
      run: () => writes(`Move the registry on from ${iso(from)}`).stepRegistry({ clock: input.id, from, limit }),
    });
    run.read();
    if (moved.kind !== 'done') return;
    now = moved.value.now;
    const changed = moved.value.names.map(domainWorkflowId).filter((participant) => participants.has(participant));
    const due = [...new Set([...participants.dueBy(now), ...changed])];
    if (due.length > 0) await tell(due);
  }

  async function tell(whom: string[]): Promise<void> {
    tick += 1;
    for (const participant of whom) {
      greet.delete(participant);
      participants.told(participant, tick);
    }
    const told = { tick, now };
    await support.attempt({
      name: 'tick',
      skippable: false,
      givenUp: () => closing,
      run: () =>
        writes(`It is ${iso(told.now)} for ${whom.length} participant(s)`).tick({
          clock: input.id,
          participants: whom,
          tick: told,
        }),
    });
    run.read();
  }

  /** Between two steps too: years of many names are more than one run can hold. Those who are busy rest at the next run. */
  async function handOver(): Promise<void> {
    const carried = { now, target, advancing, tick, participants: participants.carry() };
    await continueAsNew<typeof clock>({ ...input, carried });
  }

  /** A clock that was reset counts on from what it said before that: participants take nothing older for news. */
  function heard(echoed: number): void {
    run.read();
    tick = Math.max(tick, echoed);
  }

  function statusNow(): ClockView['status'] {
    if (support.attention()) return 'internal_failure';
    return advancing ? 'advancing' : 'ready';
  }

  function details(): string {
    const waiting = participants.busy();
    return [
      `It is **${iso(now)}** on this test clock${advancing ? `, moving to ${iso(target)}` : ''}.`,
      waiting.length > 0 ? `Waiting for ${waiting.slice(0, 20).join(', ')}.` : 'All who take part have settled.',
    ].join('\n\n');
  }
}

const iso = (at: number): string => new Date(at).toISOString();
