/** A sandbox name's life, told as dated films under .com's policy. */
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { batchDropAt, DAY_MS } from '../../registry/sandbox/calendar.ts';
import {
  completeStory,
  type DomainFacts,
  type Happening,
  type Story,
  type StoryInput,
} from '../../registry/sandbox/facts.ts';
import { film } from '../../registry/sandbox/film.ts';
import { nextTransition, project, purgeOf, stageName, stagesOf } from '../../registry/sandbox/projection.ts';
import type { DomainState } from '../../registry/sandbox/state.ts';
import { at, iso } from './world.ts';

function facts(given: StoryInput, happened: Happening[] = [], now = at('2026-01-01T00:00:00Z')): DomainFacts {
  const completed = completeStory(given, now);
  if (completed.kind !== 'story') throw new Error(completed.detail);
  return { name: 'film.test', story: completed.story, happened };
}

const expiring: StoryInput = { registered_at: at('2020-01-01T12:00:00Z'), expires_at: at('2026-01-01T12:00:00Z') };
const shown = (state: DomainState) =>
  state.kind === 'registered' ? `${stageName(state)} until ${iso(state.expiresAt)?.slice(0, 10)}` : state.kind;

test.each([
  ['2026-01-01T11:59:59.999Z', 'registered until 2026-01-01'],
  ['2026-01-01T12:00:00.000Z', 'auto_renew_grace until 2027-01-01'],
  ['2026-02-15T11:59:59.999Z', 'auto_renew_grace until 2027-01-01'],
  ['2026-02-15T12:00:00.000Z', 'redemption until 2026-01-01'],
  ['2026-03-17T11:59:59.999Z', 'redemption until 2026-01-01'],
  ['2026-03-17T12:00:00.000Z', 'pending_delete until 2026-01-01'],
  ['2026-03-22T17:59:59.999Z', 'pending_delete until 2026-01-01'],
  ['2026-03-22T19:00:00.000Z', 'free'],
])('a name its owner lets go is, at %s, %s', (instant, expected) => {
  expect(shown(project(facts(expiring), at(instant)))).toBe(expected);
});

test('redemption and pending delete are both pendingDelete to EPP, and only RGP tells them apart', () => {
  const states = ['2026-03-01T00:00:00Z', '2026-03-18T00:00:00Z'].map((instant) =>
    project(facts(expiring), at(instant)),
  );
  expect(states).toMatchObject([
    { statuses: ['pendingDelete'], rgp: ['redemptionPeriod'] },
    { statuses: ['pendingDelete'], rgp: ['pendingDelete'] },
  ]);
});

test.each([
  // New York is five hours behind UTC in winter, four in summer; the clocks change on 2026-03-08 and 2026-11-01.
  ['2026-03-07T18:59:59Z', '2026-03-07T19:00:00.000Z'],
  ['2026-03-07T19:00:00Z', '2026-03-07T19:00:00.000Z'],
  ['2026-03-07T19:00:01Z', '2026-03-08T18:00:00.000Z'],
  ['2026-03-08T18:00:00Z', '2026-03-08T18:00:00.000Z'],
  ['2026-10-31T18:00:01Z', '2026-11-01T19:00:00.000Z'],
  ['2026-11-01T19:00:00Z', '2026-11-01T19:00:00.000Z'],
])('a name whose five days end at %s drops within the hour from %s', (end, opens) => {
  const drop = batchDropAt('film.test', at(end));
  expect(drop).toBeGreaterThanOrEqual(at(opens));
  expect(drop).toBeLessThan(at(opens) + 3_600_000);
  expect(drop % 1000).toBe(0);
  expect(batchDropAt('film.test', at(end))).toBe(drop);
});

test('a batch is spread over its hour', () => {
  const drops = Array.from({ length: 200 }, (_, nth) => batchDropAt(`name${nth}.test`, at('2026-06-01T00:00:00Z')));
  expect(new Set(drops).size).toBeGreaterThan(150);
});

test.each<[string, StoryInput, string, string]>([
  ['the day before its date', { owner: 'renews' }, '2025-12-31T12:00:00.000Z', 'registered until 2027-01-01'],
  [
    'in auto-renew grace',
    { owner: 'renews', owner_acts_at: at('2026-01-20T00:00:00Z') },
    '2026-01-20T00:00:00.000Z',
    'registered until 2027-01-01',
  ],
  [
    'in redemption',
    { owner: 'renews', owner_acts_at: at('2026-03-01T00:00:00Z') },
    '2026-03-01T00:00:00.000Z',
    'registered until 2027-01-01',
  ],
])('an owner who acts %s keeps the name, with its ROID', (_when, given, instant, expected) => {
  const kept = facts({ ...expiring, ...given });
  const [before, then] = [project(kept, at(instant) - 1), project(kept, at(instant))];
  expect(shown(before)).not.toBe(expected);
  expect(shown(then)).toBe(expected);
  expect(then).toMatchObject({ rgp: [], statuses: ['ok'], roid: (before as { roid: string }).roid });
  expect(purgeOf(kept)).toBeNull();
  expect(project(kept, at('2040-06-01T00:00:00Z'))).toMatchObject({ kind: 'registered', statuses: ['ok'] });
});

