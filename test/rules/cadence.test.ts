/** How often a name is asked about, and who answers where one source does not. */
import fc from 'fast-check';
import { CADENCE } from '../../registry/cadence.ts';
import { isDue, nextPollInMs, pollEveryMs, retryInMs, standIn, type Polled } from '../../rules/cadence.ts';
import { STAGES, type Stage } from '../../rules/stage.ts';
import { at, DAY_MS, HOUR_MS } from './world.ts';

const MINUTE_MS = 60_000;
const DROP = at('2026-04-25T18:00:00Z');
const drop = { earliest: DROP, latest: DROP + HOUR_MS, source: 'policy', confidence: 'estimated' } as const;

const name = (stage: Stage, over: Partial<Polled> = {}): Polled => ({
  stage,
  drop,
  next: { what: 'redemption', at: DROP },
  cadence: CADENCE,
  ...over,
});

test.each<[string, Stage, number]>([
  ['2026-04-21T00:00:00Z', 'pending_delete', HOUR_MS],
  ['2026-04-25T12:00:00Z', 'pending_delete', HOUR_MS],
  ['2026-04-25T12:00:00.001Z', 'pending_delete', 20 * MINUTE_MS],
  ['2026-04-25T17:00:00Z', 'pending_delete', 20 * MINUTE_MS],
  ['2026-04-25T17:00:00.001Z', 'pending_delete', MINUTE_MS],
  ['2026-04-25T18:30:00Z', 'pending_delete', MINUTE_MS],
  ['2026-04-21T00:00:00Z', 'redemption', 6 * HOUR_MS],
  ['2026-04-24T18:00:00.001Z', 'redemption', HOUR_MS],
  ['2026-04-21T00:00:00Z', 'registered', 6 * HOUR_MS],
  ['2026-04-25T17:00:00Z', 'registered', HOUR_MS],
  ['2026-04-21T00:00:00Z', 'unknown', 5 * MINUTE_MS],
])('at %s a name in %s is asked about every %d ms', (now, stage, everyMs) =>
  expect(pollEveryMs(name(stage), at(now))).toBe(everyMs),
);

test.each([
  ['just lost from sight', 0, 5 * MINUTE_MS],
  ['for almost a day', 24 * HOUR_MS - 1, 5 * MINUTE_MS],
  ['for a day', 24 * HOUR_MS, HOUR_MS],
  ['for a year', 365 * 24 * HOUR_MS, HOUR_MS],
])('a name that is out of sight, %s', (_what, forMs, everyMs) => {
  const now = at('2026-04-21T00:00:00Z');
  const hidden = name('unknown', { since: { first: now - forMs } });
  expect(pollEveryMs(hidden, now)).toBe(everyMs);
  expect(nextPollInMs(hidden, now, 0.5)).toBe(everyMs);
});

const exactly = { ...drop, latest: DROP, source: 'drop_list', confidence: 'published' } as const;

test.each<[string, Partial<Polled>, string, number]>([
  ['a listed instant is just over', { drop: exactly }, '2026-04-25T18:00:00Z', 5_000],
  ['it is over by ten minutes', { drop: exactly }, '2026-04-25T18:10:00Z', 30_000],
  ['it is over by an hour', { drop: exactly }, '2026-04-25T19:00:00Z', 5 * MINUTE_MS],
  ['it is over by a day', { drop: exactly }, '2026-04-26T18:00:00Z', HOUR_MS],
  ['a window is open', {}, '2026-04-25T18:59:59.999Z', MINUTE_MS],
  ['a window is over', {}, '2026-04-25T19:00:00Z', 5_000],
])('while %s and the name is still there, it is asked about every so many ms', (_what, over, now, everyMs) =>
  expect(pollEveryMs(name('pending_delete', over), at(now))).toBe(everyMs),
);

test('a name whose drop nobody foretells is asked about densely once its last stage is over', () => {
  const { drop: _, ...rest } = name('redemption', { last: true });
  const polled = { ...rest, freed: { earliest: DROP, latest: DROP } };
  const minutes = [-7 * 60, -120, -30, 0, 30].map((minute) => pollEveryMs(polled, DROP + minute * MINUTE_MS));
  expect(minutes).toEqual([HOUR_MS, 20 * MINUTE_MS, MINUTE_MS, 5_000, 30_000]);
  expect([DROP - 1, DROP].map((now) => isDue(polled, now))).toEqual([false, true]);
  expect(isDue(rest, DROP + DAY_MS)).toBe(false);
});

