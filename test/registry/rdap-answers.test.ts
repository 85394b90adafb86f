/** What is read of a domain object: examples of RFC 9083, of the gTLD profile, of RFC 9537, and servers that do as they like. */
import type { RegistryAnswer } from '../../rules/stage.ts';
import { readDomain } from '../../registry/rdap/answer.ts';
import { differences } from '../../registry/rdap/compare.ts';
import { readJson } from '../../registry/rdap/json.ts';
import { fromRdapStatus, toRdapStatus } from '../../registry/rdap/status.ts';
import { domain } from './rdap-server.ts';

const SOURCE = 'https://rdap.example/domain/x';
const read = (json: object, name = 'example.com') => readDomain(json, name, SOURCE);
const at = Date.parse;
const event = (eventAction: string, eventDate?: unknown) => ({ eventAction, eventDate });

test('the domain of RFC 9083 section 5.3, whose registrar holds a second role and whose names are international', () => {
  const example = {
    objectClassName: 'domain',
    handle: 'XXXX',
    ldhName: 'xn--fo-5ja.example',
    unicodeName: 'fóo.example',
    variants: [{ relation: ['registered', 'conjoined'], variantNames: [{ ldhName: 'xn--fo-cka.example' }] }],
    status: ['locked', 'transfer prohibited'],
    publicIds: [{ type: 'ENS_Auth ID', identifier: '1234567890' }],
    nameservers: [
      {
        objectClassName: 'nameserver',
        handle: 'XXXX',
        ldhName: 'ns1.example.com',
        status: ['active'],
        ipAddresses: { v6: ['2001:db8::123'], v4: ['192.0.2.1'] },
      },
    ],
    secureDNS: { zoneSigned: true, delegationSigned: true, maxSigLife: 604800 },
    remarks: [
      { description: ['She sells sea shells down by the sea shore.', 'Originally written by Terry Sullivan.'] },
    ],
    port43: 'whois.example.net',
    events: [
      event('registration', '1990-12-31T23:59:59Z'),
      { ...event('last changed', '1991-12-31T23:59:59Z'), eventActor: 'joe@example.com' },
      event('transfer', '1991-12-31T23:59:59Z'),
      event('expiration', '2016-12-31T23:59:59Z'),
    ],
    entities: [{ objectClassName: 'entity', handle: 'XXXX', roles: ['registrant', 'registrar'] }],
  };
  const expected = {
    registration: {
      roid: 'XXXX',
      sponsor: 'XXXX',
      registeredAt: at('1990-12-31T23:59:59Z'),
      expiresAt: at('2016-12-31T23:59:59Z'),
      updatedAt: at('1991-12-31T23:59:59Z'),
      statuses: ['locked', 'transferProhibited'],
      nameservers: ['ns1.example.com'],
    },
    record: { source: SOURCE, transferredAt: at('1991-12-31T23:59:59Z'), notices: [] },
  };
  expect(read(example, 'xn--fo-5ja.example')).toMatchObject(expected);
  expect(read({ ...example, ldhName: undefined }, 'xn--fo-5ja.example')).toMatchObject(expected);
});

test('a gTLD by the response profile: registrar with its IANA number, redactions, notices, a date of the registrar', () => {
  const answer = read({
    ...domain,
    rdapConformance: ['rdap_level_0', 'icann_rdap_response_profile_1', 'redacted'],
    status: ['auto renew period', 'client hold'],
    events: [
      event('registration', '2010-01-01T00:00:00Z'),
      event('expiration', '2027-01-01T00:00:00Z'),
      event('registrar expiration', '2026-01-01T00:00:00Z'),
      event('last update of RDAP database', '2026-01-05T00:00:00.123Z'),
    ],
    entities: [
      {
        roles: ['registrar'],
        publicIds: [{ type: 'IANA Registrar ID', identifier: '292' }],
        entities: [{ roles: ['abuse'] }],
      },
    ],
    redacted: [
      {
        name: { type: 'Registrant Name' },
        postPath: '$.entities[0]',
        method: 'emptyValue',
        reason: { description: 'x' },
      },
      { name: { description: 'Something local' }, method: 'removal' },
    ],
    notices: [
      { title: 'Terms of Use', description: ['…'] },
      { title: 'Cut', type: 'object truncated due to excessive load' },
    ],
  });
  expect(answer).toMatchObject({
    registration: { sponsor: '292', rgp: ['autoRenewPeriod'], expiresAt: at('2027-01-01T00:00:00Z') },
    record: {
      registrarExpiresAt: at('2026-01-01T00:00:00Z'),
      databaseUpdatedAt: at('2026-01-05T00:00:00.123Z'),
      ianaRegistrarId: '292',
      conformance: ['rdap_level_0', 'icann_rdap_response_profile_1', 'redacted'],
      redacted: ['Registrant Name', 'Something local'],
      notices: ['Terms of Use', 'object truncated due to excessive load'],
    },
  });
});

