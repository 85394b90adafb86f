/**
 * The whole run from its seed, before anything has started: which names live how, who asks what of the API and when, and which faults
 * strike. Only what is done and in which order comes from the seed; how it falls together in time is the machine's.
 */
import { awardWish, moneyActs, POOR, type AwardWish, type MoneyAct } from './award-plan.ts';
import { Dice } from './dice.ts';
import { planFaults, type PlannedFault } from './fault-plan.ts';
import { day, LAST_DROP_DAY, lifeInRealTime, lifeOnClock, type Life } from './lives.ts';

export const REGISTRARS = 3;
export const CLOCKS = 3;
const NAMES = 50;
const ON_A_CLOCK = 30;
const CUSTOMERS = 8;

/** One request a registrar's program makes, or the operator; `atMs` after the beginning. */
export type Act = { atMs: number } & (
  | { do: 'put'; life: Life }
  | { do: 'advance'; clock: number; toDay: number }
  | Reserve
  | { do: 'repeat' | 'cancel'; reservation: Reserve }
  | { do: 'change'; reservation: Reserve; change: Record<string, unknown> }
  | { do: 'mend'; life: Life }
  | MoneyAct
  | { do: 'support' }
);

export interface Reserve {
  do: 'reserve';
  /** Its Idempotency-Key, also kept in its metadata. */
  key: string;
  registrar: number;
  life: Life;
  customer: string;
  wish: { on_renewal: 'keep_waiting' | 'close'; dry_run: boolean };
  award: AwardWish;
  /** On a clock: epoch ms. In real time: ms from when it is asked. */
  waitUntil?: number;
  prefersAsync: boolean;
  /** Sent twice at once, as a program does that lost patience. */
  twice: boolean;
  /** At the end, if it still waits: its registrar gives it up. */
  givenUp: boolean;
}

export interface Plan {
  seed: number;
  durationMs: number;
  lives: Life[];
  /** In the order in which they are begun. */
  acts: Act[];
  faults: PlannedFault[];
}

export function makePlan(seed: number, durationMs: number): Plan {
  const dice = new Dice(seed);
  const lives = Array.from({ length: NAMES }, (_, i) => {
    const name = `n${String(i + 1).padStart(2, '0')}-${seed}.test`;
    return i < ON_A_CLOCK ? lifeOnClock(dice, name, i % CLOCKS) : lifeInRealTime(dice, name, durationMs);
  });
  const acts = [
    ...lives.flatMap((life) => actsOn(dice, life, durationMs)),
    ...Array.from({ length: CLOCKS }, (_, clock) => advances(dice, clock, durationMs)).flat(),
    ...moneyActs(dice, durationMs),
    ...Array.from({ length: 8 }, (_, i): Act => ({ do: 'support', atMs: (durationMs * (i + 1)) / 8 })),
  ];
  const faults = planFaults(dice, durationMs);
  return { seed, durationMs, lives, acts: acts.toSorted((a, b) => a.atMs - b.atMs), faults };
}

/** Time in leaps of very different lengths, to the end of most lives; the first to where names that drop soon are bid for. */
function advances(dice: Dice, clock: number, durationMs: number): Act[] {
  const leaps = dice.between(2, 5);
  const days = Array.from({ length: leaps }, () => dice.between(10, LAST_DROP_DAY * 10) / 10);
  return [...new Set([dice.between(100, 180) / 10, ...days])]
    .toSorted((a, b) => a - b)
    .map((toDay, i) => ({
      do: 'advance',
      clock,
      toDay,
      atMs: Math.round((durationMs * (i + dice.between(5, 10) / 10)) / (leaps + 2)),
    }));
}

function actsOn(dice: Dice, life: Life, durationMs: number): Act[] {
  // Names on a clock are written before its time first moves.
  const acts: Act[] = life.clock === undefined ? [{ do: 'put', life, atMs: life.putAfterMs }] : [];
  const count = life.contested
    ? dice.between(2, 5)
    : dice.weighed([
        [30, 1],
        [30, 2],
        [20, 3],
        [15, 4],
        [5, 6],
      ] as const);
  for (let i = 0; i < count; i++) acts.push(...journey(dice, life, i, durationMs));
  if (life.refused) acts.push({ do: 'mend', life, atMs: dice.between(durationMs * 0.6, durationMs * 0.95) });
  return acts;
}

/** One customer's wish for a name, and what the customer or the program does about it later. */
function journey(dice: Dice, life: Life, index: number, durationMs: number): Act[] {
  const until =
    life.clock === undefined ? life.putAfterMs + (life.dropsInMs ?? 20_000) : durationMs * (life.contested ? 0.1 : 0.7);
  const atMs = life.putAfterMs + Math.round(((until - life.putAfterMs) * dice.between(0, 100) ** 2) / 10_000);
  const waits = dice.percent(15);
  const reserve: Reserve & { atMs: number } = {
    do: 'reserve',
    atMs,
    key: `${life.name}#${index + 1}`,
    registrar: dice.percent(25) ? POOR : dice.between(0, POOR - 1),
    life,
    customer: `cus-${dice.between(1, CUSTOMERS)}`,
    wish: { on_renewal: dice.percent(30) ? 'close' : 'keep_waiting', dry_run: dice.percent(10) },
    award: awardWish(dice),
    ...(waits && { waitUntil: life.clock === undefined ? dice.between(5_000, 60_000) : day(dice.between(30, 140)) }),
    prefersAsync: dice.percent(20),
    twice: dice.percent(20),
    givenUp: dice.percent(70),
  };
  const later = (): number => dice.between(atMs, durationMs);
  return [
    reserve,
    ...(dice.percent(15) ? [{ do: 'repeat' as const, reservation: reserve, atMs: later() }] : []),
    ...(dice.percent(20) ? [{ do: 'change' as const, reservation: reserve, change: change(dice), atMs: later() }] : []),
    ...(dice.percent(12) ? [{ do: 'cancel' as const, reservation: reserve, atMs: later() }] : []),
  ];
}

const change = (dice: Dice): Record<string, unknown> =>
  dice.pick([
    { on_renewal: 'close' },
    { on_renewal: 'keep_waiting' },
    { budget: { amount: dice.between(20_000, 90_000), currency: 'USD' } },
    { metadata: { note: 'changed' }, customer: { name: 'Another Name' } },
  ]);
