/** What an operator says of a TLD goes before what is shipped; what cannot be true stops the start with one line. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../../config.ts';
import { awardOf, ownVersion, withOwn } from '../../registry/policies/award.ts';
import { loadPolicies } from '../../registry/policies/policies.ts';
import type { TldPolicy } from '../../rules/tlds.ts';
import { registryEntry } from '../api/world.ts';
import { closeAll, temporaryHome } from './world.ts';

afterEach(closeAll);

const shipped = loadPolicies({ BACKORDER_POLICIES: undefined });
const said = { source: 'our own look', read_on: '2026-12-01', confidence: 'measured' };

async function world() {
  const file = join(await temporaryHome(), 'policies.json');
  const load = async (content: unknown) => {
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    return loadPolicies({ BACKORDER_POLICIES: file });
  };
  const refusal = (content: unknown) =>
    load(content).then(
      () => 'nothing was refused',
      (error: unknown) => (error instanceof ConfigError ? error.message.replace(file, 'FILE') : Promise.reject(error)),
    );
  return { load, refusal };
}
const file = (...policies: object[]) => ({ version: '2026-12', policies });

test.each([
  ['Apply there.', { en: 'Apply there.' }],
  [{ en: 'Apply there.' }, { en: 'Apply there.' }],
  [
    { en: 'Apply there.', de: 'Dort beantragen.' },
    { en: 'Apply there.', de: 'Dort beantragen.' },
  ],
])('the way in for some names may be said as %j', async (way_in_for_some, wayInForSome) => {
  const { load } = await world();
  const schedule = { every: 'day', zone: 'unknown', times: 'unknown', minutes: 'unknown' };
  const own = await load(file({ tld: 'io', drop: { kind: 'batch', schedule, way_in_for_some, ...said } }));
  expect(own.of('io')?.drop).toMatchObject({ kind: 'batch', wayInForSome });
});

test('an entry changes the fields it gives, and nothing else of that TLD or another', async () => {
  const { load } = await world();
  const own = await load(file({ tld: '.IO', pending_delete: { days: [1, 5], ...said }, cutoff_s: 3600 }));
  expect(own.of('io')).toEqual({
    ...shipped.of('io'),
    version: expect.stringMatching(/^2026-12\+[0-9a-f]{8}$/),
    pendingDelete: { minMs: 86_400_000, maxMs: 5 * 86_400_000 },
    cutoffMs: 3_600_000,
    sources: [{ field: 'pending_delete', source: 'our own look', readOn: '2026-12-01', confidence: 'measured' }],
  });
  expect(own.all().filter(({ tld }) => tld !== 'io')).toEqual(shipped.all().filter(({ tld }) => tld !== 'io'));
});

test('an auction is changed in the fields that are given, and goes to whoever is like it', async () => {
  const { load } = await world();
  const own = await load(
    file(
      {
        tld: 'com',
        award: 'in_order',
        offer_s: 3_600,
        auction: { duration_s: 86_400, steps: [{ below: null, step: 100 }] },
      },
      { tld: 'co.com', like: 'com', auction: { max_extensions: 0 } },
    ),
  );
  const { auction } = (shipped.of('com') as TldPolicy).award;
  expect(auction).toMatchObject({ durationMs: 3 * 86_400_000, softCloseMs: 300_000, maxExtensions: 20 });
  const changed = { ...auction, durationMs: 86_400_000, steps: [{ below: null, step: 100 }] };
  expect(own.of('com')?.award).toEqual({
    ...{ rule: 'in_order', offerMs: 3_600_000, paymentMs: 48 * 3_600_000, auction: changed },
  });
  expect(own.of('co.com')?.award.auction).toEqual({ ...changed, maxExtensions: 0 });
  expect(own.of('com')?.version).not.toBe(shipped.of('com')?.version);
});

test('what a registrar or a sandbox name has of its own goes before its TLD’s, and never has that one’s version', () => {
  const base = awardOf(shipped.of('com') as TldPolicy);
  expect([withOwn(base, {}), withOwn(base, { award: null, auction: {} }), ownVersion({ offer_s: null })]).toEqual([
    ...[base, base, null],
  ]);
  const short = withOwn(base, { payment_s: 60, auction: { duration_s: 10 } });
  expect(short).toEqual({
    ...base,
    version: expect.stringMatching(/^2026-11-23\+[0-9a-f]{8}\+[0-9a-f]{8}$/),
    paymentMs: 60_000,
    auction: { ...base.auction, durationMs: 10_000, softCloseMs: 10_000 },
  });
  expect(withOwn(base, { auction: { duration_s: 10 }, payment_s: 60 }).version).toBe(short.version);
  expect(withOwn(base, { auction: { duration_s: 11 }, payment_s: 60 }).version).not.toBe(short.version);
});

test('a TLD that is sold like another takes its policy from it, and an earlier entry of the file counts', async () => {
  const { load } = await world();
  const price = { amount: 9900, currency: 'USD' };
  const own = await load(file({ tld: 'live', like: 'info', list_price: price }, { tld: 'world', like: 'live' }));
  expect(own.of('world')).toMatchObject({ listPrice: price, drop: shipped.of('info')?.drop });
});

test('a TLD can be written in full, with a registry’s own way in', async () => {
  const { load } = await world();
  const stages = { grace: 'unknown', redemption: 'unknown', pending_delete: 'unknown', add_grace: 'unknown' };
  const drop = { kind: 'application_window', way_in: 'Apply for it at the registry.', minutes: 120, ...said };
  const own = await load(file({ tld: 'zz', ...stages, drop, list: 'unknown' }));
  expect(own.of('zz')).toMatchObject({
    drop: { kind: 'application_window', wayIn: 'Apply for it at the registry.', lengthMs: 7_200_000 },
    listPrice: { amount: 6900, currency: 'USD' },
  });
});

test('the same version never means two policies: a changed number changes it', async () => {
  const { load } = await world();
  const versionWith = async (days: number) =>
    (await load(file({ tld: 'io', redemption: { days, ...said } }))).of('io')?.version;
  const one = await versionWith(30);
  expect(await versionWith(31)).not.toBe(one);
  expect(await versionWith(30)).toBe(one);
});

const daily = { every: 'day', zone: 'Europe/Rome', times: ['09:00'], minutes: 60 };
const batch = (over: object) => ({ kind: 'batch', schedule: { ...daily, ...over }, ...said });

test.each<[string, unknown, string]>([
  ['no JSON', '{', 'the file: is not JSON'],
  ['a list alone', [], 'the file: Invalid input: expected object, received array'],
  ['no version', { policies: [] }, 'version: Invalid input: expected string, received undefined'],
  ['an unknown field', file({ tld: 'io', redemtion: 30 }), 'policies[0].redemtion: is not known'],
  ['a TLD twice', file({ tld: 'io' }, { tld: 'io' }), 'policies[1].tld: io comes twice'],
  ['a TLD like none', file({ tld: 'zz', like: 'yy' }), 'policies[0].like: there is no policy of yy'],
  [
    'a new TLD in part',
    file({ tld: 'zz' }),
    'policies[0].grace: must be "unknown", or days or to_day_of_month with who says so',
  ],
  [
    'a negative length',
    file({ tld: 'io', grace: { days: -1, ...said } }),
    'policies[0].grace.days: must not be negative',
  ],
  [
    'the most first',
    file({ tld: 'io', grace: { days: [45, 0], ...said } }),
    'policies[0].grace.days: must give the least first',
  ],
  [
    'a number nobody said',
    file({ tld: 'io', grace: { days: 30, read_on: '2026-12-01', confidence: 'measured' } }),
    'policies[0].grace.source: Invalid input: expected string, received undefined',
  ],
  [
    'a day that is none',
    file({ tld: 'io', grace: { days: 30, ...said, read_on: '2026-02-30' } }),
    'policies[0].grace.read_on: must be the day it was read, as 2026-11-23',
  ],
  [
    'a confidence of its own',
    file({ tld: 'io', grace: { days: 30, ...said, confidence: 'sure' } }),
    'policies[0].grace.confidence: must be one of published, measured, third_party, outdated, disputed, inferred',
  ],
  [
    'a UTC offset',
    file({ tld: 'io', drop: batch({ zone: 'UTC+2' }) }),
    'policies[0].drop.schedule.zone: must be an IANA time zone, such as Europe/Rome',
  ],
  [
    'an hour that is none',
    file({ tld: 'io', drop: batch({ times: ['24:00'] }) }),
    'policies[0].drop.schedule.times[0]: must be a time of day, such as 14:00',
  ],
  [
    'hours out of order',
    file({ tld: 'io', drop: batch({ times: ['16:00', '09:00'] }) }),
    'policies[0].drop.schedule.times: must be in the order of the day',
  ],
  [
    'a week without its day',
    file({ tld: 'io', drop: batch({ every: 'week' }) }),
    'policies[0].drop.schedule.on: must be given for a week (1 is Monday) or a month, and for nothing else',
  ],
  [
    'an eighth day of the week',
    file({ tld: 'io', drop: batch({ every: 'week', on: 8 }) }),
    'policies[0].drop.schedule.on: must be 1 (Monday) to 7',
  ],
  [
    'a mode nobody has',
    file({ tld: 'io', drop: { kind: 'lottery', ...said } }),
    'policies[0].drop.kind: must be a drop mode, such as ordered_batch, poll or unknown',
  ],
  [
    'no race and no way in',
    file({ tld: 'io', drop: { kind: 'registry_auction', ...said } }),
    'policies[0].drop.way_in: Invalid input: expected string, received undefined',
  ],
  [
    'another currency',
    file({ tld: 'io', list_price: { amount: 6900, currency: 'EUR' } }),
    'policies[0].list_price.currency: must be USD',
  ],
  [
    'joins that close after catching starts',
    file({ tld: 'io', cutoff_s: 30 }),
    'policies[0].cutoff_s: must not be shorter than lead_s: joins close before catching starts',
  ],
  [
    'an auction that is none',
    file({ tld: 'io', auction: 'long' }),
    'policies[0].auction: Invalid input: expected object, received string',
  ],
  [
    'an auction of no time',
    file({ tld: 'io', auction: { duration_s: 0 } }),
    'policies[0].auction.duration_s: must be at least a second',
  ],
  ['an offer of a year', file({ tld: 'io', offer_s: 31_536_000 }), 'policies[0].offer_s: must be at most 30 days'],
  [
    'an auction that a bid makes longer than it is',
    file({ tld: 'io', auction: { duration_s: 60 } }),
    'policies[0].auction.soft_close_s: must not be longer than duration_s',
  ],
  ['an unknown figure', file({ tld: 'io', auction: { lenght_s: 60 } }), 'policies[0].auction.lenght_s: is not known'],
  [
    'no step for high prices',
    file({ tld: 'io', auction: { steps: [{ below: 50_000, step: 500 }] } }),
    'policies[0].auction.steps: must end with the step for any price ("below": null), and no other may be for any',
  ],
  [
    'steps out of order',
    file({
      tld: 'io',
      auction: {
        steps: [
          { below: 9, step: 1 },
          { below: 8, step: 1 },
          { below: null, step: 1 },
        ],
      },
    }),
    'policies[0].auction.steps: must be in the order of the prices',
  ],
  [
    'a step of nothing',
    file({ tld: 'io', auction: { steps: [{ below: null, step: 0 }] } }),
    'policies[0].auction.steps[0].step: must be at least 1',
  ],
  [
    'a rule of its own',
    file({ tld: 'io', award: 'lottery' }),
    'policies[0].award: must be one of auction_when_contested, in_order',
  ],
])('%s stops the start, with file, field and reason', async (_what, content, reason) => {
  const { refusal } = await world();
  expect(await refusal(content)).toBe(`BACKORDER_POLICIES (FILE): ${reason}`);
});

test('a TLD that a registry sells and nobody knows anything of stops the start', () => {
  expect(() => loadPolicies({ BACKORDER_POLICIES: undefined }, [registryEntry('nominet', ['uk', 'co.uk'])])).toThrow(
    'BACKORDER_POLICIES: the registry nominet sells .co.uk, and nothing is known of it; add an entry, such as {"tld": "co.uk", "like": "com"}',
  );
});

test('a file that is not there stops the start', () => {
  expect(() => loadPolicies({ BACKORDER_POLICIES: '/nowhere/policies.json' })).toThrow(
    'BACKORDER_POLICIES (/nowhere/policies.json): the file: cannot be read (ENOENT)',
  );
});
