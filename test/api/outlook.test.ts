/** The outlook of a name over HTTP: who is asked, what is told to whom, and what is said when somebody does not answer. */
import { setTimeout } from 'node:timers/promises';
import request from 'supertest';
import type { AppDeps } from '../../api/app.ts';
import type { Hearing } from '../../registry/gateway.ts';
import { openInquiries } from '../../registry/inquiries.ts';
import type { Sight } from '../../rules/watch.ts';
import { Events, Reservations, type ReservationDoc } from '../../store/reservations.ts';
import { unpublished } from '../../store/unpublished.ts';
import { addEntries, beginDropList, completeDropList } from '../../store/drop-lists.ts';
import { claimSandboxName } from '../../store/sandbox-names.ts';
import type { DomainView } from '../../workflows/messages.ts';
import { useEmptyStore } from '../store/mongo.ts';
import { after, at, closeAll, sandboxWorld } from '../registry/world.ts';
import { policy, registered, registration } from '../rules/world.ts';
import { asOperator, bearer, fakeEngine, fakeInquiries, fakeInquiry, testApp } from './world.ts';

useEmptyStore();
afterEach(closeAll);

const NOW = '2026-03-01T12:00:00.000Z';
const unwatched = fakeEngine({ describeDomain: async () => undefined });

async function reserved(id: string, registrar: string, over: Partial<ReservationDoc> = {}): Promise<void> {
  const name = over.livemode ? 'wanted.com' : 'wanted.test';
  const asked = {
    ...{ _id: id, registrar, livemode: false, owner: id, customer: { id: 'cus-1' } },
    domain: { name, unicode: name, tld: over.livemode ? 'com' : 'test' },
    budget: { amount: 6_900, currency: 'USD' as const },
    ...{ on_renewal: 'keep_waiting' as const, acceptance: 'automatic' as const, bidding: 'manual' as const },
    ...{ dry_run: false, metadata: {}, created: new Date(0) },
  };
  await Reservations.create({ ...unpublished(asked), ordinal: 1, ...over });
}

const lookAt = (name: string, deps: Partial<AppDeps>, as = bearer('north')) =>
  request(testApp({ engine: unwatched, ...deps }))
    .get(`/v1/domains/${name}`)
    .set(as);
const live = bearer('live', 'live');

/** Both sources with one voice. */
const hearing = (over: Partial<Hearing> = {}): Hearing => ({
  epp: registered(),
  rdap: { kind: 'no_service', asOf: '2026-01-01' },
  differences: [],
  ...over,
});
const asComHears = (over: Partial<Hearing>) => ({
  inquiries: fakeInquiries({
    com: fakeInquiry({ id: 'verisign', hear: async () => hearing(over), publishedDrop: async () => undefined }),
  }),
});

test('a name of the sandbox is told as its registry has it, with what policy expects and from whom each date is', async () => {
  const world = await sandboxWorld();
  await world.control.put('wanted.test', {
    registered_at: at('2020-03-10T12:00:00Z'),
    expires_at: at('2099-03-10T12:00:00Z'),
    nameservers: ['ns1.sedoparking.com', 'ns2.sedoparking.com'],
  });
  const inquiries = openInquiries([world.entry]);
  after(() => inquiries.close());
  const { status, body } = await lookAt('WANTED.test', { inquiries });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    ...{ object: 'domain', livemode: false, as_of: NOW, source: 'epp', stage: 'registered' },
    domain: { name: 'wanted.test', unicode: 'wanted.test', tld: 'test' },
    reservable: { possible: true, code: null },
    registration: {
      registered_at: '2020-03-10T12:00:00.000Z',
      nameservers: ['ns1.sedoparking.com', 'ns2.sedoparking.com'],
    },
    expires_at: '2099-03-10T12:00:00.000Z',
    drop: { source: 'policy', confidence: 'estimated' },
    next: { what: 'expiry', at: '2099-03-10T12:00:00.000Z' },
    use: {
      addresses: 'unknown',
      mail: 'unknown',
      nameservers: ['ns1.sedoparking.com', 'ns2.sedoparking.com'],
      parked: { operator: 'Sedo', for: 'parking' },
    },
    ...{ competitors: 'none', differences: [], missing: [] },
    note: expect.stringContaining('Nothing here is guaranteed'),
  });
  expect(
    body.instants.map(({ what, source, confidence }: Record<string, string>) => [what, source, confidence]),
  ).toEqual([
    ['registered', 'registry', 'published'],
    ['expiry', 'registry', 'published'],
    ['auto_renew_grace', 'policy', 'estimated'],
    ['redemption', 'policy', 'estimated'],
    ['pending_delete', 'policy', 'estimated'],
    ['drop', 'policy', 'estimated'],
  ]);
  expect(body.renewal).toMatchObject({
    likelihood: 'high',
    for: [{ sign: 'paid_ahead' }, { sign: 'old' }],
    against: [{ sign: 'parked' }],
  });
  const free = await lookAt('free.test', { inquiries });
  expect(free.body).toMatchObject({
    ...{ stage: 'available', registration: null, renewal: null, drop: null, instants: [] },
    reservable: { possible: false, code: 'domain_available' },
  });
});

