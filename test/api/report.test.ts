/** The report over HTTP: as JSON and as a page, of an open and of an ended reservation, whoever is away. */
import request from 'supertest';
import { RegistryUnreachable } from '../../registry/gateway.ts';
import type { Outcome, TimelineEntry } from '../../rules/reservation.ts';
import type { DropWindow } from '../../rules/tlds.ts';
import { insertReservation, publishReservation } from '../../store/reservations.ts';
import { ended, reservation, waiting } from '../mail/samples.ts';
import { useEmptyStore } from '../store/mongo.ts';
import { asOperator, bearer, fakeInquiries, fakeInquiry, testApp } from './world.ts';

useEmptyStore();

const DROP = Date.parse('2026-02-28T18:00:00.000Z');
const drop: DropWindow = { earliest: DROP, latest: DROP, source: 'drop_list', confidence: 'published' };
const lost: Outcome = { result: 'lost', reason: 'caught_by_other', at: DROP + 500, caughtBy: 'rival-1' };
const answers = [{ code: 2302, count: 40, firstAt: DROP - 150, lastAt: DROP + 90 }];

const entry = (type: string, data: Record<string, unknown>, at = DROP): TimelineEntry => ({ type, at, data });
const PLACED = [entry('reservation.placed', { stage: 'pending_delete', drop }, DROP - 86_400_000)];
const RACE = [
  ...PLACED,
  entry('attempt.made', { creates: 40, complete: true, answers, heldAt: DROP - 1, drop }),
  entry('observation.registered', { sponsor: 'rival-1', byUs: false, registeredAt: DROP + 23, drop }),
  entry('reservation.lost', { ...lost }),
];

async function reserved(id: string, entries: TimelineEntry[], isOpen = false, outcome = lost): Promise<void> {
  const tld = outcome.result === 'rejected' ? 'info' : 'test';
  const domain = { name: `flower-shop.${tld}`, unicode: `flower-shop.${tld}`, tld };
  const customer = { id: 'cus-7', email: 'ada@customer.test', name: 'Ada Lovelace', locale: 'de' };
  const doc = reservation({
    _id: id,
    registrar: 'rgr_north',
    livemode: false,
    domain,
    customer,
    seq: 0,
    rev: 0,
    head: null,
  });
  await insertReservation(doc);
  const state = isOpen ? waiting() : ended(outcome);
  const of = { reservation: id, registrar: 'rgr_north', livemode: false, state, attention: null };
  await publishReservation({ ...of, firstSeq: 1, entries, rev: 1, at: DROP });
}

const free = fakeInquiry({
  checkMany: async (names) => new Map(names.map((name) => [name, { available: true, premium: false }])),
});
const app = (inquiry = free) => testApp({ inquiries: fakeInquiries({ test: inquiry }) });
const reportOf = (id: string, inquiry = free) =>
  request(app(inquiry)).get(`/v1/reservations/${id}/report`).set(bearer('reader'));

