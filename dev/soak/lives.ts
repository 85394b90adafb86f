/** What becomes of each name: on one of the test clocks or in real time, let go, kept, deleted early, caught by another or refused to us. */
import { awardTerms } from './award-plan.ts';
import type { Dice } from './dice.ts';

export const DAY_MS = 86_400_000;
/** Where every test clock begins. */
export const START = Date.UTC(2026, 0, 1);
/** The last name on a clock drops by then; and by this day each award, with every offer in it, has come to its end. */
export const LAST_DROP_DAY = 140;
export const END_DAY = 300;
export const day = (count: number): number => START + Math.round(count * DAY_MS);

export interface Life {
  name: string;
  /** Which of the clocks; undefined: real time. */
  clock?: number;
  /** When it is written, ms after the beginning. Names on a clock are there from the start. */
  putAfterMs: number;
  /** In real time: it drops so long after it was written. Undefined: it stays registered. */
  dropsInMs?: number;
  /** The sandbox's facts and settings. Instants in epoch ms. */
  facts: Record<string, unknown>;
  /** Drops soon, and several want it from the start. */
  contested: boolean;
  /** Creates are refused until somebody mends that. */
  refused: boolean;
}

const REFUSALS = [2104, 2304, 2306];

/** `kept` names leave their claims waiting; each of the others ends all of them. */
export function lifeOnClock(dice: Dice, name: string, clock: number): Life {
  const expiry = dice.between(5, 40);
  const facts = { registered_at: day(expiry - 365), expires_at: day(expiry), ...awardTerms(dice, true) };
  const redemption = expiry + 45;
  const life = (more: object, refused = false, contested = false): Life => ({
    name,
    clock,
    putAfterMs: 0,
    contested,
    facts: { ...facts, ...more },
    refused,
  });
  const renews = (at: number) => life({ owner: 'renews', owner_acts_at: day(at) });
  return dice.weighed<() => Life>([
    [16, () => life({})],
    [45, () => life(leaving(dice.between(1, 15)), false, true)],
    [8, () => renews(expiry - 0.01)],
    [8, () => renews(expiry + dice.between(1, 44))],
    [8, () => renews(redemption + dice.between(1, 29))],
    [12, () => life({ registrar_deletes_at: day(expiry + dice.between(-4, 20)) })],
    [14, () => life({ caught_by_other: true })],
    [6, () => life({ drops_at: day(redemption + 35 + dice.between(0, 5) + 0.5) })],
    [8, () => life({ create_result: dice.pick(REFUSALS) }, true)],
  ])();
}

/** In redemption or later from the start. */
const leaving = (dropDay: number): object => ({
  registered_at: day(dropDay - 80 - 365),
  expires_at: day(dropDay - 80),
});

export function lifeInRealTime(dice: Dice, name: string, durationMs: number): Life {
  const putAfterMs = dice.between(0, durationMs * 0.6);
  const terms = awardTerms(dice, false);
  const drops = (more: object, refused = false): Life => ({
    name,
    putAfterMs,
    contested: true,
    dropsInMs: dice.between(8_000, 30_000),
    facts: { ...terms, ...more },
    refused,
  });
  return dice.weighed<() => Life>([
    [60, () => drops({})],
    [20, () => drops({ caught_by_other: true })],
    [10, () => drops({ create_result: 2104 }, true)],
    [
      10,
      () => ({
        name,
        putAfterMs,
        contested: false,
        facts: { registered_at: day(-300), expires_at: day(1_500) },
        refused: false,
      }),
    ],
  ])();
}
