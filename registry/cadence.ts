/**
 * How often names are polled. Not part of rules/: it reaches workflows as an activity's answer, with its version. A name that leaves may
 * be renewed, restored or purged at any hour, so the day before each expected instant is watched more closely, and the last hour closely.
 * What is not freed at its instant may be at any second, and is forgotten only slowly.
 */
import type { Cadence } from '../rules/cadence.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const CADENCE: Cadence = {
  version: '2026-11-26',
  jitter: 0.1,
  steps: {
    kept: [{ withinMs: DAY_MS, everyMs: HOUR_MS }, { everyMs: 6 * HOUR_MS }],
    leaving: [{ withinMs: DAY_MS, everyMs: HOUR_MS }, { everyMs: 6 * HOUR_MS }],
    last: [
      { withinMs: HOUR_MS, everyMs: MINUTE_MS },
      { withinMs: 6 * HOUR_MS, everyMs: 20 * MINUTE_MS },
      { everyMs: HOUR_MS },
    ],
    unknown: [{ withinMs: DAY_MS, everyMs: 5 * MINUTE_MS }, { everyMs: HOUR_MS }],
  },
  overdue: [
    { withinMs: 10 * MINUTE_MS, everyMs: 5_000 },
    { withinMs: HOUR_MS, everyMs: 30_000 },
    { withinMs: DAY_MS, everyMs: 5 * MINUTE_MS },
    { everyMs: HOUR_MS },
  ],
};
