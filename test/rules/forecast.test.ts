/** The film of a name nobody renews, and what is expected from each of its frames. */
import fc from 'fast-check';
import { forecast, ownersExpiry, predict, type RegistrationFacts } from '../../rules/forecast.ts';
import { STAGES, type Stage } from '../../rules/stage.ts';
import { at, DAY_MS, HOUR_MS, iso, policy, registration } from './world.ts';

interface Frame {
  stage: Stage;
  now: string;
  expires?: string;
  updated?: string;
  notBefore?: string;
}

/** The owner's registration runs to 1 March 2026, noon; in auto-renew grace the registry shows 2027. */
const factsOf = ({ stage, now, expires, updated, notBefore }: Frame): RegistrationFacts => ({
  stage,
  now: at(now),
  registration: registration({
    expiresAt: at(expires ?? (stage === 'auto_renew_grace' ? '2027-03-01T12:00:00Z' : '2026-03-01T12:00:00Z')),
    ...(updated !== undefined && { updatedAt: at(updated) }),
  }),
  ...(notBefore !== undefined && { since: { first: at(now), notBefore: at(notBefore) } }),
});

const boundsOf = (frame: Frame, tld = 'com') =>
  predict(factsOf(frame), policy(tld)).map(({ stage, from, until }) => [stage, iso(from), iso(until)]);
const windowOf = (frame: Frame) => {
  const { drop } = forecast(factsOf(frame), policy('com'));
  return drop && [iso(drop.earliest), iso(drop.latest)];
};
const nextOf = (frame: Frame, published?: string) => {
  const { next } = forecast(factsOf(frame), policy('com'), published === undefined ? undefined : at(published));
  return [next.what, iso(next.at)];
};

const deleted = '2026-03-21T09:30:00Z';

test.each(['com', 'net', 'test'])('a .%s nobody renews is expected to go through every stage at its latest', (tld) =>
  expect(boundsOf({ stage: 'registered', now: '2026-02-01T00:00:00Z' }, tld)).toEqual([
    ['registered', '2020-03-01T12:00:00Z', '2026-03-01T12:00:00Z'],
    ['auto_renew_grace', '2026-03-01T12:00:00Z', '2026-04-15T12:00:00Z'],
    ['redemption', '2026-04-15T12:00:00Z', '2026-05-15T12:00:00Z'],
    ['pending_delete', '2026-05-15T12:00:00Z', '2026-05-20T12:00:00Z'],
  ]),
);

test('in grace the stages are counted from the owner’s expiry, not from the date the registry moved', () => {
  const frame: Frame = { stage: 'auto_renew_grace', now: '2026-03-21T00:00:00Z' };
  expect(boundsOf(frame)).toEqual([
    ['auto_renew_grace', '2026-03-01T12:00:00Z', '2026-04-15T12:00:00Z'],
    ['redemption', '2026-04-15T12:00:00Z', '2026-05-15T12:00:00Z'],
    ['pending_delete', '2026-05-15T12:00:00Z', '2026-05-20T12:00:00Z'],
  ]);
  expect(forecast(factsOf(frame), policy('com')).expiresAt).toBe(at('2026-03-01T12:00:00Z'));
});

test.each<[string, Frame, string[][]]>([
  [
    'dated by the registrar’s delete',
    { stage: 'redemption', now: '2026-04-01T00:00:00Z', updated: deleted },
    [
      ['redemption', '2026-03-21T09:30:00Z', '2026-04-20T09:30:00Z'],
      ['pending_delete', '2026-04-20T09:30:00Z', '2026-04-25T09:30:00Z'],
    ],
  ],
  [
    'undated, as if it had begun now',
    { stage: 'redemption', now: '2026-04-01T00:00:00Z' },
    [
      ['redemption', '2026-04-01T00:00:00Z', '2026-05-01T00:00:00Z'],
      ['pending_delete', '2026-05-01T00:00:00Z', '2026-05-06T00:00:00Z'],
    ],
  ],
  [
    'overdue, until now at the earliest',
    { stage: 'redemption', now: '2026-04-21T00:00:00Z', updated: deleted },
    [
      ['redemption', '2026-03-21T09:30:00Z', '2026-04-21T00:00:00Z'],
      ['pending_delete', '2026-04-21T00:00:00Z', '2026-04-26T00:00:00Z'],
    ],
  ],
])('redemption is %s', (_how, frame, bounds) => {
  expect(boundsOf(frame)).toEqual(bounds);
  expect(boundsOf({ ...frame, stage: 'pending_restore' })).toEqual(bounds);
});

