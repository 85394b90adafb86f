/** What each TLD's rules mean for one name: dated facts, and the stages and the drop that follow from them. */
import fc from 'fast-check';
import { forecast, leadsToDrop, ownersExpiry, predict, type RegistrationFacts } from '../../rules/forecast.ts';
import { longest } from '../../rules/openings.ts';
import { STAGES, type Stage } from '../../rules/stage.ts';
import { at, DAY_MS, iso, policies, policy, registration } from './world.ts';

/** Seen registered on 1 February; the owner's registration runs to 1 March 2026, noon UTC. */
const seen = (over: Partial<RegistrationFacts> = {}): RegistrationFacts => ({
  stage: 'registered',
  now: at('2026-02-01T00:00:00Z'),
  registration: registration(),
  ...over,
});
const stages = (tld: string) =>
  predict(seen(), policy(tld))
    .filter(({ stage }) => stage !== 'registered')
    .map(({ stage, until }) => `${stage} until ${iso(until)}`);

const GTLD = [
  'auto_renew_grace until 2026-04-15T12:00:00Z',
  'redemption until 2026-05-15T12:00:00Z',
  'pending_delete until 2026-05-20T12:00:00Z',
];

test.each<[string, string[]]>([
  ['com', GTLD],
  ['net', GTLD],
  ['test', GTLD],
  ['org', GTLD],
  ['biz', GTLD],
  ['info', GTLD],
  ['io', []],
  ['ai', ['auto_renew_grace until 2026-04-15T12:00:00Z', 'redemption until 2026-05-15T12:00:00Z']],
  [
    'uk',
    [
      'auto_renew_grace until 2026-03-31T12:00:00Z',
      'redemption until 2026-05-30T12:00:00Z',
      'pending_delete until 2026-06-04T12:00:00Z',
    ],
  ],
  ['de', ['redemption until 2026-03-31T12:00:00Z']],
  ['fr', ['redemption until 2026-03-31T12:00:00Z']],
  ['eu', ['redemption until 2026-04-10T12:00:00Z']],
  ['nl', ['redemption until 2026-04-10T12:00:00Z']],
  ['be', ['redemption until 2026-04-10T12:00:00Z']],
  ['ch', ['redemption until 2026-04-10T12:00:00Z']],
  ['li', ['redemption until 2026-04-10T12:00:00Z']],
  ['cn', ['auto_renew_grace until 2026-04-15T12:00:00Z', 'redemption until 2026-04-30T12:00:00Z']],
  [
    'ca',
    [
      'auto_renew_grace until 2026-04-15T12:00:00Z',
      'redemption until 2026-05-15T12:00:00Z',
      'pending_delete until 2026-05-25T00:00:00Z',
    ],
  ],
  ['au', ['auto_renew_grace until 2026-03-31T12:00:00Z']],
  ...['se', 'nu'].map((tld): [string, string[]] => [
    tld,
    [
      'auto_renew_grace until 2026-03-11T12:00:00Z',
      'redemption until 2026-05-10T12:00:00Z',
      'pending_delete until 2026-05-17T12:00:00Z',
    ],
  ]),
  [
    'it',
    [
      'auto_renew_grace until 2026-03-16T12:00:00Z',
      'redemption until 2026-04-15T12:00:00Z',
      'pending_delete until 2026-04-20T12:00:00Z',
    ],
  ],
  ['nz', ['redemption until 2026-05-30T12:00:00Z']],
  // To the end of the month and the 20th of the next, by Tokyo's calendar.
  ['jp', ['auto_renew_grace until 2026-03-31T15:00:00Z', 'redemption until 2026-04-19T15:00:00Z']],
  ['ee', ['auto_renew_grace until 2026-04-15T12:00:00Z']],
  ['dk', ['auto_renew_grace until 2026-05-30T12:00:00Z']],
  ['pl', ['auto_renew_grace until 2026-03-31T12:00:00Z']],
  ['sg', ['auto_renew_grace until 2026-03-31T12:00:00Z', 'redemption until 2026-04-30T12:00:00Z']],
])('a .%s nobody renews is expected to go through its stages at the latest so', (tld, expected) =>
  expect(stages(tld)).toEqual(expected),
);