test.each<[string, Partial<Hearing>, object]>([
  ['premium', { epp: { kind: 'free', premium: true } }, { reservable: { code: 'premium' }, stage: 'available' }],
  [
    'withheld',
    { epp: { kind: 'withheld', reason: 'Blocked' } },
    { reservable: { code: 'reserved_by_registry' }, renewal: null },
  ],
  [
    'ours',
    { epp: registered({ sponsor: 'backorder' }) },
    { reservable: { code: 'already_ours' }, stage: 'registered_by_us', renewal: null, next: null },
  ],
])('a name that is %s is answered so', async (_what, heard, expected) => {
  const { status, body } = await lookAt('wanted.com', asComHears(heard), live);
  expect(status).toBe(200);
  expect(body).toMatchObject(expected);
});

test('a name in use is told to be, sign by sign', async () => {
  const { body } = await lookAt(
    'wanted.com',
    { ...asComHears({}), dnsOf: async () => ({ addresses: true, mail: true, nameservers: ['ns1.host.example'] }) },
    live,
  );
  expect(body.use).toEqual({ addresses: true, mail: true, nameservers: ['ns1.host.example'], parked: null });
  expect(body.renewal).toMatchObject({
    likelihood: 'high',
    for: [{ sign: 'answers_at_address', explanation: expect.any(String) }, { sign: 'takes_mail' }, { sign: 'old' }],
    against: [],
  });
});

const sight: Sight = {
  ...{ seenAt: at('2026-02-27T00:00:00Z'), registry: 'sandbox', stage: 'redemption' },
  answer: registered({ rgp: ['redemptionPeriod'], statuses: ['pendingDelete'], updatedAt: at('2026-02-20T00:00:00Z') }),
  since: { first: at('2026-02-20T00:00:00Z') },
  policy: { ...policy('test'), version: 'v1' },
  expiresAt: at('2026-01-20T00:00:00Z'),
  next: { what: 'pending_delete', at: at('2026-03-22T00:00:00Z') },
};
const domainView: DomainView = {
  ...{ name: 'wanted.test', claims: 1, sight, phase: 'watching', attention: null, standing: null, cutoffAt: null },
};

test('a name that is watched is told as its arbiter last saw it, and its registry is not asked', async () => {
  const asked = { inquiries: fakeInquiries({ test: fakeInquiry() }) };
  const watched = (over: Partial<DomainView>) => ({
    ...asked,
    engine: fakeEngine({ describeDomain: async () => ({ ...domainView, ...over }) }),
  });
  const { body } = await lookAt('wanted.test', watched({}));
  expect(body).toMatchObject({
    ...{ source: 'watch', as_of: '2026-02-27T00:00:00.000Z', stage: 'redemption' },
    reservable: { possible: true },
    next: { what: 'pending_delete', at: '2026-03-22T00:00:00.000Z' },
    renewal: { likelihood: 'low', against: [{ sign: 'deleted' }] },
  });
  const late = await lookAt('wanted.test', watched({ cutoffAt: at(NOW) }));
  expect(late.body.reservable).toMatchObject({ possible: false, code: 'past_cutoff' });
});

test('a name of the sandbox is told in its clock’s time, and by the rules it lives by', async () => {
  await claimSandboxName({
    _id: 'wanted.test',
    registrar: null,
    test_clock: 'clk_1',
    cutoff_s: 0,
    award: 'in_order',
    policy: 'uk',
  });
  const grace = registered({ expiresAt: at('2030-01-01T00:00:00Z'), statuses: ['clientHold'] });
  const clock = {
    status: 'ready' as const,
    now: at('2029-12-20T00:00:00Z'),
    target: 0,
    waitingFor: [],
    attention: null,
  };
  const { body } = await lookAt('wanted.test', {
    engine: fakeEngine({ describeDomain: async () => undefined, describeClock: async () => clock }),
    inquiries: fakeInquiries({ test: fakeInquiry({ hear: async () => hearing({ epp: grace }) }) }),
  });
  expect(body).toMatchObject({ as_of: '2029-12-20T00:00:00.000Z', policy: { tld: 'uk' }, next: { what: 'expiry' } });
  expect(body.renewal.against).toEqual([
    { sign: 'on_hold', explanation: 'It is on hold: its registrar or registry has taken it out of the DNS.' },
  ]);
});