test('pending delete is dated thirty days after the registrar’s delete', () =>
  expect(boundsOf({ stage: 'pending_delete', now: '2026-04-21T00:00:00Z', updated: deleted })).toEqual([
    ['pending_delete', '2026-04-20T09:30:00Z', '2026-04-25T09:30:00Z'],
  ]));

test.each<[string, Frame, [string, string]]>([
  [
    'before expiry',
    { stage: 'registered', now: '2026-02-01T00:00:00Z' },
    ['2026-04-05T18:00:00Z', '2026-05-20T19:00:00Z'],
  ],
  [
    'in grace, where the registrar may delete today or on the 45th day',
    { stage: 'auto_renew_grace', now: '2026-03-21T00:00:00Z' },
    ['2026-04-25T18:00:00Z', '2026-05-20T19:00:00Z'],
  ],
  [
    'in a grace that is over and was not ended',
    { stage: 'auto_renew_grace', now: '2026-04-20T00:00:00Z' },
    ['2026-05-25T18:00:00Z', '2026-05-25T19:00:00Z'],
  ],
  [
    'past an expiry the registry has not acted on',
    { stage: 'registered', now: '2026-03-02T00:00:00Z' },
    ['2026-04-06T18:00:00Z', '2026-05-20T19:00:00Z'],
  ],
  [
    'in a dated redemption',
    { stage: 'redemption', now: '2026-04-01T00:00:00Z', updated: deleted },
    ['2026-04-25T18:00:00Z', '2026-04-25T19:00:00Z'],
  ],
  [
    'in a redemption of which nothing is known',
    { stage: 'redemption', now: '2026-04-01T00:00:00Z' },
    ['2026-04-06T18:00:00Z', '2026-05-06T19:00:00Z'],
  ],
  [
    'in a redemption seen to begin since yesterday',
    { stage: 'redemption', now: '2026-04-01T00:00:00Z', notBefore: '2026-03-31T18:00:00Z' },
    ['2026-05-05T18:00:00Z', '2026-05-06T19:00:00Z'],
  ],
  [
    'in redemption, when the name was last looked at months ago',
    { stage: 'redemption', now: '2026-04-01T00:00:00Z', notBefore: '2026-01-01T00:00:00Z' },
    ['2026-04-06T18:00:00Z', '2026-05-06T19:00:00Z'],
  ],
  [
    'in redemption, where the last change is no delete but one of long before',
    { stage: 'redemption', now: '2026-04-01T00:00:00Z', updated: '2025-06-01T00:00:00Z' },
    ['2026-04-06T18:00:00Z', '2026-05-06T19:00:00Z'],
  ],
  [
    'in redemption, where the registry’s clock is ahead of ours',
    { stage: 'redemption', now: '2026-04-01T00:00:00Z', updated: '2026-04-01T00:00:01Z' },
    ['2026-04-06T18:00:00Z', '2026-05-06T19:00:00Z'],
  ],
  [
    'in a redemption that is overdue, and has its five days still ahead',
    { stage: 'redemption', now: '2026-04-24T00:00:00Z', updated: deleted },
    ['2026-04-29T18:00:00Z', '2026-04-29T19:00:00Z'],
  ],
  [
    'in a dated pending delete',
    { stage: 'pending_delete', now: '2026-04-21T00:00:00Z', updated: deleted },
    ['2026-04-25T18:00:00Z', '2026-04-25T19:00:00Z'],
  ],
  [
    'in a pending delete of which nothing is known',
    { stage: 'pending_delete', now: '2026-04-21T00:00:00Z' },
    ['2026-04-21T18:00:00Z', '2026-04-26T19:00:00Z'],
  ],
  [
    'in a pending delete seen to begin since yesterday',
    { stage: 'pending_delete', now: '2026-04-21T00:00:00Z', notBefore: '2026-04-20T20:00:00Z' },
    ['2026-04-26T18:00:00Z', '2026-04-26T19:00:00Z'],
  ],
])('a .com is expected to drop in its batch, %s', (_when, frame, window) => expect(windowOf(frame)).toEqual(window));