test.each<[string, object, object]>([
  ['its handle is redacted', { redacted: [{ name: { type: 'Registry Domain ID' } }] }, { roid: '' }],
  ['its handle is empty', { handle: '' }, { roid: '' }],
  ['its handle is a number', { handle: 7 }, { roid: '' }],
  ['nobody is named as registrar', { entities: [{ roles: ['technical'], handle: 'T' }] }, { sponsor: '' }],
  [
    'there is nothing but a name',
    { status: null, events: 'x', entities: {}, nameservers: 3, handle: [] },
    { roid: '' },
  ],
  [
    'one event is rubbish',
    { events: [7, null, event('expiration', '2027-01-01T00:00:00Z')] },
    { expiresAt: at('2027-01-01T00:00:00Z') },
  ],
])('where %s, the rest is read all the same', (_what, members, expected) => {
  expect(read({ ...domain, ...members }).registration).toMatchObject(expected);
});

test.each([
  ['2027-08-13T04:00:00Z', '2027-08-13T04:00:00Z'],
  ['2027-08-13t04:00:00.5z', '2027-08-13T04:00:00.5Z'],
  ['2027-08-13T04:00:00+02:00', '2027-08-13T02:00:00Z'],
  ['2027-08-13T04:00:00', undefined],
  ['2027-08-13', undefined],
  ['2027-02-30T00:00:00Z', undefined],
  ['13 Aug 2027', undefined],
  ['2027', undefined],
  ['', undefined],
  [1_818_129_600_000, undefined],
  [null, undefined],
])('the date %p is read as %p', (eventDate, expected) => {
  const { expiresAt } = read({ ...domain, events: [event('Expiration', eventDate)] }).registration;
  expect(expiresAt).toBe(expected === undefined ? 0 : at(expected));
});

test('two dates for what happens once are none; of changes the last counts, and of registrations the one that stands', () => {
  const { registration, record } = read({
    ...domain,
    events: [
      event('expiration', '2027-01-01T00:00:00Z'),
      event('expiration', '2028-01-01T00:00:00Z'),
      event('last changed', '2026-02-01T00:00:00Z'),
      event('last changed', '2026-01-01T00:00:00Z'),
      event('registration', '2001-01-01T00:00:00Z'),
      event('deletion', '2025-12-01T00:00:00Z'),
      event('reregistration', '2026-01-01T00:00:00Z'),
    ],
  });
  expect(registration).toMatchObject({
    expiresAt: 0,
    updatedAt: at('2026-02-01T00:00:00Z'),
    registeredAt: at('2026-01-01T00:00:00Z'),
  });
  expect(record).toMatchObject({ deletedAt: at('2025-12-01T00:00:00Z'), reregisteredAt: at('2026-01-01T00:00:00Z') });
});

test.each<[string, object, string]>([
  ['another name', { ...domain, ldhName: 'example.net' }, 'another_name'],
  ['the name of a host below', { ...domain, ldhName: 'www.example.com' }, 'another_name'],
  ['no name', { ...domain, ldhName: undefined }, 'not_expected'],
  ['an entity', { ...domain, objectClassName: 'entity' }, 'not_expected'],
  ['an error in a 200', { errorCode: 404, title: 'Not Found' }, 'not_expected'],
  ['a list', [], 'not_expected'],
])('%s is not an answer', (_what, answer, code) => {
  expect(() => read(answer)).toThrow(expect.objectContaining({ code, kind: 'nonsense' }));
});

const nested = (levels: number, inside = '1') =>
  Buffer.from(`${'{"a":['.repeat(levels / 2)}${inside}${']}'.repeat(levels / 2)}`);
test.each([
  ['32 levels', nested(32), undefined],
  ['34 levels', nested(34), 'too_deep'],
  ['brackets in a text', Buffer.from(JSON.stringify({ text: `"${'[{'.repeat(99)}\\` })), undefined],
  ['levels beside each other', Buffer.from(`[${'[],'.repeat(99)}[]]`), undefined],
  ['a mark of order in front', Buffer.from('\ufeff{}'), undefined],
])('JSON of %s is read, or not: %p', (_what, body, code) => {
  if (code === undefined) expect(() => readJson('RDAP', body)).not.toThrow();
  else expect(() => readJson('RDAP', body)).toThrow(expect.objectContaining({ code }));
});

test('what is kept of an answer is little, whatever its size', () => {
  const many = Array.from({ length: 20_000 }, (_, nth) => `s${nth}`);
  const { registration, record } = read({ ...domain, handle: 'x'.repeat(9_000), status: many, rdapConformance: many });
  expect([registration.roid.length, registration.statuses.length, record.conformance.length]).toEqual([0, 100, 100]);
});

