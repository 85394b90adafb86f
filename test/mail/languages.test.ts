/** Each event in each language: what it says, in the reader's own time, and never surer than what is known. */
import { noticeFor, type NoticeSettings } from '../../mail/notices.ts';
import { LOST_REASONS, type NameView, type Outcome } from '../../rules/reservation.ts';
import { REFUSALS } from '../../rules/queue.ts';
import { STAGES } from '../../rules/stage.ts';
import type { DropWindow } from '../../rules/tlds.ts';
import { usd } from '../../rules/money.ts';
import type { EventDoc, ReservationDoc } from '../../store/reservations.ts';
import { at, endedBy, event, expiringIn, inRedemption, reservation, waiting } from './samples.ts';

const settings: NoticeSettings = { to: 'customer', from_name: 'Acme Names' };
const LANGUAGES = { en: 'en-GB', de: 'de-DE' };
type Language = keyof typeof LANGUAGES;

const EXPIRY = at('2026-04-18T18:00:00Z');
const window = (confidence: DropWindow['confidence']): DropWindow => ({
  earliest: at('2026-04-18T18:00:00Z'),
  latest: at('2026-04-18T19:00:00Z'),
  source: confidence === 'published' ? 'drop_list' : 'policy',
  confidence,
});
const registered: NameView = {
  stage: 'registered',
  seenAt: at('2026-03-14T09:00:00Z'),
  expiresAt: EXPIRY,
  next: { what: 'expiry', at: EXPIRY },
};
const inGrace: NameView = { ...registered, stage: 'auto_renew_grace', next: { what: 'redemption', at: EXPIRY } };
const leaving = (drop: DropWindow): NameView => ({
  ...inRedemption,
  stage: 'pending_delete',
  drop,
  next: { what: 'drop', at: drop.earliest },
});
const scheduled = (drop: DropWindow, before: DropWindow | null = null) =>
  event('reservation.drop_scheduled', { drop, before: { drop: before } });

interface Case {
  reservation: ReservationDoc;
  event: EventDoc;
}
const open = (name: NameView, told: EventDoc): Case => ({
  reservation: reservation({ state: waiting(name) }),
  event: told,
});
const outcome = (of: Outcome): Case => {
  const { reservation: doc, event: told } = endedBy(of);
  return { reservation: { ...doc, accepted_unplaced: true }, event: told };
};
const AT = at('2026-04-18T18:00:01Z');

const going = { ordinal: 7, name: { ...inRedemption, stage: 'registered_by_us' as const } };
const bidding = { ...going, auction: 'auc_1', endsAt: EXPIRY };
const stands = { auction: 'auc_1', price: usd(15_500), minimum: usd(16_000), endsAt: EXPIRY };
const money = (state: ReservationDoc['state'], told: EventDoc): Case => ({
  reservation: reservation({ state }),
  event: told,
});