test.each([
  ['2026-04-25T17:59:59.999Z', '2026-04-25T18:00:00Z', 'it is ahead'],
  ['2026-04-25T18:59:59.999Z', '2026-04-25T18:00:00Z', 'it is on'],
  ['2026-04-25T19:00:00Z', '2026-04-26T18:00:00Z', 'it is over'],
  ['2026-04-26T18:30:00Z', '2026-04-26T18:00:00Z', 'so is the next'],
  ['2026-05-02T09:29:59.999Z', '2026-05-02T18:00:00Z', 'a week later'],
])('at %s a purge due on 25 April is expected in the batch of %s (%s)', (now, earliest) => {
  const frame: Frame = { stage: 'pending_delete', now, updated: deleted };
  expect(windowOf(frame)).toEqual([earliest, iso(at(earliest) + HOUR_MS)]);
});

test('what is overdue for more than a week was not dated by the delete, and is not known any more', () =>
  expect(windowOf({ stage: 'pending_delete', now: '2026-05-02T09:30:00Z', updated: deleted })).toEqual([
    '2026-05-02T18:00:00Z',
    '2026-05-07T19:00:00Z',
  ]));

test.each<[string, Frame, [string, string]]>([
  ['expiry', { stage: 'registered', now: '2026-02-01T00:00:00Z' }, ['expiry', '2026-03-01T12:00:00Z']],
  [
    'the latest delete',
    { stage: 'auto_renew_grace', now: '2026-03-21T00:00:00Z' },
    ['redemption', '2026-04-15T12:00:00Z'],
  ],
  [
    'the end of redemption',
    { stage: 'redemption', now: '2026-04-01T00:00:00Z', updated: deleted },
    ['pending_delete', '2026-04-20T09:30:00Z'],
  ],
  [
    'the batch',
    { stage: 'pending_delete', now: '2026-04-21T00:00:00Z', updated: deleted },
    ['drop', '2026-04-25T18:00:00Z'],
  ],
  [
    'another look, once the batch has begun',
    { stage: 'pending_delete', now: '2026-04-25T18:00:00Z', updated: deleted },
    ['registry_check', '2026-04-26T18:00:00Z'],
  ],
  [
    'another look, where redemption is overdue',
    { stage: 'redemption', now: '2026-04-21T00:00:00Z', updated: deleted },
    ['registry_check', '2026-04-22T00:00:00Z'],
  ],
])('what comes next is %s', (_what, frame, next) => expect(nextOf(frame)).toEqual(next));

test('a published drop is believed to the second, and goes before the batch', () => {
  const frame: Frame = { stage: 'pending_delete', now: '2026-04-21T00:00:00Z', updated: deleted };
  const published = '2026-04-25T18:07:42Z';
  expect(forecast(factsOf(frame), policy('com'), at(published)).drop).toEqual({
    earliest: at(published),
    latest: at(published),
    source: 'drop_list',
    confidence: 'published',
  });
  expect(nextOf(frame, published)).toEqual(['drop', published]);
  expect(nextOf({ ...frame, now: published }, published)).toEqual(['registry_check', '2026-04-26T18:07:42Z']);
});

