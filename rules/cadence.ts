/**
 * How often a name is polled between the instants that matter, as data with a version: it comes from an activity, so that another
 * cadence never changes a running history. The nearer what is expected, the denser.
 */
import type { NextStep } from './forecast.ts';
import type { Span } from './openings.ts';
import type { Stage } from './stage.ts';
import type { DropWindow } from './tlds.ts';

export interface CadenceStep {
  /** From so long before the expected instant on; the last step of a phase has none, and holds before. */
  withinMs?: number;
  everyMs: number;
}

export const PHASES = ['kept', 'leaving', 'last', 'unknown'] as const;
export type Phase = (typeof PHASES)[number];

export interface Cadence {
  version: string;
  /** The part of a pause by which it may be shorter or longer, so that names do not ask in step. */
  jitter: number;
  /** Densest first. */
  steps: Record<Phase, CadenceStep[]>;
  /** Once the instant at which it was to be freed is over: `withinMs` is how long ago. */
  overdue?: CadenceStep[];
}

/** What of a look says how often the name is polled. */
export interface Polled {
  stage: Stage;
  last?: boolean;
  drop?: DropWindow;
  freed?: Span;
  /** The names of its registry are usually freed at this time of a day. */
  usual?: number;
  /** Since when it is in this stage. */
  since?: { first: number };
  next?: NextStep;
  cadence?: Cadence;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of looks that were taken before the cadence came with them. */
const UNTOLD: Cadence = {
  version: 'untold',
  jitter: 0.1,
  steps: {
    kept: [{ everyMs: 6 * HOUR_MS }],
    leaving: [{ everyMs: 6 * HOUR_MS }],
    last: [{ withinMs: HOUR_MS, everyMs: MINUTE_MS }, { everyMs: HOUR_MS }],
    unknown: [{ everyMs: 5 * MINUTE_MS }],
  },
};

const LEAVING: readonly Stage[] = ['auto_renew_grace', 'redemption', 'pending_restore'];

function phaseOf({ stage, last = false }: Polled): Phase {
  if (last || stage === 'pending_delete') return 'last';
  if (stage === 'unknown') return 'unknown';
  return LEAVING.includes(stage) ? 'leaving' : 'kept';
}

/** When a name in its last stage is expected to be freed. */
const releaseOf = (polled: Polled): Span | undefined =>
  phaseOf(polled) === 'last' ? (polled.drop ?? polled.freed) : undefined;

/** When the hour ends that begins at the usual time, of a name in its last stage of which nothing else is foretold. */
function usualHourEnd(polled: Polled, now: number): number | undefined {
  const { usual } = polled;
  if (usual === undefined || phaseOf(polled) !== 'last' || releaseOf(polled)) return undefined;
  const end = usual + HOUR_MS;
  return end + DAY_MS * (Math.floor((now - end) / DAY_MS) + 1);
}

/** What the name moves towards; an instant at which somebody merely asks again is none. */
function expectedAt(polled: Polled, now: number): number | undefined {
  if (phaseOf(polled) === 'last') return releaseOf(polled)?.earliest ?? usualHourEnd(polled, now);
  return polled.next && polled.next.what !== 'registry_check' ? polled.next.at : undefined;
}

/** May it be freed at any moment? Public registration data is minutes or hours behind then. */
export const isDue = (polled: Polled, now: number): boolean =>
  now >= (releaseOf(polled)?.earliest ?? (usualHourEnd(polled, now) ?? Infinity) - HOUR_MS);

function stepAt(polled: Polled, now: number): { step: CadenceStep; denserInMs: number } {
  const { steps, overdue = [] } = polled.cadence ?? UNTOLD;
  const overInMs = (overdue.length > 0 ? (releaseOf(polled)?.latest ?? Infinity) : Infinity) - now;
  if (overInMs <= 0) {
    return { step: stepWithin(overdue, -overInMs), denserInMs: Infinity };
  }
  // Nobody knows what a name out of sight moves towards: it is asked about ever more rarely, the longer that is so.
  if (phaseOf(polled) === 'unknown')
    return { step: stepWithin(steps.unknown, now - (polled.since?.first ?? now)), denserInMs: Infinity };
  const leftMs = (expectedAt(polled, now) ?? Infinity) - now;
  const phase = steps[phaseOf(polled)];
  const at = phase.findIndex(({ withinMs = Infinity }) => leftMs < withinMs);
  // Infinitely far is within nothing: the last step, which has no bound, holds.
  const held = at === -1 ? phase.length - 1 : at;
  const denser = phase[held - 1]?.withinMs;
  const denserInMs = denser === undefined ? Infinity : leftMs - denser;
  return { step: phase[held] as CadenceStep, denserInMs: Math.min(denserInMs, overInMs) };
}

/** The step that holds so long after its phase began; the last one for good. */
const stepWithin = (steps: readonly CadenceStep[], forMs: number): CadenceStep =>
  (steps.find(({ withinMs = Infinity }) => forMs < withinMs) ?? steps.at(-1)) as CadenceStep;

/** The pause between two polls now, without its jitter. */
export const pollEveryMs = (polled: Polled, now: number): number => stepAt(polled, now).step.everyMs;

/** How long to pause before the next poll; `random` is 0 to 1. A denser step is not slept past. */
export function nextPollInMs(polled: Polled, now: number, random: number): number {
  const { jitter } = polled.cadence ?? UNTOLD;
  const { step, denserInMs } = stepAt(polled, now);
  const pauseMs = step.everyMs * (1 - jitter + 2 * jitter * random);
  if (denserInMs >= pauseMs) return Math.round(pauseMs);
  const denserMs = pollEveryMs(polled, now + denserInMs + 1);
  return Math.round(Math.min(pauseMs, denserInMs + denserMs * random) + 1);
}

/** A source that did not answer a poll. */
export interface Trouble {
  kind: 'away' | 'refused' | 'nonsense';
  /** How long it asks to be left alone, where it says so. */
  retryAfterMs?: number;
}

const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 10 * MINUTE_MS;

/** When to ask again a source that has failed so many times in a row: not before it asked for. */
export const retryInMs = ({ retryAfterMs }: Pick<Trouble, 'retryAfterMs'>, failures: number): number =>
  retryAfterMs ?? Math.min(FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 10), LONGEST_RETRY_MS);

/**
 * The cheap source failed. It is asked again where a poll would not be late for it; else the other one answers in its place. One that
 * refuses or talks nonsense does not mend within minutes.
 */
export function standIn(
  trouble: Trouble,
  { failures, sinceAnswerMs, everyMs }: { failures: number; sinceAnswerMs: number; everyMs: number },
): { ask: 'again'; inMs: number } | { ask: 'other' } {
  const inMs = retryInMs(trouble, failures);
  const patienceMs = Math.min(LONGEST_RETRY_MS, everyMs / 2);
  const inTime = sinceAnswerMs + inMs <= everyMs + patienceMs;
  return trouble.kind === 'away' && inTime ? { ask: 'again', inMs } : { ask: 'other' };
}