// RFC 8056 section 2, all of it.
const MAPPED: [string, string][] = [
  ['add period', 'addPeriod'],
  ['auto renew period', 'autoRenewPeriod'],
  ['client delete prohibited', 'clientDeleteProhibited'],
  ['client hold', 'clientHold'],
  ['client renew prohibited', 'clientRenewProhibited'],
  ['client transfer prohibited', 'clientTransferProhibited'],
  ['client update prohibited', 'clientUpdateProhibited'],
  ['inactive', 'inactive'],
  ['associated', 'linked'],
  ['active', 'ok'],
  ['pending create', 'pendingCreate'],
  ['pending renew', 'pendingRenew'],
  ['pending restore', 'pendingRestore'],
  ['pending transfer', 'pendingTransfer'],
  ['pending update', 'pendingUpdate'],
  ['redemption period', 'redemptionPeriod'],
  ['renew period', 'renewPeriod'],
  ['server delete prohibited', 'serverDeleteProhibited'],
  ['server hold', 'serverHold'],
  ['server renew prohibited', 'serverRenewProhibited'],
  ['server transfer prohibited', 'serverTransferProhibited'],
  ['server update prohibited', 'serverUpdateProhibited'],
  ['transfer period', 'transferPeriod'],
];
test.each(MAPPED)('RDAP "%s" is EPP %s, both ways', (rdap, epp) => {
  const { statuses, rgp } = fromRdapStatus([rdap]);
  expect([...statuses, ...rgp]).toContain(epp);
  expect(toRdapStatus([epp], [])).toEqual([rdap]);
});

test.each<[string[], { statuses: string[]; rgp: string[] }]>([
  [['redemption period'], { statuses: ['pendingDelete'], rgp: ['redemptionPeriod'] }],
  [['pending delete', 'redemption period'], { statuses: ['pendingDelete'], rgp: ['redemptionPeriod'] }],
  [['pending delete'], { statuses: ['pendingDelete'], rgp: ['pendingDelete'] }],
  [['pending restore', 'pending delete'], { statuses: ['pendingDelete'], rgp: ['pendingRestore'] }],
  [['Client Hold', 'client_hold'], { statuses: ['clientHold'], rgp: [] }],
  [['add period', 'active'], { statuses: ['ok'], rgp: ['addPeriod'] }],
])('RDAP says %o, which in EPP is %o', (words, expected) => {
  expect(fromRdapStatus(words)).toEqual(expected);
});

test.each<[string[], string[]]>([
  [['ok'], []],
  [['ok'], ['autoRenewPeriod']],
  [['pendingDelete'], ['redemptionPeriod']],
  [['pendingDelete'], ['pendingDelete']],
  [['clientHold', 'serverTransferProhibited'], ['addPeriod']],
])('what EPP says as %o %o comes back from RDAP unchanged', (statuses, rgp) => {
  expect(fromRdapStatus(toRdapStatus(statuses, rgp))).toEqual({ statuses, rgp });
});

test.each<[string, RegistryAnswer, Parameters<typeof differences>[1], string[]]>([
  ['free and not found agree', { kind: 'free', premium: false }, { kind: 'not_found', source: SOURCE }, []],
  ['withheld and not found agree', { kind: 'withheld' }, { kind: 'not_found', source: SOURCE }, []],
  [
    'free and registered differ',
    { kind: 'free', premium: false },
    { kind: 'registered', ...read(domain) },
    ['existence'],
  ],
  ['a TLD without a service says nothing', { kind: 'free', premium: false }, { kind: 'no_service', asOf: '' }, []],
  [
    'what one does not tell is no difference',
    { kind: 'registered', registration: { ...read(domain).registration, roid: '', expiresAt: 0, nameservers: [] } },
    { kind: 'registered', ...read(domain) },
    [],
  ],
  [
    'a fraction of a second and capitals are no difference',
    {
      kind: 'registered',
      registration: {
        ...read(domain).registration,
        roid: '2336799_domain_com-vrsn',
        registeredAt: at('1995-08-14T04:00:00.7Z'),
      },
    },
    { kind: 'registered', ...read(domain) },
    [],
  ],
  [
    'another registration differs',
    { kind: 'registered', registration: { ...read(domain).registration, roid: 'NEW-1', statuses: ['ok'], rgp: [] } },
    { kind: 'registered', ...read(domain) },
    ['roid', 'status'],
  ],
])('%s', (_what, epp, rdap, expected) => {
  expect(differences(epp, rdap).map(({ what }) => what)).toEqual(expected);
});
