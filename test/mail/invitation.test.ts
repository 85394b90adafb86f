/** The drop in the reader's calendar: sent, moved and withdrawn, as a second library reads it. */
import ICAL from 'ical.js';
import { entryDue, type Entry } from '../../mail/invitation.ts';
import { noticeFor } from '../../mail/notices.ts';
import { createMailer } from '../../mail/transport.ts';
import type { NameView, Outcome, ReservationState } from '../../rules/reservation.ts';
import type { DropWindow } from '../../rules/tlds.ts';
import type { ReservationDoc } from '../../store/reservations.ts';
import { at, ended, event, inRedemption, reservation, waiting } from './samples.ts';
import { startInbox, type Inbox } from './smtp.ts';

const DROP: DropWindow = {
  earliest: at('2026-04-18T18:00:00Z'),
  latest: at('2026-04-18T19:00:00Z'),
  source: 'policy',
  confidence: 'estimated',
};
const MOVED: DropWindow = { ...DROP, earliest: at('2026-04-19T18:00:00Z'), latest: at('2026-04-19T19:00:00Z') };
const leaving = (drop: DropWindow = DROP): NameView => ({
  ...inRedemption,
  stage: 'pending_delete',
  drop,
  next: { what: 'drop', at: drop.earliest },
});
const { drop: _none, ...keptName } = { ...leaving(), stage: 'registered' as const };
const sent = (drop: DropWindow = DROP): Entry => ({ method: 'REQUEST', drop });
const withdrawn: Entry = { method: 'CANCEL', drop: DROP };

const BEFORE = at('2026-04-14T09:00:00Z');
const DURING = at('2026-04-18T18:30:00Z');
const AFTER = at('2026-04-18T19:30:00Z');
const cancelled: Outcome = { result: 'cancelled', reason: 'by_registrar', at: BEFORE };
const lost: Outcome = { result: 'lost', reason: 'caught_by_other', at: DURING };
const released: NameView = { ...leaving(), stage: 'available' };

test.each<[string, ReservationState, number, Entry | null, Entry | undefined]>([
  ['is only forecast', waiting(), BEFORE, null, undefined],
  ['comes near', waiting(leaving()), BEFORE, null, sent()],
  ['was told already', waiting(leaving()), BEFORE, sent(), undefined],
  ['moves', waiting(leaving(MOVED)), BEFORE, sent(), sent(MOVED)],
  [
    'is published for the time it was estimated for',
    waiting(leaving({ ...DROP, confidence: 'published' })),
    BEFORE,
    sent(),
    sent({ ...DROP, confidence: 'published' }),
  ],
  ['comes no more, for the name was kept', waiting(keptName), BEFORE, sent(), withdrawn],
  ['comes no more, for the name was kept while it was due', waiting(keptName), DURING, sent(), withdrawn],
  [
    'comes no more, for the name is being restored',
    waiting({ ...inRedemption, stage: 'pending_restore' }),
    BEFORE,
    sent(),
    withdrawn,
  ],
  ['concerns nobody any more', ended(cancelled), BEFORE, sent(), withdrawn],
  ['was never told, and the name was kept', waiting(keptName), BEFORE, null, undefined],
  ['was withdrawn, and the reservation ends', ended(cancelled), BEFORE, withdrawn, undefined],
  ['is expected again', waiting(leaving()), BEFORE, withdrawn, sent()],
  ['has come', waiting(released), DURING, sent(), undefined],
  ['came sooner than expected', waiting(released), BEFORE, sent(), withdrawn],
  ['was somebody else’s luck', ended(lost), DURING, sent(), undefined],
  ['is long past', ended(cancelled), AFTER, sent(), undefined],
  ['is past, and the name still there', waiting(leaving()), AFTER, null, undefined],
])('where the drop %s, the calendar is told just that', (_what, state, now, before, due) => {
  expect(entryDue({ state, at: now, before })).toEqual(due);
});

let inbox: Inbox;
beforeAll(async () => {
  inbox = await startInbox();
});
afterAll(() => inbox.close());

/** The notices of one reservation, sent one after the other to a real mailbox; its calendar as it comes to stand. */
async function calendarAfter(
  steps: { state: ReservationState; type: string; data?: object; over?: Partial<ReservationDoc> }[],
  from_name = 'Acme Names',
) {
  const mailer = createMailer({ smtpUrl: inbox.url, MAIL_FROM: 'Acme <backorders@registrar.test>' });
  const from = inbox.received.length;
  let calendar: Entry | null = null;
  for (const [index, { state, type, data = {}, over = {} }] of steps.entries()) {
    const told = event(
      type,
      { ...data },
      { _id: `evt_${from}_${index}`, seq: 3 * index + 4, created: new Date(BEFORE) },
    );
    const mail = noticeFor(reservation({ state, ...over }), told, { to: 'customer', from_name }, calendar);
    if (!mail) throw new Error('nothing is sent');
    await mailer.send(mail);
    if (mail.invitation) calendar = { method: mail.invitation.method, drop: mail.invitation.drop };
  }
  mailer.close();
  return inbox.received.slice(from).map(({ parsed }) => {
    const part = parsed.attachments.find(({ contentType }) => contentType === 'text/calendar');
    if (!part) return { mail: parsed, method: undefined, entry: undefined };
    const component = new ICAL.Component(ICAL.parse(part.content.toString('utf8')) as unknown[]);
    const entries = component.getAllSubcomponents('vevent');
    expect(entries).toHaveLength(1);
    return {
      mail: parsed,
      type: part.headers.get('content-type'),
      text: part.content.toString('utf8'),
      component: component.toString(),
      method: component.getFirstPropertyValue('method'),
      entry: new ICAL.Event(entries[0]),
      status: entries[0]?.getFirstPropertyValue('status'),
    };
  });
}