test.each(['2026-03-18T00:00:00Z', '2026-04-18T00:00:00Z'])('an owner who acts at %s is too late', (acts) => {
  const late = facts({ ...expiring, owner: 'renews', owner_acts_at: at(acts) });
  expect(project(late, at('2026-05-01T00:00:00Z'))).toEqual({ kind: 'free' });
});

const drop = at('2026-01-01T00:00:10Z');
test.each<[string, StoryInput, string[]]>([
  [
    'only its drop',
    { drops_at: drop },
    ['auto_renew_grace 2025-10-13', 'redemption 2025-11-27', 'pending_delete 2025-12-27', 'available 2026-01-01'],
  ],
  [
    'a date still to come',
    { drops_at: drop, registered_at: at('2020-01-01T00:00:00Z'), expires_at: at('2027-01-01T00:00:00Z') },
    ['redemption 2025-11-27', 'pending_delete 2025-12-27', 'available 2026-01-01'],
  ],
  [
    'a date long past',
    { drops_at: drop, registered_at: at('2020-01-01T00:00:00Z'), expires_at: at('2025-01-01T00:00:00Z') },
    ['auto_renew_grace 2025-01-01', 'redemption 2025-02-15', 'pending_delete 2025-03-17', 'available 2026-01-01'],
  ],
  [
    'a deletion told',
    {
      drops_at: drop,
      registered_at: at('2020-01-01T00:00:00Z'),
      expires_at: at('2025-11-20T00:00:00Z'),
      registrar_deletes_at: at('2025-12-01T00:00:00Z'),
    },
    ['auto_renew_grace 2025-11-20', 'redemption 2025-12-01', 'pending_delete 2025-12-27', 'available 2026-01-01'],
  ],
  [
    'a deletion told for the last days',
    {
      drops_at: drop,
      registered_at: at('2020-01-01T00:00:00Z'),
      expires_at: at('2025-11-20T00:00:00Z'),
      registrar_deletes_at: at('2025-12-30T00:00:00Z'),
    },
    ['auto_renew_grace 2025-11-20', 'pending_delete 2025-12-30', 'available 2026-01-01'],
  ],
])('a drop that is written down keeps the order of stages: %s', (_what, given, stages) => {
  const told = stagesOf(facts(given)).slice(1);
  expect(told.map(({ stage, from }) => `${stage} ${iso(from)?.slice(0, 10)}`)).toEqual(stages);
  expect(purgeOf(facts(given))).toBe(drop);
  expect(stageName(project(facts(given), drop - 10_000))).toBe('pending_delete');
});

test.each([
  [true, 'other-catcher'],
  ['quickcatch', 'quickcatch'],
])('a name caught by another (%s) is never free, and has a new ROID', (caught_by_other, sponsor) => {
  const lost = facts({ drops_at: drop, caught_by_other });
  const [before, then] = [project(lost, drop - 1), project(lost, drop)];
  expect(then).toMatchObject({ kind: 'registered', sponsor, createdAt: drop, rgp: ['addPeriod'] });
  expect((then as { roid: string }).roid).not.toBe((before as { roid: string }).roid);
  expect(purgeOf(lost)).toBe(drop);
});

test.each([
  [2306, 'withheld'],
  [2304, 'withheld'],
  [2104, 'free'],
])('a name whose creates are answered %d is %s after its drop', (create_result, kind) => {
  expect(project(facts({ drops_at: drop, create_result }), drop).kind).toBe(kind);
});

const caught: Happening = {
  kind: 'create',
  at: drop + 1,
  roid: 'DNEW-TEST',
  clid: 'backorder',
  expiresAt: at('2027-01-01T00:00:10.001Z'),
  nameservers: [],
  contacts: [],
  authInfo: 'x',
};
test.each<[string, Happening[], string[]]>([
  [
    'is in add grace for five days, then simply held',
    [],
    ['registered 2026-01-01', 'registered 2026-01-06', 'auto_renew_grace 2027-01-01', 'registered 2027-02-15'],
  ],
  [
    'is gone at once when deleted within five days',
    [{ kind: 'delete', at: drop + DAY_MS }],
    ['registered 2026-01-01', 'available 2026-01-02'],
  ],
  [
    'goes through redemption when deleted later',
    [{ kind: 'delete', at: drop + 10 * DAY_MS }],
    [
      'registered 2026-01-01',
      'registered 2026-01-06',
      'redemption 2026-01-11',
      'pending_delete 2026-02-10',
      'available 2026-02-15',
    ],
  ],
])('a name created by EPP %s', (_what, then, stages) => {
  const history: string[] = [];
  for (const { from, state } of film(facts({ drops_at: drop }, [caught, ...then]))) {
    if (from > drop) history.push(`${stageName(state)} ${iso(from)?.slice(0, 10)}`);
    if (history.length === stages.length) break;
  }
  expect(history).toEqual(stages);
});

