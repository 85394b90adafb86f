/** How likely a renewal is, sign by sign, and what the instants of a name rest on. */
import fc from 'fast-check';
import { forecast } from '../../rules/forecast.ts';
import { crowdOf, likelihoodOf, signsOf, type OutlookFacts } from '../../rules/outlook.ts';
import { instantsOf } from '../../rules/outlook-instants.ts';
import { STAGES } from '../../rules/stage.ts';
import { at, iso, policy, registration } from './world.ts';

const facts = (over: Partial<OutlookFacts> = {}): OutlookFacts => ({
  now: at('2026-03-05T00:00:00Z'),
  stage: 'registered',
  registration: registration({ registeredAt: at('2025-03-01T12:00:00Z') }),
  expiresAt: at('2026-04-01T12:00:00Z'),
  dns: undefined,
  parked: undefined,
  transferredAt: undefined,
  renewalsSeen: 0,
  ...over,
});
const says = (over: Partial<OutlookFacts>) => {
  const signs = signsOf(facts(over));
  return [likelihoodOf(signs), signs.map(({ sign }) => sign)];
};

const used = { addresses: true, mail: true, nameservers: ['ns1.host.example'] };
const unused = { addresses: false, mail: false, nameservers: [] };
const silent = { addresses: 'unknown', mail: 'unknown', nameservers: 'unknown' } as const;
const grace = { stage: 'auto_renew_grace', expiresAt: at('2026-02-01T12:00:00Z') } as const;

test.each<[string, Partial<OutlookFacts>, string, string[]]>([
  ['of which nothing is known', {}, 'unknown', []],
  ['whose DNS could not be asked', { dns: silent }, 'unknown', ['dns_not_asked']],
  ['of whose DNS only half could be asked', { dns: { ...unused, mail: 'unknown' } }, 'unknown', ['dns_not_asked']],
  ['with a site and mail', { dns: used }, 'high', ['answers_at_address', 'takes_mail']],
  ['with a site alone', { dns: { ...used, mail: false } }, 'medium', ['answers_at_address']],
  ['that answers nothing, in grace', { ...grace, dns: unused }, 'low', ['expired_long_ago', 'no_answer', 'in_grace']],
  [
    'used and in grace for long',
    { ...grace, dns: used },
    'medium',
    ['expired_long_ago', 'answers_at_address', 'takes_mail', 'in_grace'],
  ],
  ['just run out', { ...grace, expiresAt: at('2026-03-04T00:00:00Z') }, 'medium', ['in_grace']],
  [
    'on its registrar’s expiry page',
    { ...grace, expiresAt: at('2026-03-04T00:00:00Z'), parked: { operator: 'Tucows', for: 'expired' } },
    'low',
    ['expiry_page', 'in_grace'],
  ],
  [
    'that is parked, with the parking’s own site',
    { dns: used, parked: { operator: 'Sedo', for: 'parking' } },
    'medium',
    ['parked'],
  ],
  ['on hold', { registration: registration({ registeredAt: 0, statuses: ['clientHold'] }) }, 'medium', ['on_hold']],
  ['deleted', { stage: 'redemption', dns: unused }, 'low', ['deleted']],
  ['being restored', { stage: 'pending_restore' }, 'high', ['being_restored']],
  [
    'pending delete, however much it was used',
    { stage: 'pending_delete', dns: used, renewalsSeen: 2 },
    'low',
    ['beyond_restore', 'answers_at_address', 'takes_mail', 'renewed_before'],
  ],
  [
    'old, and kept before',
    { registration: registration({ registeredAt: at('2006-03-01T12:00:00Z') }), renewalsSeen: 1 },
    'high',
    ['renewed_before', 'old'],
  ],
  ['paid for long ahead', { expiresAt: at('2030-03-01T12:00:00Z') }, 'high', ['paid_ahead']],
  ['lately moved', { transferredAt: at('2026-01-05T00:00:00Z') }, 'medium', ['transferred_lately']],
])('a name %s', (_what, over, likelihood, signs) => expect(says(over)).toEqual([likelihood, signs]));

test('a DNS that could not be asked is said to be that, never to show no use', () => {
  const [sign] = signsOf(facts({ ...grace, expiresAt: at('2026-03-04T00:00:00Z'), dns: silent })).toReversed();
  expect(sign).toEqual({
    sign: 'dns_not_asked',
    weight: 0,
    explanation: 'Its DNS could not be asked: whether it is in use is not known.',
  });
});

