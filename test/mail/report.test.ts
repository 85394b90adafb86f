/** Reports: every event in words in both languages, what is unknown said to be unknown, and a page that can do nothing but be read. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { reportOf, type HashedEvent, type Reported } from '../../mail/report.ts';
import { REPORT_POLICY, reportPage } from '../../mail/report-page.ts';
import { REPORT_STYLE } from '../../mail/templates/report.ts';
import { REPORT_DE } from '../../mail/wording/report-de.ts';
import { REPORT_EN } from '../../mail/wording/report-en.ts';
import type { Outcome } from '../../rules/reservation.ts';
import { at, ended, event, reservation } from './samples.ts';

const NOW = at('2026-04-22T09:00:00Z');
const DROP = at('2026-04-21T18:00:00.000Z');
const drop = { earliest: DROP, latest: DROP, source: 'drop_list', confidence: 'published' } as const;
const lost: Outcome = { result: 'lost', reason: 'caught_by_other', at: DROP + 900, caughtBy: 'rival-1' };

const numbered = (told: [string, Record<string, unknown>][]): HashedEvent[] =>
  told.map(([type, data], index) =>
    event(type, data, { _id: `evt_${index + 1}`, seq: index + 1, created: new Date(DROP - 1_000 + index) }),
  );

const RACE: [string, Record<string, unknown>][] = [
  ['reservation.placed', { stage: 'pending_delete', drop }],
  ['notice.sent', { event: 'evt_1', told: 'reservation.placed', channel: 'mail' }],
  ['attempt.catching', { drop }],
  [
    'attempt.made',
    {
      creates: 1_202,
      complete: true,
      heldAt: DROP - 2,
      answers: [
        { code: 2302, count: 1_201, firstAt: DROP - 150, lastAt: DROP + 310 },
        { code: 'no_answer', count: 1, firstAt: DROP + 12, lastAt: DROP + 12 },
      ],
      drop,
    },
  ],
  ['observation.registered', { sponsor: 'rival-1', byUs: false, registeredAt: DROP + 17, drop }],
  ['reservation.lost', { ...lost }],
];

function told(over: Partial<Reported> = {}, locale = 'en-GB') {
  const doc = reservation({
    customer: { id: 'cus-7', email: 'ada@customer.test', name: 'Ada Lovelace', locale, time_zone: 'Europe/Berlin' },
    state: ended(lost),
    open: false,
    status: 'lost',
  });
  return reportOf({
    reservation: doc,
    events: numbered(RACE),
    similar: undefined,
    now: NOW,
    toRegistrar: false,
    ...over,
  });
}

test('a loss says who has the name, how long after the drop it was registered and by whose instants, and what was tried', () => {
  const report = told();
  expect(report.drop).toEqual([
    'The registry names rival-1 as the registrar of the name.',
    'By the registry it was registered at 21 April 2026, 20:00:00.017 CEST.',
    'It was registered 17 ms after its release: from 21 April 2026, 20:00:00.000 CEST, the instant the registry had published, to 21 April 2026, 20:00:00.017 CEST, the instant the registry gives the new registration.',
  ]);
  expect(report.tried?.sentences).toEqual([
    'Requests to register the name that we sent to the registry: 1,202.',
    'Times by our clock; in brackets, how long before (−) or after (+) the published release at 21 April 2026, 20:00:00.000 CEST.',
  ]);
  expect(report.tried?.rows).toEqual([
    [
      '2302: refused: somebody has the name, perhaps still its old owner',
      '1,201',
      '21 April 2026, 19:59:59.850 CEST (−150 ms)',
      '21 April 2026, 20:00:00.310 CEST (+310 ms)',
    ],
    [
      'no answer came; the registry was then asked who has the name',
      '1',
      ...Array(2).fill('21 April 2026, 20:00:00.012 CEST (+12 ms)'),
    ],
  ]);
  expect(report.head).toEqual({ seq: 6, hash: 'ab'.repeat(32) });
  expect(report.proof?.line).toBe(`rsv_1 6 ${'ab'.repeat(32)}`);
});

test('a long wait is told in minutes, and still to the millisecond', () => {
  const late = told({ events: numbered(RACE.map(later(2_695_999))) });
  expect(late.drop?.[2]).toContain('registered 44 min 55.999 s after its release');
  const german = told({ events: numbered(RACE.map(later(3_661_000))) }, 'de');
  expect(german.drop?.[2]).toContain('Er wurde 1 h 1 min 1 s nach seiner Freigabe registriert');
});

/** The race, whose winner came so long after the drop. */
const later =
  (ms: number) =>
  ([type, data]: [string, Record<string, unknown>]): [string, Record<string, unknown>] =>
    type === 'observation.registered' ? [type, { ...data, registeredAt: DROP + ms }] : [type, data];

