/**
 * The only door to time. In real time `until` is a timer; under a test clock it rests at the clock workflow, which moves time once
 * all who take part have settled. Nobody asks whether now is inside a window: they sleep until an instant and act, even if late.
 */
import { CancellationScope, condition, getExternalWorkflowHandle, sleep, workflowInfo } from '@temporalio/workflow';
import { clockWorkflowId, introducedSignal, leftSignal, restingSignal, type Tick } from './messages.ts';

export interface Time {
  now(): number;
  /** Sleeps until the instant (null: for messages only) or until `wake` is true, whichever is first; under a clock also until a tick. */
  until(at: number | null, summary: string, wake: () => boolean): Promise<void>;
  /** A message brought a tick: this participant was named busy with it and must rest anew. */
  heard(tick: Tick | undefined): void;
  /** The last tick heard; zero in real time. */
  last(): Tick;
  /** Resolves once the time is known: who is woken without being told asks for it. */
  known(): Promise<void>;
  /** Another was started by this participant, with its last tick: time does not move before that one has rested. */
  introduce(participant: string): Promise<void>;
  /** Another ended and left its place at the clock to this participant: time does not move before this one has rested. */
  takeOver(participant: string, lastTick: Tick): Promise<void>;
  /** No longer takes part. */
  leave(): Promise<void>;
}

export function realTime(): Time {
  return {
    now: () => Date.now(),
    until: (at, summary, wake) => sleepUntil(at, summary, wake),
    heard: () => {},
    last: () => ({ tick: 0, now: Date.now() }),
    known: async () => {},
    introduce: async () => {},
    takeOver: async () => {},
    leave: async () => {},
  };
}

async function sleepUntil(at: number | null, summary: string, wake: () => boolean): Promise<void> {
  if (wake()) return;
  if (at === null) return condition(wake);
  const delayMs = at - Date.now();
  if (delayMs <= 0) return;
  const scope = new CancellationScope();
  try {
    // condition(fn, timeout) would do the same without a summary for those who read the history.
    await scope.run(() => Promise.race([sleep(delayMs, { summary }), condition(wake)]));
  } finally {
    scope.cancel();
  }
}

/**
 * Waits in a handler, in real time and never longer than the bound; the timer says what for. True once `fn` is. A handler runs
 * outside what its workflow shields from a request to cancel it, so this wait has a shield of its own.
 */
export async function within(boundMs: number, summary: string, fn: () => boolean): Promise<boolean> {
  await CancellationScope.nonCancellable(() => sleepUntil(Date.now() + boundMs, summary, fn));
  return fn();
}

/** A clock that says nothing for so long is asked again. */
const ANSWERS_WITHIN_MS = 60_000;

/** Time under a test clock. `settled` says that nothing of this participant is still being told to others. */
export function clockTime(clock: string, from: Tick, settled: () => boolean): Time {
  const participant = workflowInfo().workflowId;
  const handle = getExternalWorkflowHandle(clockWorkflowId(clock));
  let last = from;
  const hear = (tick: Tick | undefined) => {
    if (tick && tick.tick > last.tick) last = { tick: tick.tick, now: Math.max(last.now, tick.now) };
  };
  /** A clock that was deleted moves nobody: messages are then all there is to wait for. */
  const tell = (send: Promise<void>) => send.catch(() => undefined);
  return {
    now: () => last.now,
    until: async (at, _summary, wake) => {
      if (at !== null && at <= last.now) return;
      await condition(() => wake() || settled());
      if (wake()) return;
      const restedAt = last.tick;
      await tell(handle.signal(restingSignal, { participant, tick: restedAt, until: at }));
      await condition(() => wake() || last.tick > restedAt);
    },
    heard: hear,
    last: () => last,
    known: async () => {
      const isKnown = () => last.tick > 0;
      while (!isKnown()) {
        const asked = handle.signal(restingSignal, { participant, tick: 0, until: null });
        const isThere = await asked.then(
          () => true,
          () => false,
        );
        if (!isThere) return;
        await within(ANSWERS_WITHIN_MS, 'the clock to say what time it is', isKnown);
      }
    },
    introduce: (other) => tell(handle.signal(introducedSignal, { participant: other, tick: last.tick })),
    takeOver: async (other, tick) => {
      hear(tick);
      await tell(handle.signal(leftSignal, { participant: other, tick: last.tick, to: participant }));
    },
    leave: () => tell(handle.signal(leftSignal, { participant, tick: last.tick })),
  };
}