test('a loss: who has it, how long after the drop and by whose instants, what was tried, what happened, and other names', async () => {
  await reserved('rsv_lost', RACE);
  const { status, body, headers } = await reportOf('rsv_lost');
  expect(status).toBe(200);
  expect(headers['vary']).toContain('Accept');
  expect(body).toMatchObject({
    ...{ object: 'report', reservation: 'rsv_lost', livemode: false, status: 'lost', language: 'de' },
    outcome: { result: 'lost', reason: 'caught_by_other', caught_by: 'rival-1' },
    registered_to: { sponsor: 'rival-1', ours: false, registered_at: '2026-02-28T18:00:00.023Z', source: 'registry' },
    after_drop: {
      ...{ kind: 'exact', ms: 23 },
      from: { at: '2026-02-28T18:00:00.000Z', source: 'drop_list' },
      to: { at: '2026-02-28T18:00:00.023Z', source: 'registry', precision: 'millisecond' },
    },
    tried: {
      ...{ creates: 40, complete: true, clock: 'our_clock', held_at: '2026-02-28T17:59:59.999Z' },
      relative_to: { what: 'drop', at: '2026-02-28T18:00:00.000Z' },
      answers: [{ code: 2302, count: 40, first: { ms: -150 }, last: { at: '2026-02-28T18:00:00.090Z', ms: 90 } }],
    },
    head: { seq: 4, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
  expect(body.timeline.map(({ seq, type }: { seq: number; type: string }) => `${seq} ${type}`)).toEqual([
    '1 reservation.placed',
    '2 attempt.made',
    '3 observation.registered',
    '4 reservation.lost',
  ]);
  expect(body.similar.data[0]).toMatchObject({ object: 'similar_name', availability: 'available', reservations: [] });
  expect(JSON.stringify(body)).not.toMatch(/ada@|Lovelace|cus-7|200\.00|20000/);
});

test('asked for as HTML it is one page in the customer’s language that may load and run nothing', async () => {
  await reserved('rsv_lost', RACE);
  const { status, text, headers } = await reportOf('rsv_lost').set(
    'accept',
    'text/html,application/xhtml+xml,*/*;q=0.8',
  );
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(headers['content-language']).toBe('de');
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'/);
  expect(headers['cache-control']).toBe('no-store');
  expect(text).toContain('Bericht zur Vormerkung von flower-shop.test');
  expect(text).toContain('23 ms nach seiner Freigabe');
  expect(text).not.toMatch(/<script|ada@|Lovelace/);
  for (const accept of ['*/*', 'application/json', 'image/png'])
    expect((await reportOf('rsv_lost').set('accept', accept)).headers['content-type']).toMatch(/^application\/json/);
});

test('an open reservation has one too, so far', async () => {
  await reserved('rsv_open', PLACED, true);
  const { body } = await reportOf('rsv_open');
  expect(body).toMatchObject({ status: 'waiting', outcome: null, registered_to: null, tried: null });
  expect(body.after_drop).toEqual({ kind: 'unknown', ms: null, why: 'not_registered' });
  expect(body.summary[0]).toBe('Die Vormerkung ist nicht beendet. Dies ist bisher geschehen.');
  const placing = await insertReservation(
    reservation({
      _id: 'rsv_new',
      registrar: 'rgr_north',
      livemode: false,
      seq: 0,
      head: null,
      state: { status: 'placed' },
    }),
  );
  expect(placing).toBe(true);
  expect((await reportOf('rsv_new')).body).toMatchObject({ timeline: [], head: null });
});

test('a registry that is away leaves the names unknown, and one that hangs leaves the report without them', async () => {
  await reserved('rsv_lost', RACE);
  const away = fakeInquiry({ checkMany: () => Promise.reject(new RegistryUnreachable('away')) });
  const { body } = await reportOf('rsv_lost', away);
  expect(body.similar).toMatchObject({ missing: [{ what: 'availability', registry: 'fake' }] });
  const hanging = fakeInquiry({ checkMany: () => new Promise(() => {}) });
  const asked = Date.now();
  const late = await reportOf('rsv_lost', hanging).set('accept', 'text/html');
  expect(Date.now() - asked).toBeLessThan(6_000);
  expect(late.status).toBe(200);
  expect(late.text).toContain('Ähnliche Namen ließen sich gerade nicht ermitteln.');
});

test('another registrar has none of it', async () => {
  await reserved('rsv_lost', RACE);
  expect((await request(app()).get('/v1/reservations/rsv_lost/report').set(bearer('live', 'live'))).status).toBe(404);
  expect((await request(app()).get('/v1/reservations/rsv_lost/report').set(asOperator)).status).toBe(200);
});

test('whoever was refused because the registry gives the name away itself reads of its own way in', async () => {
  const refused: Outcome = { result: 'rejected', reason: 'no_race', at: DROP };
  await reserved('rsv_refused', [entry('reservation.rejected', { ...refused })], false, refused);
  const { body } = await reportOf('rsv_refused');
  expect(body.summary).toContainEqual(expect.stringContaining('vergibt sie selbst über Dropzone'));
});