test('the same in German, by the customer’s locale', () => {
  const report = told({}, 'de-AT');
  expect(report.language).toBe('de');
  expect(report.drop?.[2]).toContain('17 ms nach seiner Freigabe');
  expect(report.timeline.map(({ text }) => text).slice(0, 2)).toEqual([
    'Die Vormerkung wurde aufgenommen. Der Name: kurz vor der Freigabe. Die Freigabe wurde für folgende Zeit veröffentlicht: am 21. April 2026, 20:00 Uhr MESZ.',
    'E-Mail zur Aufnahme der Vormerkung: vom Mailserver angenommen.',
  ]);
});

test('what is not known is said to be unknown', () => {
  const unknown = RACE.filter(([type]) => type !== 'observation.registered');
  expect(told({ events: numbered(unknown) }).drop).toEqual([REPORT_EN.after.unknown.not_registered]);
  const window = { ...drop, latest: DROP + 1, source: 'policy' };
  const nobodySaw: [string, Record<string, unknown>][] = [
    ['attempt.made', { creates: 0, complete: false, answers: [], drop: window }],
    ['observation.registered', { sponsor: 'rival-1', byUs: false, drop: window }],
  ];
  const report = told({ events: numbered(nobodySaw) });
  expect(report.drop?.at(-1)).toBe(REPORT_EN.after.unknown.no_registration_instant);
  expect(report.tried?.sentences).toEqual([REPORT_EN.tried.creates('0', false)]);
  expect(told({ events: [] }).head).toBeNull();
});

test('an open reservation has a report so far, which ends nothing and promises nothing', () => {
  const report = told({ reservation: reservation(), events: numbered(RACE.slice(0, 2)) });
  expect(report.result[0]).toBe(REPORT_EN.soFar);
  expect(report.result.join(' ')).toContain('is in redemption');
  expect([report.drop, report.tried]).toEqual([undefined, undefined]);
  expect(report.footer.at(-1)).toContain('Nothing is guaranteed');
});

test('support’s own words are for the registrar', () => {
  const decision: [string, Record<string, unknown>][] = [
    ['reservation.needs_attention', { error: 'create_refused_2104' }],
    ['decision.retry', { reason: 'account of Mrs Smith topped up' }],
  ];
  const events = numbered(decision);
  const text = (toRegistrar: boolean) =>
    told({ events, toRegistrar })
      .timeline.map(({ text: says }) => says)
      .join(' ');
  expect(text(true)).toContain(
    'Our support had the step tried again. The reason given: “account of Mrs Smith topped up”.',
  );
  expect(text(false)).toContain('refused for good, with the code 2104');
  expect(text(false)).not.toContain('Smith');
});

const TYPES = [
  ...['placed', 'expiring', 'expired', 'stage_changed', 'drop_scheduled', 'renewed', 'caught', 'needs_attention'],
  ...['won', 'lost', 'missed', 'cancelled', 'rejected', 'offered'],
].map((type) => `reservation.${type}`);
const AWARDING = [
  ...['reservation.unfunded', 'reservation.payment_required', 'decision.award', 'decision.accepted', 'decision.lapsed'],
  ...['started', 'outbid', 'extended', 'closing', 'closed'].map((type) => `auction.${type}`),
];
const OTHERS = ['attempt.catching', 'observation.expiry_moved', 'observation.transferred', 'decision.skip'];
const NOTICES = ['notice.sent', 'notice.overtaken', 'notice.failed', 'observation.unheard_of'];
const FACTS: Record<string, unknown>[] = [
  {},
  { stage: 'redemption', from: 'registered', how: 'restored', days: 7, expiresAt: DROP, drop, before: { drop: null } },
  { ...lost },
  {
    result: 'won',
    price: { amount: 6_900, currency: 'USD' },
    at: DROP,
    registeredTo: 'us',
    roid: 'D1',
    expiresAt: DROP,
  },
  { result: 'missed', reason: 'kept', how: 'renewed', at: DROP },
  { result: 'cancelled', reason: 'by_support', at: DROP, explanation: 'asked for' },
  { result: 'rejected', reason: 'no_race', at: DROP },
  {
    sponsor: 'b',
    before: { sponsor: 'a', expiresAt: DROP },
    expiresAt: DROP + 1,
    told: 'reservation.lost',
    reason: 'given_up',
  },
];
/** Outcomes carry all that their notices tell; of all else any fact may be missing. */
const ENDED: Record<string, number> = { won: 3, lost: 2, missed: 4, cancelled: 5, rejected: 6 };
const fits = (type: string, nth: number) => (ENDED[type.split('.')[1] ?? ''] ?? nth) === nth;