test('where names are usually freed at one time of the day, they are asked about densely and by EPP in the hour from then on, each day', () => {
  const { drop: _, ...rest } = name('pending_delete');
  const polled = { ...rest, usual: DROP };
  for (const day of [0, 1, 30]) {
    const usual = DROP + day * DAY_MS;
    const minutes = [-6 * 60, -120, 0.1, 59.9, 60.1].map((minute) => pollEveryMs(polled, usual + minute * MINUTE_MS));
    expect(minutes).toEqual([HOUR_MS, 20 * MINUTE_MS, MINUTE_MS, MINUTE_MS, HOUR_MS]);
    const instants = [usual - 1, usual, usual + HOUR_MS - 1, usual + HOUR_MS];
    expect(instants.map((now) => isDue(polled, now))).toEqual([false, true, true, false]);
    expect(nextPollInMs(polled, usual - 5 * MINUTE_MS, 1)).toBeLessThanOrEqual(6 * MINUTE_MS + 1);
  }
  expect(isDue({ ...polled, stage: 'redemption' }, DROP)).toBe(false);
  expect(pollEveryMs({ ...polled, drop }, DROP - 2 * HOUR_MS)).toBe(20 * MINUTE_MS);
});

test('a poll before the instant sleeps no more than seconds past it', () =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 70_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (beforeMs, random) => {
      const from = DROP - beforeMs;
      const pauseMs = nextPollInMs(name('pending_delete', { drop: exactly }), from, random);
      expect(from + pauseMs).toBeLessThanOrEqual(DROP + 5_001);
    }),
  ));

test('that somebody will ask again tomorrow makes no name more interesting today', () => {
  const asked = name('redemption', { next: { what: 'registry_check', at: DROP } });
  expect(pollEveryMs(asked, DROP - HOUR_MS)).toBe(6 * HOUR_MS);
});

test('a stage from which a registry frees names is asked about as pending delete is', () => {
  const now = at('2026-04-25T17:30:00Z');
  expect(pollEveryMs(name('redemption', { last: true }), now)).toBe(pollEveryMs(name('pending_delete'), now));
});

test('a look from before cadences were told is followed as it was then', () => {
  const { cadence: _, ...old } = name('pending_delete');
  expect([pollEveryMs(old, DROP - 2 * HOUR_MS), pollEveryMs(old, DROP - 30 * MINUTE_MS)]).toEqual([HOUR_MS, MINUTE_MS]);
});

const anyName = fc
  .record({ stage: fc.constantFrom(...STAGES), last: fc.boolean() })
  .map(({ stage, last }) => name(stage, { last }));
const anyNow = fc.integer({ min: DROP - 60 * DAY_MS, max: DROP + 60 * DAY_MS });
const anyLuck = fc.double({ min: 0, max: 1, noNaN: true });

test('a pause is jittered, and never long past the beginning of a denser one', () =>
  fc.assert(
    fc.property(anyName, anyNow, anyLuck, (polled, now, random) => {
      const pauseMs = nextPollInMs(polled, now, random);
      const everyMs = pollEveryMs(polled, now);
      expect(pauseMs).toBeGreaterThan(0);
      expect(pauseMs).toBeLessThanOrEqual(Math.ceil(1.1 * everyMs));
      const denserMs = pollEveryMs(polled, now + pauseMs);
      // Shorter than the jitter allows only where the next pause is shorter too.
      if (pauseMs < Math.floor(0.9 * everyMs)) expect(denserMs).toBeLessThan(everyMs);
    }),
  ));

test('names that are asked about in step come out of it', () => {
  const pauses = [0, 0.25, 0.5, 0.75, 1].map((random) => nextPollInMs(name('redemption'), DROP - 30 * DAY_MS, random));
  expect(pauses).toEqual([5.4, 5.7, 6, 6.3, 6.6].map((hours) => hours * HOUR_MS));
});

test('in the last hour a name is asked about every minute, though it was asked about an hour before', () => {
  const polls = [];
  for (let now = DROP - 3 * HOUR_MS; now < DROP; now += nextPollInMs(name('pending_delete'), now, 0.5)) polls.push(now);
  expect(polls.filter((now) => now > DROP - HOUR_MS).length).toBeGreaterThan(55);
});

test.each<[string, Parameters<typeof standIn>[0], number, 'again' | 'other']>([
  ['is away just now', { kind: 'away' }, 6 * HOUR_MS, 'again'],
  ['asks for a minute', { kind: 'away', retryAfterMs: MINUTE_MS }, 6 * HOUR_MS, 'again'],
  ['asks for a day', { kind: 'away', retryAfterMs: DAY_MS }, 6 * HOUR_MS, 'other'],
  ['is still away', { kind: 'away' }, 6 * HOUR_MS + 10 * MINUTE_MS, 'other'],
  ['asks for a day right after an answer', { kind: 'away', retryAfterMs: DAY_MS }, 0, 'other'],
  ['refuses', { kind: 'refused' }, 0, 'other'],
  ['talks nonsense', { kind: 'nonsense' }, 0, 'other'],
])('where RDAP %s, who is asked', (_what, trouble, sinceAnswerMs, who) =>
  expect(standIn(trouble, { failures: 1, sinceAnswerMs, everyMs: 6 * HOUR_MS }).ask).toBe(who),
);

test('a source is asked again ever more slowly, and never before it asked for', () => {
  expect([1, 2, 3, 4, 5, 6, 50].map((failures) => retryInMs({}, failures) / 1_000)).toEqual([
    30, 60, 120, 240, 480, 600, 600,
  ]);
  expect(retryInMs({ retryAfterMs: DAY_MS }, 1)).toBe(DAY_MS);
});