const scheduled = (drop: DropWindow, before: DropWindow | null = null) => ({
  state: waiting(leaving(drop)),
  type: 'reservation.drop_scheduled',
  data: { drop, before: { drop: before } },
});
const kept = { state: waiting(keptName), type: 'reservation.renewed', data: { how: 'restored', stage: 'registered' } };

test('an entry is sent, moves, and is withdrawn, always as the same one and always newer', async () => {
  const told = await calendarAfter([scheduled(DROP), scheduled(MOVED, DROP), kept]);
  expect(told.map(({ method }) => method)).toEqual(['REQUEST', 'REQUEST', 'CANCEL']);
  expect(told.map(({ entry }) => entry?.uid)).toEqual(Array(3).fill('rsv_1@registrar.test'));
  expect(told.map(({ entry }) => entry?.sequence)).toEqual([4, 7, 10]);
  expect(told.map(({ status }) => status)).toEqual(['TENTATIVE', 'TENTATIVE', 'CANCELLED']);
  expect(told.map(({ entry }) => entry?.startDate.toJSDate().getTime())).toEqual([
    DROP.earliest,
    MOVED.earliest,
    MOVED.earliest,
  ]);
  expect(told[1]?.entry?.endDate.toJSDate().getTime()).toBe(MOVED.latest);
  expect(told[0]?.mail.text).toContain('An entry for your calendar is attached.');
  expect(told[2]?.mail.text).toContain('is withdrawn with this message');
});

test('it names the sender, the address it went to, and nobody', async () => {
  const [told] = await calendarAfter([scheduled(DROP)]);
  const entry = told?.entry;
  expect(entry?.organizer).toBe('mailto:backorders@registrar.test');
  const addresses = entry?.attendees.map((one) => String(one.getFirstValue()).toLowerCase());
  expect(addresses).toEqual(['mailto:ada@customer.test']);
  expect(told?.component).not.toMatch(/Ada|cus-7/);
  expect(told?.type).toMatchObject({ params: { method: 'REQUEST' } });
  expect(told?.mail.from?.value).toEqual([{ address: 'backorders@registrar.test', name: 'Acme Names' }]);
});

test.each([
  ['en', 'published', 'CONFIRMED', 'example.com: published release', 'has been published'],
  ['en', 'estimated', 'TENTATIVE', 'example.com: expected release (estimate)', 'This is an estimate'],
  ['en', 'uncertain', 'TENTATIVE', 'example.com: possible release (uncertain)', 'This is uncertain'],
  ['de', 'published', 'CONFIRMED', 'example.com: veröffentlichte Freigabe', 'veröffentlicht'],
  ['de', 'estimated', 'TENTATIVE', 'example.com: erwartete Freigabe (Schätzung)', 'Das ist eine Schätzung'],
  ['de', 'uncertain', 'TENTATIVE', 'example.com: mögliche Freigabe (unsicher)', 'Das ist unsicher'],
] as const)('in %s a %s drop is %s, as "%s"', async (locale, confidence, status, title, says) => {
  const customer = { id: 'cus-7', email: 'ada@customer.test', locale };
  const [told] = await calendarAfter([{ ...scheduled({ ...DROP, confidence }), over: { customer } }]);
  expect(told?.status).toBe(status);
  expect(told?.entry?.summary).toBe(title);
  expect(told?.entry?.description).toContain(says);
});

test('a drop at one instant has no end, and a name in test is marked as such', async () => {
  const release: DropWindow = { ...DROP, latest: DROP.earliest, confidence: 'published', source: 'drop_list' };
  const [told] = await calendarAfter([{ ...scheduled(release), over: { livemode: false } }]);
  expect(told?.component).not.toContain('DTEND');
  expect(told?.entry?.summary).toBe('[test] example.com: published release');
});

test('who reserves a name that is about to drop has the entry with the first notice', async () => {
  const [told] = await calendarAfter([
    { state: waiting(leaving()), type: 'reservation.placed', data: { stage: 'pending_delete', drop: DROP } },
  ]);
  expect(told?.method).toBe('REQUEST');
});

test('a notice of a drop that is only forecast brings no entry', async () => {
  const [told] = await calendarAfter([
    { state: waiting(), type: 'reservation.stage_changed', data: { stage: 'redemption' } },
  ]);
  expect(told).toMatchObject({ method: undefined, entry: undefined });
});

test.each([
  ['Ünïcode "Reg" ^ Söhne', 'Ünïcode "Reg" ^ Söhne'],
  ['A\\B; C, D: E', 'A/B; C, D: E'],
])(
  'a registrar named %s is the organizer by that name, in characters that may stand there (RFC 6868)',
  async (from_name, read) => {
    const [told] = await calendarAfter([scheduled(DROP)], from_name);
    const lines = told?.text?.replaceAll('\r\n ', '').split('\r\n') ?? [];
    expect(lines).toContain('PRODID:-//backorder engine//notices//EN');
    expect(lines.find((line) => line.startsWith('ORGANIZER'))).toMatch(
      /^ORGANIZER;CN="[^"\\]+"(;EMAIL=[^";]+)?:mailto:/,
    );
    const entry = new ICAL.Component(ICAL.parse(told?.text ?? '') as unknown[]).getFirstSubcomponent('vevent');
    expect(entry?.getFirstProperty('organizer')?.getParameter('cn')).toBe(read);
  },
);