test.each<[string, string, string, 'estimated' | 'uncertain']>([
  ['com', '2026-04-05T18:00:00Z', '2026-05-20T19:00:00Z', 'estimated'],
  ['net', '2026-04-05T18:00:00Z', '2026-05-20T19:00:00Z', 'estimated'],
  ['test', '2026-04-05T18:00:00Z', '2026-05-20T19:00:00Z', 'estimated'],
  // How long the batch takes nobody says: it is over when the next one begins.
  ['org', '2026-04-05T14:30:00Z', '2026-05-21T14:30:00Z', 'uncertain'],
  ['biz', '2026-04-05T17:00:00Z', '2026-05-21T17:00:00Z', 'uncertain'],
  // Neither hour nor zone: to the end of the first whole day, wherever it ends last.
  ['info', '2026-04-05T12:00:00Z', '2026-05-22T10:00:00Z', 'uncertain'],
  ['uk', '2026-06-03T12:00:00Z', '2026-06-05T12:00:00Z', 'estimated'],
  ['eu', '2026-04-09T12:00:00Z', '2026-04-11T12:00:00Z', 'estimated'],
  ['nl', '2026-04-10T12:00:00Z', '2026-04-10T13:00:00Z', 'estimated'],
  // Wednesday the 8th of April begins first at UTC+14; Wednesday the 27th of May ends last at UTC-12.
  ['ca', '2026-04-07T10:00:00Z', '2026-05-28T12:00:00Z', 'uncertain'],
  ['se', '2026-05-18T04:00:00Z', '2026-05-19T04:00:00Z', 'estimated'],
  ['nu', '2026-05-18T04:00:00Z', '2026-05-19T04:00:00Z', 'estimated'],
  // 16:00 and 09:00 of Rome's summer.
  ['it', '2026-04-11T14:00:00Z', '2026-04-22T07:00:00Z', 'uncertain'],
  ['nz', '2026-05-31T02:00:00Z', '2026-05-31T03:00:00Z', 'uncertain'],
  // The first of May in Tokyo.
  ['jp', '2026-04-30T15:00:00Z', '2026-05-01T15:00:00Z', 'estimated'],
])('a .%s nobody renews is expected to drop between %s and %s, which is %s', (tld, earliest, latest, confidence) => {
  const { drop } = forecast(seen(), policy(tld));
  expect(drop && [iso(drop.earliest), iso(drop.latest), drop.source, drop.confidence]).toEqual([
    earliest,
    latest,
    'policy',
    confidence,
  ]);
});

test.each('io ai de fr be ch li cn au ee dk pl sg'.split(' '))(
  'no drop is foretold of a .%s: nobody knows the lengths, the hour, or there is no race',
  (tld) => expect(forecast(seen(), policy(tld))).not.toHaveProperty('drop'),
);

test.each<[string, string, string, string, string]>([
  ['uk', 'tells the instant', '2026-06-04T09:12:31Z', '2026-06-04T09:12:31Z', '2026-06-04T09:12:31Z'],
  ['it', 'tells the instant', '2026-04-20T07:00:00Z', '2026-04-20T07:00:00Z', '2026-04-20T07:00:00Z'],
  ['nl', 'tells when its hour begins', '2026-04-10T09:30:00Z', '2026-04-10T09:30:00Z', '2026-04-10T10:30:00Z'],
  // The registry's own example: eligible at 15:04:50 UTC, purged from 13:00 UTC+10 the next day.
  ['au', 'tells from when the next batch may', '2021-12-16T15:04:50Z', '2021-12-17T03:00:00Z', '2021-12-18T03:00:00Z'],
  ['se', 'tells the day', '2026-05-17T00:00:00Z', '2026-05-17T04:00:00Z', '2026-05-18T04:00:00Z'],
  ['ca', 'tells the session', '2026-05-20T18:00:00Z', '2026-05-20T18:00:00Z', '2026-05-28T12:00:00Z'],
])('the list of .%s %s: published %s, the drop is expected from %s to %s', (tld, _how, told, earliest, latest) => {
  const facts = seen({ stage: 'pending_delete', now: at(told) - DAY_MS });
  const { drop } = forecast(facts, policy(tld), at(told));
  expect(drop && [iso(drop.earliest), iso(drop.latest), drop.source, drop.confidence]).toEqual([
    earliest,
    latest,
    'drop_list',
    'published',
  ]);
});