test('every event is a sentence in both languages, whatever facts it has or lacks, and none shows what is not there', () =>
  fc.assert(
    fc.property(
      fc.constantFrom(...TYPES, ...AWARDING, ...OTHERS, ...NOTICES),
      fc.nat(FACTS.length - 1),
      fc.constantFrom('en', 'de'),
      fc.boolean(),
      (type, nth, locale, toRegistrar) => {
        fc.pre(fits(type, nth));
        const [line] = told({ events: numbered([[type, FACTS[nth] ?? {}]]), toRegistrar }, locale).timeline;
        expect(line?.text).toMatch(/[.“”]$/);
        expect(line?.text).not.toMatch(/undefined|null|NaN|Invalid|\[object/);
      },
    ),
    { numRuns: 500 },
  ));

test('what was decided is told with its rule, what it came to, and why', () => {
  const decision = {
    ...{ rule: 'auction_when_contested', version: 'auction_when_contested/1', policy: '1', verdict: 'take', claims: 2 },
    price: { amount: 15_500, currency: 'USD' },
    considered: [
      { place: 1, mine: true, reason: 'outbid' },
      { place: 2, mine: false, reason: 'highest_bid' },
    ],
  };
  const events = numbered([
    ['auction.extended', { auction: 'auc_1', price: decision.price, endsAt: DROP }],
    ['decision.award', decision],
  ]);
  expect(told({ events }).timeline.map(({ text }) => text)).toEqual([
    'A late bid moved the end of the auction to 21 April 2026, 20:00 CEST; it stood at 155.00 USD.',
    'Decided by auction where several may have it (auction_when_contested/1); reservations considered: 2. The name was to go to one of them for 155.00 USD. This one was outbid.',
  ]);
});

test('both languages say all there is to say, and not the same', () => {
  const flat = (value: unknown): string[] =>
    typeof value === 'string' ? [value] : typeof value === 'object' && value ? Object.values(value).flatMap(flat) : [];
  const [en, de] = [flat(REPORT_EN), flat(REPORT_DE)];
  expect(de).toHaveLength(en.length);
  expect(en.filter((line, index) => line === de[index])).toEqual(['Name']);
});

test('the page is of one piece: nothing but its own style may act, and what came from outside is text', () => {
  const nasty = '<script>alert(1)</script>&"\'';
  const page = reportPage(
    told({
      events: numbered([['observation.registered', { sponsor: nasty, byUs: false }]]),
      similar: {
        kind: 'found',
        names: [{ unicode: nasty, reason: 'hyphen', availability: 'available' }],
        asOf: NOW,
        isWhole: false,
      },
    }),
  );
  expect(page).not.toMatch(/<script|<img|<link|<form|<iframe|href=|src=|url\(|@import/);
  expect(page).toContain('&lt;script&gt;');
  const hash = createHash('sha256').update(REPORT_STYLE).digest('base64');
  expect(page).toContain(`<style>${REPORT_STYLE}</style>`);
  expect(page).toContain(`style-src &#39;sha256-${hash}&#39;`);
  expect(REPORT_POLICY).toBe(
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
});

test('what happened comes before what else there is', () => {
  const names = [{ unicode: 'else.test', reason: 'hyphen' as const, availability: 'available' as const }];
  const page = reportPage(told({ similar: { kind: 'found', names, asOf: NOW, isWhole: true } }));
  const headings = [...page.matchAll(/<h2>([^<]+)<\/h2>/g)].map(([, heading]) => heading);
  expect(headings).toEqual([
    'What came of it',
    'Who has the name, and since when',
    ...['What we tried', 'What happened', 'Similar names', 'Proof'],
  ]);
  expect(page).toContain('<td data-label="Name">else.test</td>');
});

test('neither the person nor the budget is in it', () => {
  const page = reportPage(told());
  for (const secret of ['Ada', 'Lovelace', 'ada@customer.test', 'cus-7', '200.00']) expect(page).not.toContain(secret);
});