const CASES = {
  unfunded: open(inRedemption, event('reservation.unfunded', { amount: usd(6_900), due: EXPIRY, hours: 24 })),
  auction: money({ status: 'in_auction', ...bidding }, event('auction.started', stands)),
  outbid: money({ status: 'in_auction', ...bidding }, event('auction.outbid', stands)),
  closing: money({ status: 'in_auction', ...bidding }, event('auction.closing', stands)),
  closed: money({ status: 'standby', ...bidding }, event('auction.closed', stands)),
  offered: money(
    { status: 'offered', ...going, price: usd(6_900), answerBy: EXPIRY },
    event('reservation.offered', { price: usd(6_900), answerBy: EXPIRY }),
  ),
  unpaid: money(
    { status: 'awaiting_payment', ...going, price: usd(6_900), payBy: EXPIRY },
    event('reservation.payment_required', { price: usd(6_900), payBy: EXPIRY }),
  ),
  placed: open(registered, event('reservation.placed', { stage: 'registered' })),
  expiring: open(registered, expiringIn(EXPIRY, 7)),
  expired: open(inGrace, event('reservation.expired', { expiresAt: EXPIRY })),
  stage: open(inRedemption, event('reservation.stage_changed', { stage: 'redemption', from: 'auto_renew_grace' })),
  published: open(leaving(window('published')), scheduled(window('published'))),
  estimated: open(leaving(window('estimated')), scheduled(window('estimated'))),
  uncertain: open(leaving(window('uncertain')), scheduled(window('uncertain'))),
  moved: open(
    leaving(window('estimated')),
    scheduled(window('estimated'), { ...window('estimated'), earliest: 0, latest: 0 }),
  ),
  kept: open(registered, event('reservation.renewed', { how: 'restored', stage: 'registered', expiresAt: EXPIRY })),
  caught: {
    reservation: reservation({
      state: { status: 'standby', ordinal: 7, name: { ...inRedemption, stage: 'registered_by_us' } },
    }),
    event: event('reservation.caught', { stage: 'registered_by_us' }),
  },
  won: outcome({
    result: 'won',
    reason: 'first_in_order',
    at: AT,
    price: usd(6_900),
    registeredTo: 'acme-1',
    roid: 'D1-COM',
    registeredAt: AT,
    expiresAt: at('2027-04-18T18:00:01Z'),
    delivery: { status: 'delivered', why: 'no_restore_rights' },
  }),
  lost: outcome({ result: 'lost', reason: 'caught_by_other', at: AT, caughtBy: 'other-9' }),
  missed: outcome({ result: 'missed', reason: 'kept', at: AT, how: 'renewed', expiresAt: at('2027-04-18T18:00:00Z') }),
  waitedOut: outcome({ result: 'missed', reason: 'wait_until', at: AT }),
  cancelledByRegistrar: outcome({ result: 'cancelled', reason: 'by_registrar', at: AT }),
  cancelledBySupport: outcome({ result: 'cancelled', reason: 'by_support', at: AT }),
  rejected: outcome({ result: 'rejected', reason: 'premium', at: AT }),
} satisfies Record<string, Case>;

function read(
  { reservation: doc, event: told }: Case,
  customer: Partial<ReservationDoc['customer']> = {},
  own: Partial<NoticeSettings> = {},
) {
  const mail = noticeFor({ ...doc, customer: { ...doc.customer, ...customer } }, told, { ...settings, ...own });
  if (!mail) throw new Error('nothing is sent');
  return mail;
}
const readIn = (language: Language, one: Case) => read(one, { locale: LANGUAGES[language] });
const BOTH = Object.keys(LANGUAGES) as Language[];

const ACT = 'https://acme.test/act?reservation=rsv_1';

test.each<[keyof typeof CASES, string[], string, string]>([
  ['unfunded', ['69'], 'See what is to be covered', 'Ansehen, was zu decken ist'],
  ['auction', ['155', '160'], 'Bid', 'Bieten'],
  ['outbid', ['155', '160'], 'Bid', 'Bieten'],
  ['closing', ['155', '160'], 'Bid', 'Bieten'],
  ['closed', ['155'], 'See your reservation', 'Ihre Vormerkung ansehen'],
  ['offered', ['69'], 'Accept or decline', 'Annehmen oder ablehnen'],
  ['unpaid', ['69'], 'Pay', 'Bezahlen'],
])('%s: the amount, the deadline in the customer’s own time, and a link to act', (kind, amounts, en, de) => {
  const one = CASES[kind];
  for (const [locale, label, cents, when] of [
    ['en-GB', en, '.00 USD', '18 April 2026, 14:00 GMT-4'],
    ['de-DE', de, ',00 USD', '18. April 2026, 14:00 Uhr GMT-4'],
  ] as const) {
    const { text } = read(one, { locale, time_zone: 'America/New_York' }, { act_url: 'https://acme.test/act' });
    for (const said of [...amounts.map((amount) => amount + cents), when, `${label}: ${ACT}`])
      expect(text).toContain(said);
  }
});

