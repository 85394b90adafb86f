/** What the replies of a race mean, whose the name is after it, and how fast it is run. */
import fc from 'fast-check';
import { meaningOf, ownershipOf, PATIENCE_MS, pauseMs, type CreateMeaning, type Ownership } from '../../rules/catch.ts';
import type { Registration } from '../../rules/stage.ts';
import { at, HOUR_MS, registered } from './world.ts';

test.each<[number, CreateMeaning, string]>([
  [1000, 'created', 'completed'],
  [1001, 'pending', 'pending: not ours yet'],
  [2302, 'exists', 'exists'],
  [2201, 'exists', 'exists, and is not ours to ask about'],
  [2202, 'exists', 'exists, and its secret is another'],
  [2400, 'unclear', 'failed: what losers of a race often get'],
  [2500, 'unclear', 'failed, connection closed'],
  [2502, 'busy', 'too many sessions'],
  [2304, 'withheld', 'status prohibits: reserved, or still pending delete'],
  [2306, 'withheld', 'policy: reserved, or still pending delete'],
  [2003, 'refused', 'a fee is missing'],
  [2004, 'refused', 'the fee is another'],
  [2104, 'refused', 'our account is empty'],
  [2200, 'refused', 'authentication'],
  [2501, 'refused', 'authentication, connection closed'],
  [2303, 'refused', 'what it refers to does not exist'],
  [1300, 'unclear', 'a success no create has'],
  [1500, 'unclear', 'a success no create has'],
])('a create answered %d is %s (%s)', (code, meaning) => expect(meaningOf(code)).toBe(meaning));

test('every code a registry can answer has a meaning, and no failure means that the name is ours', () => {
  const known: CreateMeaning[] = ['created', 'pending', 'exists', 'unclear', 'busy', 'withheld', 'refused'];
  for (let code = 1000; code < 2600; code += 1) {
    expect(known).toContain(meaningOf(code));
    expect(meaningOf(code) === 'created').toBe(code === 1000);
    // A success is asked after, never given up.
    if (code < 2000) expect(meaningOf(code)).not.toBe('refused');
  }
});

const after = (told: Partial<Registration>) => registered({ roid: 'D2-COM', sponsor: 'backorder', ...told });
const clids = ['backorder', 'backorder-2'];

test.each<[string, Partial<Registration>, Ownership['kind']]>([
  ['ours as sponsor and a new ROID', {}, 'ours'],
  ['our other accreditation as sponsor and a new ROID', { sponsor: 'backorder-2' }, 'ours'],
  ['another sponsor and a new ROID', { sponsor: 'rival' }, 'others'],
  ['another sponsor and the old ROID', { sponsor: 'old-registrar', roid: 'D1-COM' }, 'not_dropped'],
  ['ours as sponsor and the old ROID', { roid: 'D1-COM' }, 'not_dropped'],
  ['the old ROID in pending delete', { sponsor: 'x', roid: 'D1-COM', statuses: ['pendingDelete'] }, 'not_dropped'],
  ['nothing told but that it exists', { roid: '', sponsor: '', registeredAt: 0 }, 'not_dropped'],
  ['ours as sponsor, not yet created', { statuses: ['pendingCreate'] }, 'undecided'],
  ['another sponsor, not yet created', { sponsor: 'rival', statuses: ['pendingCreate'] }, 'undecided'],
])('a registration with %s is %s', (_what, told, kind) =>
  expect(ownershipOf(after(told), clids, 'D1-COM').kind).toBe(kind),
);

test('what was won is told with its ROID, its sponsor and its dates', () =>
  expect(ownershipOf(after({}), clids, 'D1-COM')).toEqual({
    kind: 'ours',
    roid: 'D2-COM',
    sponsor: 'backorder',
    registeredAt: at('2020-03-01T12:00:00Z'),
    expiresAt: at('2026-03-01T12:00:00Z'),
  }));

test('what another won is told with who', () =>
  expect(ownershipOf(after({ sponsor: 'rival' }), clids, 'D1-COM')).toEqual({
    kind: 'others',
    sponsor: 'rival',
    registeredAt: at('2020-03-01T12:00:00Z'),
  }));

test('where no registration was seen before the drop, the sponsor alone tells', () => {
  expect(ownershipOf(after({}), clids, undefined).kind).toBe('ours');
  expect(ownershipOf(after({ sponsor: 'rival' }), clids, undefined).kind).toBe('others');
});

test('where the registry tells no ROID, another date of creation is another registration', () => {
  const before = `created-${at('2020-03-01T12:00:00Z')}`;
  const now = { roid: '', registeredAt: at('2026-04-25T18:00:00Z') };
  expect(ownershipOf(after({ roid: '' }), clids, before).kind).toBe('not_dropped');
  expect(ownershipOf(after(now), clids, before).kind).toBe('ours');
  expect(ownershipOf(after({ ...now, sponsor: 'rival' }), clids, before).kind).toBe('others');
});

test('a name that nobody holds is nobody’s, premium or not, and a withheld one cannot be had', () => {
  expect(ownershipOf({ kind: 'free', premium: true }, clids, 'D1-COM')).toEqual({ kind: 'nobody' });
  expect(ownershipOf({ kind: 'withheld' }, clids, 'D1-COM')).toEqual({ kind: 'withheld' });
});

const drop = at('2026-04-25T18:00:00Z');
const published = { earliest: drop, latest: drop };
const estimated = { earliest: drop, latest: drop + HOUR_MS };

test.each([
  ['2026-04-25T17:59:50.000Z', 250, 1_000],
  ['2026-04-25T17:59:59.750Z', 100, 100],
  ['2026-04-25T17:59:59.849Z', 1, 1],
  ['2026-04-25T17:59:59.850Z', 0, 1_000],
  ['2026-04-25T18:00:00.000Z', 0, 1_000],
  ['2026-04-25T18:00:29.999Z', 0, 1_000],
  ['2026-04-25T18:00:30.000Z', 1_000, 1_000],
  ['2026-04-25T18:30:00.000Z', 1_000, 1_000],
])(
  'at %s the next create follows after %d ms where 18:00:00 is published, after %d ms in a batch',
  (now, exact, wide) => {
    expect(pauseMs(at(now), published)).toBe(exact);
    expect(pauseMs(at(now), estimated)).toBe(wide);
  },
);

const around = fc.integer({ min: drop - 2 * HOUR_MS, max: drop + 2 * HOUR_MS });

test('creates never wait less than nothing nor more than a second, and without a pause for half a minute at most', () =>
  fc.assert(
    fc.property(around, fc.nat(2 * HOUR_MS), (now, lengthMs) => {
      const pause = pauseMs(now, { earliest: drop, latest: drop + lengthMs });
      expect(pause).toBeGreaterThanOrEqual(0);
      expect(pause).toBeLessThanOrEqual(1_000);
      if (pause === 0) expect([lengthMs, Math.abs(now - drop) <= 30_000]).toEqual([0, true]);
    }),
  ));

test('no pause sleeps past the instant from which creates follow each other', () =>
  fc.assert(
    fc.property(around, fc.boolean(), (now, exact) => {
      const pause = pauseMs(now, exact ? published : estimated);
      if (now < drop - 150) expect(now + pause).toBeLessThanOrEqual(drop - 150);
    }),
  ));

test('a catch is patient beyond its window, and not for long', () => {
  expect(PATIENCE_MS).toBeGreaterThan(0);
  expect(PATIENCE_MS).toBeLessThanOrEqual(10 * 60_000);
});