test('who waits for the name knows how many others do, operators know, everybody else how crowded it is', async () => {
  const asked = { inquiries: fakeInquiries({ test: fakeInquiry({ hear: async () => hearing() }) }) };
  const seenBy = async (as: Record<string, string>) =>
    (await lookAt('wanted.test', asked, as as typeof live)).body.competitors;
  await reserved('rsv_south1', 'rgr_south');
  await reserved('rsv_dry', 'rgr_south', { dry_run: true });
  expect(await seenBy(bearer('north'))).toBe('some');
  expect(await seenBy(asOperator)).toBe(1);
  for (let nth = 2; nth <= 5; nth++) await reserved(`rsv_south${nth}`, 'rgr_south');
  expect(await seenBy(bearer('north'))).toBe('many');
  await reserved('rsv_north', 'rgr_north');
  expect(await seenBy(bearer('north'))).toBe(5);
  expect(await seenBy(bearer('paused'))).toBe('many');
  expect(await seenBy(asOperator)).toBe(6);
});

const away = { kind: 'trouble', trouble: 'away', code: 'timed_out' } as const;

test('with the registry away RDAP alone speaks, and what is missing is said', async () => {
  const rdap = {
    kind: 'registered',
    registration: registration(),
    record: { source: 'https://rdap.example', conformance: [], redacted: [], notices: [] },
  } as const;
  const { body } = await lookAt(
    'wanted.com',
    asComHears({
      epp: away,
      rdap: { ...rdap, record: { ...rdap.record, conformance: [], redacted: [], notices: [] } },
    }),
    live,
  );
  expect(body).toMatchObject({
    ...{ source: 'rdap', stage: 'registered', reservable: { possible: true } },
    missing: [
      { what: 'epp', reason: 'timed_out' },
      { what: 'dns', reason: 'could_not_be_asked' },
    ],
  });
  // A 404 of RDAP proves nothing.
  const { body: unknown } = await lookAt(
    'wanted.com',
    asComHears({ epp: away, rdap: { kind: 'not_found', source: 'x' } }),
    live,
  );
  expect(unknown).toMatchObject({ source: null, as_of: null, stage: 'unknown', reservable: { possible: null } });
  expect(unknown.renewal).toMatchObject({
    ...{ likelihood: 'unknown', for: [], against: [] },
    unknown: [{ sign: 'dns_not_asked', explanation: expect.stringContaining('could not be asked') }],
  });
});

test('with every source away the last word a reservation was told stands, as old as it is', async () => {
  const name = {
    stage: 'auto_renew_grace',
    seenAt: at('2026-02-20T00:00:00Z'),
    expiresAt: at('2026-02-10T00:00:00Z'),
    next: sight.next,
  } as const;
  await reserved('rsv_told', 'rgr_south', { livemode: true, state: { status: 'waiting', ordinal: 1, name } });
  await reserved('rsv_too', 'rgr_south', { livemode: true });
  // Two reservations were told of one renewal, and one of another.
  for (const [nth, reservation, expiresAt] of [
    [1, 'rsv_told', 1],
    [1, 'rsv_too', 1],
    [2, 'rsv_too', 2],
  ] as const)
    await Events.create({
      ...{ _id: `evt_${reservation}${nth}`, reservation, registrar: 'rgr_south', livemode: true, seq: nth },
      ...{
        type: 'reservation.renewed',
        created: new Date(0),
        data: { how: 'renewed', expiresAt },
        hash: 'h',
        previous_hash: 'p',
      },
    });
  const { body } = await lookAt('wanted.com', asComHears({ epp: away, rdap: away }), live);
  expect(body).toMatchObject({
    ...{ source: 'memory', as_of: '2026-02-20T00:00:00.000Z', stage: 'auto_renew_grace', registration: null },
    expires_at: '2026-02-10T00:00:00.000Z',
    reservable: { possible: null },
    renewal: {
      for: [{ explanation: 'Its owner kept it 2 times while it was watched here.' }],
      against: [{ sign: 'in_grace' }],
    },
  });
});