test.each<[string, string]>([
  ['redemption', '2026-04-25T12:00:00Z'],
  ['pending_delete', '2026-04-25T12:00:00Z'],
])(
  'quarantine at .nl is counted from the delete, whether its EPP calls it redemption or pendingDelete (%s)',
  (stage) => {
    const facts = seen({
      stage: stage as Stage,
      now: at('2026-03-20T00:00:00Z'),
      registration: registration({ updatedAt: at('2026-03-16T12:00:00Z') }),
    });
    expect(forecast(facts, policy('nl'))).toMatchObject({
      drop: { earliest: at('2026-04-25T12:00:00Z'), latest: at('2026-04-25T13:00:00Z') },
      next: { what: 'drop', at: at('2026-04-25T12:00:00Z') },
    });
  },
);

test('a .uk shows pendingDelete for 65 days: which of them it is in, its EPP does not tell', () => {
  const first = at('2026-04-01T00:00:00Z');
  const facts = seen({ stage: 'pending_delete', now: first, since: { first, notBefore: at('2026-03-31T00:00:00Z') } });
  const { drop } = forecast(facts, policy('uk'));
  expect(drop && [iso(drop.earliest), iso(drop.latest)]).toEqual(['2026-06-03T00:00:00Z', '2026-06-06T00:00:00Z']);
});

test.each<[string, Stage, string, string]>([
  // Redemption ends at noon: nobody says when the name is freed, so that is when to ask.
  ['de', 'redemption', '2026-03-31T00:00:00Z', '2026-03-31T12:00:00Z'],
  ['fr', 'redemption', '2026-03-31T11:59:59Z', '2026-03-31T12:00:00Z'],
  ['de', 'redemption', '2026-03-31T12:00:00Z', '2026-04-01T12:00:00Z'],
  // About 04:00 in Shanghai.
  ['cn', 'pending_delete', '2026-05-10T12:00:00Z', '2026-05-10T20:00:00Z'],
  ['cn', 'pending_delete', '2026-05-10T20:00:00Z', '2026-05-11T20:00:00Z'],
  ['io', 'pending_delete', '2026-05-10T12:00:00Z', '2026-05-11T12:00:00Z'],
])('where no drop is foretold a .%s in %s at %s is asked after at %s', (tld, stage, now, next) => {
  const facts = seen({
    stage,
    now: at(now),
    registration: registration({ updatedAt: at('2026-03-01T12:00:00Z') }),
  });
  expect(forecast(facts, policy(tld)).next).toEqual({ what: 'registry_check', at: at(next) });
});

test.each(policies.all().map(({ tld }) => tld))(
  'before its expiry a .%s is asked after at its expiry, whatever else is not known',
  (tld) => {
    const { next } = forecast(seen(), policy(tld));
    expect(next).toEqual({ what: 'expiry', at: at('2026-03-01T12:00:00Z') });
  },
);

test.each(['nl', 'eu', 'uk'])('a .%s that is still there after its window is foretold no other', (tld) => {
  const late = seen({
    stage: 'pending_delete',
    now: at('2026-06-10T00:00:00Z'),
    registration: registration({ updatedAt: at('2026-04-01T00:00:00Z') }),
    since: { first: at('2026-04-01T00:00:00Z') },
  });
  expect(forecast(late, policy(tld))).not.toHaveProperty('drop');
});

test('a .jp that runs to the end of a month in Tokyo goes on from there, not a month later', () => {
  const facts = seen({ registration: registration({ expiresAt: at('2026-03-31T15:00:00Z') }) });
  expect(predict(facts, policy('jp')).map(({ stage, until }) => [stage, iso(until)])).toEqual([
    ['registered', '2026-03-31T15:00:00Z'],
    ['redemption', '2026-04-19T15:00:00Z'],
  ]);
});

const tlds = policies.all().map(({ tld }) => tld);
const instant = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2035-01-01T00:00:00Z') });
const days = (most: number) => fc.integer({ min: 0, max: most * DAY_MS });
const anyFacts = fc
  .record({ stage: fc.constantFrom(...STAGES), first: instant, ago: days(90), later: days(10) })
  .chain(({ stage, first, ago, later }) =>
    fc
      .record({
        expiresAt: fc.oneof(
          days(120).map((off) => first + 60 * DAY_MS - off),
          fc.constant(0),
          instant,
        ),
        updatedAt: fc.option(days(60), { nil: undefined }),
        watched: fc.boolean(),
      })
      .map(({ expiresAt, updatedAt, watched }): RegistrationFacts => ({
        stage,
        now: first + later,
        registration: registration({ expiresAt, ...(updatedAt !== undefined && { updatedAt: first - updatedAt }) }),
        since: { first, ...(watched && { notBefore: first - ago }) },
      })),
  );