test.each([
  [
    'unfunded',
    'en',
    'example.com: the price is not covered',
    ['does not cover 69.00 USD', 'by 18 April 2026, 18:00 UTC'],
  ],
  ['unfunded', 'de', 'example.com: Der Preis ist nicht gedeckt', ['deckt 69,00 USD nicht', 'bis zum 18. April 2026']],
  ['auction', 'en', 'example.com: the auction has begun', ['stands at 155.00 USD', 'You can bid until', 'hard limit']],
  ['auction', 'de', 'example.com: Die Auktion hat begonnen', ['steht bei 155,00 USD', 'feste Grenze']],
  ['outbid', 'en', 'example.com: you have been outbid', ['Somebody else now leads', 'Auction ends: 18 April 2026']],
  [
    'outbid',
    'de',
    'example.com: Sie wurden überboten',
    ['führt jetzt jemand anderes', 'Ende der Auktion: 18. April 2026'],
  ],
  ['closing', 'en', 'example.com: the auction ends soon', ['a late bid may extend it']],
  ['closing', 'de', 'example.com: Die Auktion endet bald', ['ein spätes Gebot kann sie verlängern']],
  ['closed', 'en', 'example.com: the auction has ended', ['once it is paid', 'no longer be cancelled']],
  ['closed', 'de', 'example.com: Die Auktion ist beendet', ['sobald er bezahlt ist', 'nicht mehr stornieren']],
  [
    'offered',
    'en',
    'example.com is offered to you',
    ['for 69.00 USD', 'stands until 18 April 2026', 'accept or decline'],
  ],
  ['offered', 'de', 'example.com wird Ihnen angeboten', ['für 69,00 USD', 'gilt bis zum 18. April 2026', 'anzunehmen']],
  ['unpaid', 'en', 'example.com: payment is required', ['must be there by 18 April 2026', 'Pay by: 18 April 2026']],
  ['unpaid', 'de', 'example.com: Zahlung erforderlich', ['Gedeckt sein muss er bis zum 18. April 2026', 'rechtzeitig']],
  [
    'placed',
    'en',
    'Your reservation of example.com',
    ['try to register it for you', 'runs until 18 April 2026, 18:00 UTC'],
  ],
  ['placed', 'de', 'Ihre Vormerkung von example.com', ['für Sie vorgemerkt', 'bis zum 18. April 2026, 18:00 Uhr UTC']],
  ['expiring', 'en', 'example.com: registered until 18 April 2026', ['7 days from now at the most', 'can renew it']],
  ['expiring', 'de', 'example.com: registriert bis zum 18. April 2026', ['noch höchstens 7 Tage', 'verlängern']],
  ['expired', 'en', 'example.com: past its expiry', ['ran until 18 April 2026', 'may still let the owner renew']],
  ['expired', 'de', 'example.com: Laufzeit abgelaufen', ['lief bis zum 18. April 2026', 'rechnen wir damit']],
  ['stage', 'en', 'example.com: in redemption', ['can still have it restored', 'begin by about 13 April 2026']],
  [
    'stage',
    'de',
    'example.com: in der Wiederherstellungsfrist',
    ['wiederherstellen lassen', 'etwa zum 13. April 2026'],
  ],
  [
    'published',
    'en',
    'example.com: release published for 18 April 2026',
    ['has been published', 'last stage', 'calendar'],
  ],
  [
    'published',
    'de',
    'example.com: Freigabe veröffentlicht für den 18. April 2026',
    ['veröffentlicht', 'letzte Phase', 'Kalender'],
  ],
  ['estimated', 'en', 'example.com: release expected about 18 April 2026', ['we expect', 'an estimate']],
  ['estimated', 'de', 'example.com: Freigabe etwa am 18. April 2026 erwartet', ['rechnen wir', 'eine Schätzung']],
  ['uncertain', 'en', 'example.com: release possible about 18 April 2026', ['may release it', 'This is uncertain']],
  ['uncertain', 'de', 'example.com: Freigabe etwa am 18. April 2026 möglich', ['könnte', 'Das ist unsicher']],
  ['moved', 'en', 'example.com: another time of release', ['This replaces what was known before: at 1 January 1970']],
  ['moved', 'de', 'example.com: anderer Zeitpunkt der Freigabe', ['überholt', 'am 1. Januar 1970']],
  [
    'kept',
    'en',
    'example.com: not released this time',
    ['restored for its owner', 'now registered until 18 April 2026'],
  ],
  [
    'kept',
    'de',
    'example.com: diesmal keine Freigabe',
    ['wiederhergestellt', 'bis zum 18. April 2026', 'behält ihren Platz'],
  ],
  [
    'caught',
    'en',
    'example.com: registered through us',
    ['Whose it becomes is being decided', 'no longer be cancelled'],
  ],
  ['caught', 'de', 'example.com: über uns registriert', ['wird noch entschieden', 'nicht mehr stornieren']],
  ['won', 'en', 'example.com is registered for you', ['The price is 69.00 USD', 'Registered until: 18 April 2027']],
  [
    'won',
    'de',
    'example.com ist für Sie registriert',
    ['69,00 USD', 'Registriert bis: 18. April 2027, 18:00:01 Uhr UTC'],
  ],
  ['lost', 'en', 'example.com could not be registered for you', ['shows other-9 as its registrar', 'new reservation']],
  ['lost', 'de', 'example.com konnte nicht für Sie registriert werden', ['nennt jetzt other-9', 'neu vormerken']],
  [
    'missed',
    'en',
    'example.com: your reservation has ended',
    ['has been renewed', 'until 18 April 2027', 'to end in that case'],
  ],
  ['missed', 'de', 'example.com: Ihre Vormerkung ist beendet', ['wurde verlängert', 'bis zum 18. April 2027']],
  ['cancelledByRegistrar', 'en', 'example.com: your reservation is cancelled', ['by the registrar you placed it with']],
  ['cancelledByRegistrar', 'de', 'example.com: Ihre Vormerkung ist storniert', ['von dem Registrar storniert']],
  ['cancelledBySupport', 'en', 'example.com: your reservation is cancelled', ['by our support']],
  ['cancelledBySupport', 'de', 'example.com: Ihre Vormerkung ist storniert', ['von unserem Support storniert']],
  ['rejected', 'en', 'example.com could not be reserved', ['could then not be placed', 'at a price of its own']],
  [
    'rejected',
    'de',
    'example.com konnte nicht vorgemerkt werden',
    ['ließ sich dann aber nicht aufnehmen', 'eigenen Preis'],
  ],
] satisfies [keyof typeof CASES, Language, string, string[]][])(
  '%s in %s reads "%s"',
  (what, language, subject, says) => {
    const mail = readIn(language, CASES[what]);
    expect(mail.subject).toBe(subject);
    for (const sentence of says) expect(mail.text).toContain(sentence);
    expect(mail.html).toContain(`<html lang="${language}">`);
  },
);