/** As an operator loads it. */
async function listed(name: string, drop: string): Promise<void> {
  const made = new Date(at('2026-02-28T00:00:00Z'));
  const list = {
    ...{ _id: 'dlt_1', scope: 'com', format: 'uk_csv', registry: 'verisign', tlds: ['com'], section: null },
    ...{ livemode: true, published: made, loaded: made, by: 'api' as const },
  };
  await beginDropList(list);
  await addEntries(list, [{ name, at: at(drop) }]);
  await completeDropList('dlt_1', { digest: 'd', rows: 1, listed: 1, rejected: 0, rejects: [] });
}
const DROP = '2026-03-04T19:05:00.000Z';
const fromList = { earliest: DROP, latest: DROP, source: 'drop_list', confidence: 'published' };
const leaving = registered({
  statuses: ['pendingDelete'],
  rgp: ['pendingDelete'],
  updatedAt: at('2026-01-28T00:00:00Z'),
});

test('an instant on a list that was loaded is the drop, with its source and confidence', async () => {
  const before = await lookAt('wanted.com', asComHears({ epp: leaving }), live);
  expect(before.body).toMatchObject({ drop: { source: 'policy' }, overruled_list: null });
  await listed('wanted.com', DROP);
  const { body } = await lookAt('wanted.com', asComHears({ epp: leaving }), live);
  expect(body).toMatchObject({ drop: fromList, next: { what: 'drop', at: DROP }, overruled_list: null });
  expect(body.instants.filter(({ what }: { what: string }) => what === 'drop')).toEqual([
    { what: 'drop', ...fromList },
  ]);
});

test('a list that the registry contradicts loses, and that is said', async () => {
  await listed('wanted.com', DROP);
  const { body } = await lookAt(
    'wanted.com',
    asComHears({ epp: registered({ expiresAt: at('2027-01-31T00:00:00Z') }) }),
    live,
  );
  expect(body).toMatchObject({
    ...{ stage: 'registered', drop: { source: 'policy' } },
    overruled_list: { list: 'dlt_1', listed: DROP, because: 'registered' },
  });
});

test('of a watched name what counts for its arbiter is told', async () => {
  await listed('wanted.com', DROP);
  const overruled = { at: at(DROP), list: 'dlt_0', because: 'still_there' as const };
  const engine = fakeEngine({ describeDomain: async () => ({ ...domainView, sight: { ...sight, overruled } }) });
  const { body } = await lookAt('wanted.com', { engine, inquiries: fakeInquiries({ com: fakeInquiry() }) }, live);
  expect([body.drop?.source, body.overruled_list]).toEqual([
    'policy',
    { list: 'dlt_0', listed: DROP, because: 'still_there' },
  ]);
});

test('where nobody tells of a name, what a list says of it is shown alone', async () => {
  await listed('wanted.com', DROP);
  const { body } = await lookAt('wanted.com', asComHears({ epp: away, rdap: away }), live);
  expect(body).toMatchObject({ source: null, stage: 'unknown', drop: fromList, reservable: { possible: null } });
});

test('nor is it shown alone where it is further ahead than lists reach', async () => {
  await listed('wanted.com', '2027-03-04T19:05:00.000Z');
  const { body } = await lookAt('wanted.com', asComHears({ epp: away, rdap: away }), live);
  expect(body).toMatchObject({ source: null, drop: null });
});

test('many who ask of one name at once are one look', async () => {
  let looks = 0;
  const hear = async () => {
    looks++;
    await setTimeout(20);
    return hearing();
  };
  const app = testApp({ engine: unwatched, inquiries: fakeInquiries({ com: fakeInquiry({ hear }) }) });
  const ask = () => request(app).get('/v1/domains/wanted.com').set(live);
  const answers = await Promise.all([ask(), ask(), ask()]);
  expect(answers.map(({ body }) => body.source)).toEqual(['epp', 'epp', 'epp']);
  expect(looks).toBe(1);
});

test.each([
  ['co.uk', 'public_suffix', live],
  ['www.wanted.com', 'not_registrable', live],
  ['wanted.test', 'wrong_mode', live],
  ['wanted.com', 'wrong_mode', bearer('north')],
  ['wanted.io', 'tld_not_supported', live],
  ['wanted.dk', 'no_race', live],
])('%s has no outlook: %s', async (name, code, as) => {
  const { status, body } = await lookAt(name, {}, as);
  expect([status, body.code]).toEqual([422, code]);
});
