/** What happens next and how soon, in both languages: as it is on the day it is told. */
import { noticeFor } from '../../mail/notices.ts';
import { readerOf } from '../../mail/reader.ts';
import { inWords } from '../../mail/report-events.ts';
import type { NameView } from '../../rules/reservation.ts';
import type { EventDoc, ReservationDoc } from '../../store/reservations.ts';
import { at, event, expiringIn, inRedemption, reservation, waiting } from './samples.ts';

const BOTH = ['en', 'de'] as const;
const AT = at('2026-04-18T18:00:01Z');
const EXPIRY = at('2026-04-18T18:00:00Z');
const registered: NameView = {
  stage: 'registered',
  seenAt: at('2026-03-14T09:00:00Z'),
  expiresAt: EXPIRY,
  next: { what: 'expiry', at: EXPIRY },
};

function textIn(locale: string, { reservation: doc, event: told }: { reservation: ReservationDoc; event: EventDoc }) {
  const mail = noticeFor({ ...doc, customer: { ...doc.customer, locale } }, told, { to: 'customer' });
  if (!mail) throw new Error('nothing is sent');
  return mail.text;
}

const freed = (stage: 'available' | 'unknown', over: Partial<ReservationDoc> = {}) => {
  const { drop: _none, ...name } = inRedemption;
  const state = {
    status: 'catching',
    ordinal: 7,
    name: { ...name, stage, next: { what: 'registry_check', at: AT } },
  } as const;
  return {
    reservation: reservation({ state, ...over }),
    event: event('reservation.stage_changed', { stage, from: 'pending_delete' }),
  };
};

test.each([
  [
    'en',
    'nobody holds example.com at this moment.',
    'We are trying to register it now',
    'no request to register it is sent',
  ],
  [
    'de',
    'im Augenblick nicht vergeben',
    'Wir versuchen jetzt, den Namen zu registrieren',
    'wird keine Registrierung beantragt',
  ],
] as const)(
  'in %s, a name that came free is tried for now, and not at some later time',
  (language, isFree, weTry, dry) => {
    const LATER = /go on asking|fragen weiter|18 April|18\. April/;
    const text = textIn(language, freed('available'));
    expect(text).toContain(isFree);
    expect(text).toContain(weTry);
    const waited = textIn(language, freed('available', { state: waiting({ ...inRedemption, stage: 'available' }) }));
    expect(waited).toContain(weTry);
    const withheld = textIn(language, freed('unknown'));
    expect(withheld).toContain(weTry);
    const dryRun = textIn(language, freed('available', { dry_run: true }));
    expect(dryRun).toContain(dry);
    expect(dryRun).not.toContain(weTry);
    for (const said of [text, waited, withheld, dryRun]) expect(said).not.toMatch(LATER);
  },
);

test.each([
  [30, 30, '30 days from now at the most', 'noch höchstens 30 Tage', 'in 30 days at the most', 'in höchstens 30 Tagen'],
  [30, 29.99, '30 days from now', 'noch höchstens 30 Tage', 'in 30 days', 'in höchstens 30 Tagen'],
  // The registry moved the date.
  [30, 12, '12 days from now at the most', 'noch höchstens 12 Tage', 'in 12 days at the most', 'in höchstens 12 Tagen'],
  [7, 2.5, '3 days from now at the most', 'noch höchstens 3 Tage', 'in 3 days at the most', 'in höchstens 3 Tagen'],
  [
    1,
    0.6,
    'one day from now at the most',
    'noch höchstens einen Tag',
    'in one day at the most',
    'in höchstens einem Tag',
  ],
  [0, 0.4, 'a few hours from now', 'nur noch wenige Stunden', 'within hours', 'binnen Stunden'],
])(
  'the mark of %s days that is told %s days before is told as that, by mail and in the report',
  (days, left, ...says) => {
    const one = { reservation: reservation({ state: waiting(registered) }), event: expiringIn(EXPIRY, days, left) };
    const reports = BOTH.map((language) => {
      const reader = readerOf({ locale: language });
      return inWords({ reader, reservation: one.reservation, event: one.event, toRegistrar: false });
    });
    const told = [...BOTH.map((language) => textIn(language, one)), ...reports];
    for (const [nth, sentence] of says.entries()) expect(told[nth]).toContain(sentence);
  },
);