test.each<[StoryInput, string]>([
  [{ registered_at: 5, expires_at: 5 }, 'expires_at'],
  [{ registered_at: at('2020-01-01'), expires_at: at('2021-01-01'), drops_at: at('2019-01-01') }, 'drops_at'],
  [
    {
      registered_at: at('2020-01-01'),
      expires_at: at('2021-01-01'),
      registrar_deletes_at: at('2021-02-01'),
      drops_at: at('2021-02-01'),
    },
    'drops_at',
  ],
])('a story that contradicts itself is refused, naming the field: %o', (given, param) => {
  expect(completeStory(given, 0)).toMatchObject({ kind: 'refused', param });
});

const day = (from: string, to: string) => fc.integer({ min: at(from), max: at(to) });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const stories = fc
  .record({
    registered_at: day('2010-01-01', '2018-01-01'),
    expires_at: day('2018-01-02', '2026-01-01'),
    owner: fc.constantFrom<Story['owner']>('lets_go', 'renews'),
    owner_acts_at: maybe(day('2018-01-02', '2026-06-01')),
    registrar_deletes_at: maybe(day('2018-01-02', '2026-03-01')),
    drops_at: maybe(day('2018-06-01', '2026-09-01')),
    caught_by_other: maybe(fc.boolean()),
    create_result: maybe(fc.constantFrom(2104, 2306)),
  })
  .map((given) =>
    completeStory(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)), 0),
  )
  .filter((completed) => completed.kind === 'story')
  .map(({ story }): DomainFacts => ({ name: 'any.test', story, happened: [] }));
/** The same, with a catch after the purge and what its registrar then does. */
const histories = fc
  .tuple(
    stories,
    fc.integer({ min: 0, max: 40 * DAY_MS }),
    maybe(fc.integer({ min: 1, max: 900 * DAY_MS })),
    fc.constantFrom('renew', 'delete'),
  )
  .map(([told, wait, later, act]): DomainFacts => {
    const purge = purgeOf(told);
    if (purge === null || project(told, purge).kind !== 'free') return told;
    const created: Happening = { ...caught, at: purge + wait, expiresAt: purge + wait + 365 * DAY_MS };
    if (later === undefined) return { ...told, happened: [created] };
    const then = created.at + later;
    const held = project({ ...told, happened: [created] }, then);
    if (held.kind !== 'registered') return told;
    const done: Happening =
      act === 'renew'
        ? { kind: 'renew', at: then, expiresAt: held.expiresAt + 365 * DAY_MS }
        : { kind: 'delete', at: then };
    return { ...told, happened: [created, done] };
  });

test('the next transition is where the projection changes, and nothing changes in between', () => {
  fc.assert(
    fc.property(
      histories,
      day('2017-01-01', '2032-01-01'),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (told, now, between) => {
        const next = nextTransition(told, now);
        const state = project(told, now);
        if (next === null) return expect(project(told, at('2190-01-01'))).toEqual(state);
        expect(next).toBeGreaterThan(now);
        expect(project(told, Math.floor(now + (next - 1 - now) * between))).toEqual(state);
        expect(project(told, next - 1)).toEqual(state);
        return expect(project(told, next)).not.toEqual(state);
      },
    ),
    { numRuns: 500 },
  );
});

test('the stages of a name that is let go come in their order, whatever is written down', () => {
  const order = ['registered', 'auto_renew_grace', 'redemption', 'pending_delete', 'available', 'withheld'];
  fc.assert(
    fc.property(stories, (told) => {
      const { story } = told;
      if (story?.owner !== 'lets_go' || story.caught_by_other) return;
      // Past its 45 days of grace a name counts as kept, until it is deleted after all.
      if ((story.registrar_deletes_at ?? 0) > story.expires_at + 45 * DAY_MS) return;
      const stages = stagesOf(told);
      const ranks = stages.map(({ stage }) => order.indexOf(stage));
      expect(ranks).toEqual([...ranks].sort((one, other) => one - other));
      expect(stages.at(-2)?.stage).toBe('pending_delete');
      const purge = purgeOf(told) ?? 0;
      if (story.drops_at !== undefined) expect(purge).toBe(story.drops_at);
      else expect(DateTime.fromMillis(purge, { zone: 'America/New_York' }).hour).toBe(14);
    }),
    { numRuns: 300 },
  );
});