const CERTAIN = [
  ...['won', 'rejected', 'cancelledByRegistrar', 'cancelledBySupport'],
  // What is asked for, by when, and what happens otherwise leaves nothing to guess.
  ...['unfunded', 'auction', 'outbid', 'closing', 'closed', 'offered', 'unpaid'],
];

test.each(BOTH)(
  'in %s, whatever may still go another way says that nothing is guaranteed, and what can be done',
  (language) => {
    const promised = { en: 'Nothing is guaranteed.', de: 'Garantiert ist nichts.' }[language];
    for (const [what, one] of Object.entries(CASES)) {
      const { text } = readIn(language, one);
      if (!CERTAIN.includes(what)) expect(text).toContain(promised);
      expect(text).toContain('Acme Names.');
    }
  },
);

test.each([
  ['estimated', 'en', ['estimate', 'expect']],
  ['estimated', 'de', ['Schätzung', 'rechnen wir']],
  ['uncertain', 'en', ['uncertain', 'may']],
  ['uncertain', 'de', ['unsicher', 'könnte']],
] as const)('what is %s is never told in %s as if it were sure', (confidence, language, unsure) => {
  const SURE = {
    en: /\bwill\b|\bshall\b|\bcertain(ly)?\b|\bsurely\b|is released (at|on|between)|published/i,
    de: /\b(wird|werden) (?!abgeschlossen|noch entschieden)|\bsicher\b|\bbestimmt\b|steht fest|veröffentlicht/i,
  };
  const drop = window(confidence);
  const told = (['placed', 'stage_changed'] as const).map((type) =>
    open(leaving(drop), event(`reservation.${type}`, { stage: 'pending_delete' })),
  );
  for (const one of [
    ...told,
    CASES[confidence],
    open(leaving(drop), scheduled(drop, { ...drop, latest: drop.earliest })),
  ]) {
    const { subject, text, invitation } = readIn(language, one);
    for (const said of [subject, text, invitation?.title, invitation?.text]) expect(said).not.toMatch(SURE[language]);
    for (const word of unsure) expect(text).toContain(word);
    expect(invitation?.title).toContain(unsure[0]);
  }
});