test('whatever a registry says, the stages expected are half-open, in order and without a gap', () =>
  fc.assert(
    fc.property(anyFacts, fc.constantFrom(...tlds), (facts, tld) => {
      const bounds = predict(facts, policy(tld));
      for (const [n, { from, until, earliest }] of bounds.entries()) {
        expect(from).toBeLessThan(until);
        expect(earliest.from).toBeLessThanOrEqual(earliest.until);
        expect(earliest.from).toBeLessThanOrEqual(from);
        expect(earliest.until).toBeLessThanOrEqual(until);
        if (n === 0) continue;
        expect(from).toBe(bounds[n - 1]?.until);
        expect(earliest.from).toBe(bounds[n - 1]?.earliest.until);
      }
    }),
    { numRuns: 1_000 },
  ));

test('whatever a registry says, the earliest drop is not after the latest, and what comes next is ahead', () =>
  fc.assert(
    fc.property(anyFacts, fc.constantFrom(...tlds), fc.option(instant, { nil: undefined }), (facts, tld, published) => {
      const { drop, next } = forecast(facts, policy(tld), published);
      expect(next.at).toBeGreaterThan(facts.now);
      if (drop) expect(drop.earliest).toBeLessThanOrEqual(drop.latest);
      if (drop && !leadsToDrop(facts.stage, policy(tld)) && published === undefined)
        expect(drop.latest).toBeGreaterThan(facts.now);
    }),
    { numRuns: 1_000 },
  ));

const leadsAway = (stage: Stage): boolean => stage !== 'registered' && stage !== 'auto_renew_grace';

/** By policy, counted from the owner's expiry. */
const endOfGrace = (facts: RegistrationFacts, tld: string): number =>
  (ownersExpiry(facts) ?? Infinity) + (longest(policy(tld).grace) ?? 0);

/** Until when nothing that was foretold has come due, and no date the registry told starts to fit what is seen. */
function undisturbed(facts: RegistrationFacts, tld: string): number {
  const { bounds, drop } = forecast(facts, policy(tld));
  const { updatedAt, expiresAt } = facts.registration;
  const deleted = updatedAt === undefined ? [] : [updatedAt, updatedAt + (longest(policy(tld).redemption) ?? 0)];
  // Of a registry without grace (.nl) that is the expiry itself, and no bound says it.
  const graceEnds = leadsAway(facts.stage) ? [] : [endOfGrace(facts, tld)];
  const dates = [...deleted, ...graceEnds, expiresAt];
  const due = [
    ...bounds.flatMap(({ until, earliest }) => [until, earliest.until]),
    ...(drop ? [drop.earliest] : []),
    ...dates,
  ];
  return Math.min(...due.filter((one) => one > facts.now), facts.now + 400 * DAY_MS);
}

test('a prediction does not move because time passes: until something foretold is due, it stays as it was', () =>
  fc.assert(
    fc.property(
      anyFacts,
      fc.constantFrom(...tlds),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      (facts, tld, part) => {
        const before = forecast(facts, policy(tld));
        // What was due already is not foretold any more: it is counted from now.
        fc.pre(leadsAway(facts.stage) || endOfGrace(facts, tld) > facts.now);
        fc.pre(before.bounds.every(({ earliest }) => earliest.until > facts.now));
        fc.pre(before.drop === undefined || before.drop.earliest > facts.now);
        const until = undisturbed(facts, tld);
        const now = Math.min(Math.floor(facts.now + part * (until - facts.now)), until - 1);
        const after = forecast({ ...facts, now }, policy(tld));
        expect({ bounds: after.bounds, drop: after.drop }).toEqual({ bounds: before.bounds, drop: before.drop });
      },
    ),
    { numRuns: 1_000 },
  ));

test('as grace goes by without a delete the earliest drop only ever comes later, and the latest stays', () =>
  fc.assert(
    fc.property(fc.constantFrom('com', 'org', 'info', 'ca', 'it'), days(45), days(45), (tld, one, other) => {
      const from = at('2026-03-01T12:00:00Z');
      const looked = [Math.min(one, other), Math.max(one, other)].map((ms) => {
        const facts = seen({ now: from + Math.min(ms, (longest(policy(tld).grace) ?? 0) - 1) });
        return forecast(facts, policy(tld)).drop;
      });
      expect(looked[0]?.earliest).toBeLessThanOrEqual(looked[1]?.earliest ?? 0);
      expect(looked[1]?.latest).toBe(looked[0]?.latest);
    }),
  ));