test.each<[string, string, Frame, string]>([
  ['policy knows nothing', 'io', { stage: 'redemption', now: '2026-04-01T00:00:00Z' }, '2026-05-31T00:00:00Z'],
  ['only an hour is known', 'cn', { stage: 'pending_delete', now: '2026-04-01T00:00:00Z' }, '2026-04-22T00:00:00Z'],
  [
    'it may be freed before',
    'de',
    { stage: 'redemption', now: '2026-04-01T00:00:00Z', updated: deleted },
    '2026-04-20T09:30:00Z',
  ],
  [
    'a drop moves on each day',
    'com',
    { stage: 'redemption', now: '2026-04-21T00:00:00Z', updated: deleted },
    '2026-04-22T00:00:00Z',
  ],
])('a look at a name that is polled is rare: %s (.%s)', (_what, tld, frame, next) =>
  expect(forecast({ ...factsOf(frame), polled: true }, policy(tld)).next).toEqual({
    what: 'registry_check',
    at: at(next),
  }),
);

test('where names are usually freed at one hour, that is foretold of those that may be freed today', () => {
  const now = '2026-04-01T00:00:00Z';
  const usual = (stage: Stage) => forecast(factsOf({ stage, now }), policy('cn')).usual;
  expect([usual('pending_delete'), usual('redemption')]).toEqual([at('2026-04-01T20:00:00Z'), undefined]);
});

test('where policy knows nothing, nothing is foretold but the next look', () => {
  const facts = factsOf({ stage: 'redemption', now: '2026-04-01T00:00:00Z', updated: deleted });
  expect(forecast(facts, policy('dk'))).toEqual({
    expiresAt: at('2026-03-01T12:00:00Z'),
    bounds: [],
    next: { what: 'registry_check', at: at('2026-04-02T00:00:00Z') },
  });
  expect(forecast(facts, policy('dk'), at('2026-04-25T18:00:00Z')).drop?.confidence).toBe('published');
});

test.each(['registered', 'auto_renew_grace'] as const)(
  'a name whose expiry the registry does not tell has none, and no expected drop (%s)',
  (stage) => {
    const facts = { stage, now: at('2026-04-01T00:00:00Z'), registration: registration({ expiresAt: 0 }) };
    expect(forecast(facts, policy('com'))).toEqual({
      bounds: [],
      next: { what: 'registry_check', at: at('2026-04-02T00:00:00Z') },
    });
  },
);

test('a change that the registry does not date dates no stage', () => {
  const facts = factsOf({ stage: 'redemption', now: '2026-04-01T00:00:00Z' });
  const undated = { ...facts, registration: { ...facts.registration, updatedAt: 0 } };
  expect(forecast(undated, policy('com'))).toEqual(forecast(facts, policy('com')));
});

test.each(STAGES.filter((stage) => !/grace|redemption|pending|^registered$/.test(stage)))(
  'a name that is %s is on its way to no drop',
  (stage) => {
    const facts = factsOf({ stage, now: '2026-04-01T00:00:00Z', updated: deleted });
    expect(forecast(facts, policy('com'))).toMatchObject({ bounds: [], next: { what: 'registry_check' } });
    expect(forecast(facts, policy('com'))).not.toHaveProperty('drop');
  },
);