test('no language leaves anything out: every stage, loss and refusal is a sentence of its own in both', () => {
  const cases = [
    ...STAGES.map((stage) => open({ ...inRedemption, stage }, event('reservation.stage_changed', { stage }))),
    ...LOST_REASONS.map((reason) => outcome({ result: 'lost', reason, at: AT })),
    ...REFUSALS.map((reason) => outcome({ result: 'rejected', reason, at: AT })),
    ...([30, 7, 1, 0] as const).map((days) => open(registered, expiringIn(EXPIRY, days))),
  ];
  const texts = BOTH.flatMap((language) => cases.map((one) => readIn(language, one).text));
  expect(new Set(texts).size).toBe(2 * cases.length);
  for (const text of texts) expect(text).not.toMatch(/undefined|\[object|NaN|Invalid/);
});

test.each([
  [undefined, 'en'],
  ['en-US', 'en'],
  ['de', 'de'],
  ['de-AT', 'de'],
  ['DE-ch', 'de'],
  ['deu', 'de'],
  ['fr-CA', 'en'],
  ['nl', 'en'],
  ['de-aa-bb-cc', 'en'],
] as const)('a customer whose language is %s is written to in %s', (locale, language) => {
  const { html } = read(CASES.placed, locale === undefined ? {} : { locale });
  expect(html).toContain(`<html lang="${language}">`);
});

test('an Austrian reads of Jänner', () => {
  const expiresAt = at('2027-01-05T12:00:00Z');
  const one = open(registered, event('reservation.expiring', { days: 1, expiresAt }));
  expect(read(one, { locale: 'de-AT' }).subject).toBe('example.com: registriert bis zum 5. Jänner 2027');
});

test.each([
  [undefined, 'en', '18 April 2026, 18:00 UTC', 'UTC'],
  ['Europe/Berlin', 'de', '18. April 2026, 20:00 Uhr MESZ', 'Europe/Berlin'],
  ['Pacific/Auckland', 'en', '19 April 2026, 06:00', 'Pacific/Auckland'],
  ['America/New_York', 'en-US', '18 April 2026, 14:00 EDT', 'America/New_York'],
  ['Atlantis/Sunken', 'en', '18 April 2026, 18:00 UTC', 'UTC'],
])('in the time zone %s (%s) the release is told as %s', (time_zone, locale, shown, zone) => {
  const { text } = read(CASES.estimated, { locale, ...(time_zone && { time_zone }) });
  expect(text).toContain(shown);
  expect(text).toContain(zone);
});

test('in winter and in summer one zone has two offsets, and each instant its own', () => {
  const drop = { ...window('estimated'), earliest: at('2026-10-25T00:30:00Z'), latest: at('2026-10-25T01:30:00Z') };
  const { text } = read(open(leaving(drop), scheduled(drop)), { locale: 'de', time_zone: 'Europe/Berlin' });
  expect(text).toContain('zwischen dem 25. Oktober 2026, 02:30 Uhr MESZ und dem 25. Oktober 2026, 02:30 Uhr MEZ');
});

test('what others typed is text in German too', () => {
  const customer = { locale: 'de', name: '<b>Ada</b>\r\nBcc: eve@evil.test' };
  const { html, text } = read(CASES.lost, customer);
  expect(html).toContain('Guten Tag &lt;b&gt;Ada&lt;/b&gt; Bcc: eve@evil.test,');
  expect(html).not.toMatch(/<b>/);
  expect(text).not.toContain('\nBcc:');
});

test('support’s own words about a cancellation are not mailed', () => {
  const { reservation: doc, event: told } = CASES.cancelledBySupport;
  const explained = { ...told, data: { ...told.data, explanation: 'fraud suspected by Bob' } };
  expect(read({ reservation: doc, event: explained }).text).not.toContain('Bob');
});

test('whoever was refused by the answer itself is not mailed the refusal too', () => {
  const { reservation: doc, event: told } = CASES.rejected;
  expect(noticeFor({ ...doc, accepted_unplaced: false }, told, settings)).toBeNull();
});

test('the first step past the expiry is one notice, not two', () => {
  const state = { reservation: reservation({ state: waiting(inGrace) }) };
  const beside = event('reservation.stage_changed', { stage: 'auto_renew_grace', from: 'registered' });
  expect(noticeFor(state.reservation, beside, settings)).toBeNull();
  const back = event('reservation.stage_changed', { stage: 'auto_renew_grace', from: 'unknown' });
  expect(noticeFor(state.reservation, back, settings)?.subject).toBe('example.com: past its expiry');
});