test('a sign says what it rests on', () => {
  const signs = signsOf(facts({ ...grace, renewalsSeen: 1, parked: { operator: 'Sedo', for: 'parking' } }));
  expect(signs.map(({ explanation }) => explanation)).toEqual([
    'Its term ended 31 days ago.',
    'Its owner kept it 1 time while it was watched here.',
    'Its term has ended and its owner has not renewed it yet.',
    'It is parked with Sedo: offered for sale, or showing advertisements.',
  ]);
});

const maybe = <T>(arb: fc.Arbitrary<T>) => fc.option(arb, { nil: undefined });
const instant = fc.integer({ min: at('1990-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') });
const answer = fc.constantFrom<(boolean | 'unknown')[]>(true, false, 'unknown');
const anyFacts = fc.record({
  now: instant,
  stage: fc.constantFrom(...STAGES),
  registration: fc.record({ registeredAt: fc.oneof(fc.constant(0), instant) }).map((over) => registration(over)),
  expiresAt: maybe(instant),
  dns: maybe(fc.record({ addresses: answer, mail: answer, nameservers: fc.constant([] as string[]) })),
  parked: maybe(
    fc.constantFrom({ operator: 'Sedo', for: 'parking' as const }, { operator: 'Tucows', for: 'expired' as const }),
  ),
  transferredAt: maybe(instant),
  renewalsSeen: fc.nat(3),
});

test('every sign speaks one way, once and in words; what is in use is never less likely to be kept than what is not', () => {
  fc.assert(
    fc.property(anyFacts, (given) => {
      const signs = signsOf(given);
      expect(new Set(signs.map(({ sign }) => sign)).size).toBe(signs.length);
      for (const { sign, weight, explanation } of signs) {
        expect([sign, weight === 0]).toEqual([sign, sign === 'dns_not_asked']);
        expect(explanation).toMatch(/^Its? .*\.$/);
        expect(explanation).not.toMatch(/NaN|undefined|-\d/);
      }
      const rank = (dns: OutlookFacts['dns']) =>
        ['low', 'unknown', 'medium', 'high'].indexOf(likelihoodOf(signsOf({ ...given, dns })));
      expect(rank(used)).toBeGreaterThanOrEqual(rank(unused));
    }),
  );
});

test('instants are told with their source, and a guess says that it is one', () => {
  const held = registration({ rgp: ['autoRenewPeriod'], expiresAt: at('2027-03-01T12:00:00Z') });
  const given = { registration: held, stage: 'auto_renew_grace', now: at('2026-03-05T00:00:00Z') } as const;
  const instants = instantsOf({
    stage: given.stage,
    registeredAt: held.registeredAt,
    registrarExpiresAt: at('2026-03-01T12:00:00Z'),
    forecast: forecast(given, policy('com')),
  });
  expect(
    instants.map(({ what, earliest, latest, source, confidence }) => [
      what,
      iso(earliest),
      iso(latest),
      source,
      confidence,
    ]),
  ).toEqual([
    ['registered', '2020-03-01T12:00:00Z', '2020-03-01T12:00:00Z', 'registry', 'published'],
    ['expiry', '2026-03-01T12:00:00Z', '2026-03-01T12:00:00Z', 'registry', 'estimated'],
    ['registrar_expiry', '2026-03-01T12:00:00Z', '2026-03-01T12:00:00Z', 'registrar', 'published'],
    ['auto_renew_grace', '2026-03-01T12:00:00Z', '2026-03-01T12:00:00Z', 'policy', 'estimated'],
    ['redemption', '2026-03-05T00:00:00Z', '2026-04-15T12:00:00Z', 'policy', 'estimated'],
    ['pending_delete', '2026-04-04T00:00:00Z', '2026-05-15T12:00:00Z', 'policy', 'estimated'],
    ['drop', '2026-04-09T18:00:00Z', '2026-05-20T19:00:00Z', 'policy', 'estimated'],
  ]);
});

test.each([
  [0, 'none'],
  [1, 'some'],
  [4, 'some'],
  [5, 'many'],
  [1_000, 'many'],
])('%d others are, to who is not among them, %s', (others, crowd) => expect(crowdOf(others)).toBe(crowd));