test.each<[Stage, string, string]>([
  ['auto_renew_grace', '2027-03-01T12:00:00Z', '2026-03-01T12:00:00Z'],
  ['auto_renew_grace', '2029-03-01T00:00:00Z', '2028-03-01T00:00:00Z'],
  ['auto_renew_grace', '2028-02-29T12:00:00Z', '2027-02-28T12:00:00Z'],
  // A year after the 29th is the 28th, as is a year after the 28th: taken as the earlier of the two.
  ['auto_renew_grace', '2029-02-28T12:00:00Z', '2028-02-28T12:00:00Z'],
  ['auto_renew_grace', '2027-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
  ['registered', '2028-02-29T12:00:00Z', '2028-02-29T12:00:00Z'],
  ['redemption', '2026-03-01T12:00:00Z', '2026-03-01T12:00:00Z'],
  ['pending_delete', '2026-03-01T12:00:00Z', '2026-03-01T12:00:00Z'],
])('in %s the registry’s date %s means that the owner’s registration ran to %s', (stage, expires, expiry) =>
  expect(ownersExpiry({ stage, registration: registration({ expiresAt: at(expires) }) })).toBe(at(expiry)),
);

const instant = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2035-01-01T00:00:00Z') });
const anyFacts = fc
  .record({ stage: fc.constantFrom(...STAGES), now: instant, expiresAt: instant, updatedAt: instant, ago: fc.nat() })
  .chain(({ stage, now, expiresAt, updatedAt, ago }) =>
    fc
      .record({
        dated: fc.boolean(),
        watched: fc.boolean(),
        // Half of the dates are near now, where they matter.
        expires: fc.constantFrom(expiresAt, now + (expiresAt % (60 * DAY_MS)), now - (expiresAt % (60 * DAY_MS)), 0),
        updated: fc.constantFrom(updatedAt, now - (updatedAt % (45 * DAY_MS)), now),
      })
      .map(({ dated, watched, expires, updated }): RegistrationFacts => ({
        stage,
        now,
        registration: registration({ expiresAt: expires, ...(dated && { updatedAt: updated }) }),
        ...(watched && { since: { first: now, notBefore: now - ago } }),
      })),
  );

test('whatever a registry says, the stages expected follow one another without a gap', () =>
  fc.assert(
    fc.property(anyFacts, fc.constantFrom('com', 'dk'), (facts, tld) => {
      const bounds = predict(facts, policy(tld));
      for (const [n, { from, until }] of bounds.entries()) {
        expect(from).toBeLessThan(until);
        if (n > 0) expect(from).toBe(bounds[n - 1]?.until);
      }
    }),
  ));

test('whatever a registry says, a drop has an order, and what comes next is ahead', () =>
  fc.assert(
    fc.property(anyFacts, fc.option(instant, { nil: undefined }), (facts, published) => {
      const { drop, next } = forecast(facts, policy('com'), published);
      expect(next.at).toBeGreaterThan(facts.now);
      if (!drop) return;
      expect(drop.earliest).toBeLessThanOrEqual(drop.latest);
      if (published === undefined) expect(drop.latest).toBeGreaterThan(facts.now);
    }),
  ));

test('no drop is expected sooner than the stages still ahead allow', () =>
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const { drop } = forecast(facts, policy('com'));
      const aheadDays = { registered: 35, auto_renew_grace: 35, redemption: 5, pending_restore: 5 };
      const days = aheadDays[facts.stage as keyof typeof aheadDays] as number | undefined;
      if (drop && days !== undefined) expect(drop.earliest).toBeGreaterThanOrEqual(facts.now + days * DAY_MS);
    }),
  ));

test('the same facts are foretold the same', () =>
  fc.assert(
    fc.property(anyFacts, (facts) => {
      expect(forecast(structuredClone(facts), policy('com'))).toEqual(forecast(facts, policy('com')));
    }),
  ));

test('a later look at the same stage does not widen the window that was foretold at its first', () => {
  const first = at('2026-04-16T06:00:00Z');
  const since = { first, notBefore: at('2026-04-16T00:00:00Z') };
  const undated = registration({ expiresAt: at('2026-01-31T00:00:00Z') });
  const drops = [first, at('2026-04-18T00:00:00Z'), at('2026-04-21T12:00:00Z')].map(
    (now) => forecast({ registration: undated, stage: 'pending_delete', now, since }, policy('com')).drop,
  );
  expect(drops[0]).toMatchObject({ earliest: at('2026-04-21T18:00:00Z'), latest: at('2026-04-21T19:00:00Z') });
  expect(drops[1]).toEqual(drops[0]);
  expect(drops[2]).toEqual(drops[0]);
});
