/**
 * When a registry's schedule opens, by the wall clock of its zone on both sides of a change of clocks. Where zone, hour or length are
 * unknown the answer is as wide as that makes it. Instants in epoch ms.
 */
import { DateTime } from 'luxon';
import type { Known, Schedule, StageLength } from './tlds.ts';

/** Not before one instant, and at the latest at the other. */
export interface Span {
  earliest: number;
  latest: number;
}

/** A date begins first here and ends last there, whatever zone it is meant in. */
const ANYWHERE = ['UTC+14', 'UTC-12'];
const zonesOf = (zone: Known<string>): string[] => (zone === 'unknown' ? ANYWHERE : [zone]);

/** One hour, day, week or month of a schedule: the runs that begin in it, and when all of them are over. */
interface Turn {
  runs: number[];
  until: number;
}

const DAY_MS = 86_400_000;
const LONGEST_MS = { hour: 3_600_000, day: 26 * 3_600_000, week: 8 * DAY_MS, month: 32 * DAY_MS };

/** Turns in order without an end, from the one around the instant. */
function* turns(around: number, zone: string, schedule: Schedule): Generator<Turn, never> {
  const days = matchingDays(around, zone, schedule);
  let begun = runsOf(days.next().value, schedule);
  for (;;) {
    const following = runsOf(days.next().value, schedule);
    yield { runs: begun.runs, until: begun.until ?? (following.runs[0] as number) };
    begun = following;
  }
}

function* matchingDays(around: number, zone: string, { every, on = 1 }: Schedule): Generator<DateTime, never> {
  const from = DateTime.fromMillis(around, { zone });
  const today = from.startOf('day');
  for (let n = 0; ; n++) {
    if (every === 'hour') yield from.startOf('hour').plus({ hours: n });
    else if (every === 'day') yield today.plus({ days: n });
    else if (every === 'week') yield today.plus({ days: ((on - today.weekday + 7) % 7) + 7 * n });
    else {
      const day = today.startOf('month').plus({ months: n, days: on - 1 });
      // A month that is shorter has no such day.
      if (day.day === on && day >= today) yield day;
    }
  }
}

/** `until` is undefined where nobody said how long a run takes: it is over when the next turn begins. */
function runsOf(start: DateTime, { every, times, lengthMs }: Schedule): { runs: number[]; until: number | undefined } {
  if (times === 'unknown') return { runs: [start.toMillis()], until: start.plus({ days: 1 }).toMillis() };
  const runs = times.map(({ hour, minute }) =>
    start.set(every === 'hour' ? { minute } : { hour, minute, second: 0, millisecond: 0 }).toMillis(),
  );
  return { runs, until: lengthMs === 'unknown' ? undefined : (runs.at(-1) as number) + lengthMs };
}

/**
 * Between when a name comes free whose last stage ends between these: from the first run that can take it to the end of the turn that
 * must. A turn that is over by `now` did not free it: the next one may.
 */
export function openingAfter(ends: Span, schedule: Schedule, now: number): Span {
  const { every, lengthMs, times } = schedule;
  const back = lengthMs === 'unknown' || times === 'unknown' ? LONGEST_MS[every] : lengthMs - 1;
  const seen = zonesOf(schedule.zone).map((zone) => ({
    earliest: firstRun(Math.max(ends.earliest, now - back), zone, schedule, now),
    latest: endOfTurn(Math.max(ends.latest, now - back), zone, schedule, now),
  }));
  return {
    earliest: Math.min(...seen.map(({ earliest }) => earliest)),
    latest: Math.max(...seen.map(({ latest }) => latest)),
  };
}

function firstRun(from: number, zone: string, schedule: Schedule, now: number): number {
  const wholeDay = schedule.times === 'unknown';
  for (const { runs, until } of turns(from, zone, schedule)) {
    if (until <= now || until <= from) continue;
    const run = wholeDay ? Math.max(from, runs[0] as number) : runs.find((begins) => begins >= from);
    if (run !== undefined) return run;
  }
  throw new Error('a schedule has no end');
}

function endOfTurn(from: number, zone: string, schedule: Schedule, now: number): number {
  for (const { runs, until } of turns(from, zone, schedule))
    if ((runs[0] as number) >= from && until > now) return until;
  throw new Error('a schedule has no end');
}

/** The day on which the last stage ends; in an unknown zone that is any day with the instant in it. */
export function dayOf(ends: Span, zone: Known<string>): Span {
  if (zone === 'unknown') return { earliest: ends.earliest - DAY_MS, latest: ends.latest + DAY_MS };
  const start = (at: number) => DateTime.fromMillis(at, { zone }).startOf('day');
  return { earliest: start(ends.earliest).toMillis(), latest: start(ends.latest).plus({ days: 1 }).toMillis() };
}

/** When a stage that began between these ends. Undefined: nobody knows how long it lasts. */
export function endOfStage(start: Span, length: Known<StageLength>): Span | undefined {
  if (length === 'unknown') return undefined;
  if ('toDayOfMonth' in length) {
    const { toDayOfMonth: on, zone } = length;
    const days: Schedule = { zone, every: 'month', on, times: [{ hour: 0, minute: 0 }], lengthMs: 1 };
    const end = (at: number) => firstRun(at, zone, days, -Infinity);
    return { earliest: end(start.earliest), latest: end(start.latest) };
  }
  if (length.maxMs === 'unknown') return undefined;
  return { earliest: start.earliest + length.minMs, latest: start.latest + length.maxMs };
}

/** The longest a stage lasts, where that is known. */
export function longest(length: Known<StageLength>): number | undefined {
  if (length === 'unknown') return undefined;
  if ('toDayOfMonth' in length) return 31 * DAY_MS;
  return length.maxMs === 'unknown' ? undefined : length.maxMs;
}
