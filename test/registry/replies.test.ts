/** Replies of servers that are all a little different, read into the same answers. */
import { availabilitiesOf, creationOf, instantOf, readMessage, registrationOf } from '../../registry/epp/replies.ts';

const EPP = 'urn:ietf:params:xml:ns:epp-1.0';
const DOMAIN = 'urn:ietf:params:xml:ns:domain-1.0';

function responseIn(xml: string) {
  const message = readMessage(Buffer.from(xml));
  if (message.kind !== 'response') throw new Error(message.kind);
  return message.response;
}

const verbose = `<?xml version="1.0"?><e:epp xmlns:e="${EPP}" xmlns:x="http://example.com/unasked"><e:response><e:result code="1000"><e:msg lang="en">Ok</e:msg>
  <e:extValue><e:value><x:why/></e:value><e:reason>r</e:reason></e:extValue></e:result><e:msgQ count="5" id="12"/>
  <e:resData><d:infData xmlns:d="${DOMAIN}"><d:name>EXAMPLE.COM</d:name><d:roid>D1-COM</d:roid><d:status s="pendingDelete" lang="en">x</d:status>
  <d:contact type="billing">B</d:contact><d:ns><d:hostAttr><d:hostName>NS1.EXAMPLE.NET</d:hostName><d:hostAddr ip="v4">192.0.2.1</d:hostAddr></d:hostAttr></d:ns>
  <d:host>ns1.example.com</d:host><d:clID>ClientX</d:clID><d:crDate>2020-02-29T10:00:00.0Z</d:crDate><d:upDate>2026-01-01T00:00:00+02:00</d:upDate>
  <d:exDate>2026-02-28T10:00:00</d:exDate></d:infData></e:resData>
  <e:extension><x:other/><g:infData xmlns:g="urn:ietf:params:xml:ns:rgp-1.0"><g:rgpStatus s="redemptionPeriod"/></g:infData></e:extension>
  <e:trID><e:clTRID>T-1</e:clTRID><e:svTRID>S-1</e:svTRID></e:trID></e:response></e:epp>`;

test('an info reply is read whatever its prefixes, extensions and zones', () => {
  const response = responseIn(verbose);
  expect(response).toMatchObject({ code: 1000, clTRID: 'T-1' });
  expect(registrationOf(response)).toEqual({
    roid: 'D1-COM',
    sponsor: 'ClientX',
    registeredAt: Date.parse('2020-02-29T10:00:00Z'),
    updatedAt: Date.parse('2025-12-31T22:00:00Z'),
    expiresAt: Date.parse('2026-02-28T10:00:00Z'),
    statuses: ['pendingDelete'],
    rgp: ['redemptionPeriod'],
    nameservers: ['ns1.example.net'],
  });
});

test('what a registry does not tell is empty, not invented', () => {
  const bare = `<epp xmlns="${EPP}"><response><result code="1000"><msg/></result><resData><infData xmlns="${DOMAIN}"><name>a.de</name><roid>R-1</roid>
    <clID>DENIC-1</clID></infData></resData><trID><svTRID>S</svTRID></trID></response></epp>`;
  expect(registrationOf(responseIn(bare))).toEqual({
    roid: 'R-1',
    sponsor: 'DENIC-1',
    registeredAt: 0,
    expiresAt: 0,
    statuses: [],
    rgp: [],
    nameservers: [],
  });
});

const checked = (
  name: string,
  extension = '',
) => `<epp xmlns="${EPP}"><response><result code="1000"><msg/></result><resData><d:chkData xmlns:d="${DOMAIN}">
  <d:cd>${name}<d:reason>In use</d:reason></d:cd></d:chkData></resData>${extension}<trID><svTRID>S</svTRID></trID></response></epp>`;
const fee = (word: string) =>
  `<extension><f:chkData xmlns:f="urn:ietf:params:xml:ns:epp:fee-1.0"><f:currency>USD</f:currency><f:cd avail="1"><f:objID>a.com</f:objID><f:class>${word}</f:class></f:cd></f:chkData></extension>`;

test.each([
  ['<d:name avail="1">A.com</d:name>', '', { available: true, premium: false, reason: 'In use' }],
  ['<d:name avail="true">a.com</d:name>', fee('Premium-2'), { available: true, premium: true, reason: 'In use' }],
  ['<d:name avail="true">a.com</d:name>', fee('Standard'), { available: true, premium: false, reason: 'In use' }],
  ['<d:name avail="0">a.com</d:name>', '', { available: false, premium: false, reason: 'In use' }],
  ['<d:name avail="1">b.com</d:name>', '', undefined],
  ['<d:name>a.com</d:name>', '', undefined],
])('a check answered %s %s is %o', (name, extension, expected) => {
  expect(availabilitiesOf(responseIn(checked(name, extension))).get('a.com')).toEqual(expected);
});

test.each([
  ['2026-01-02T03:04:05.678901Z', '2026-01-02T03:04:05.678Z'],
  ['2026-01-02T03:04:05', '2026-01-02T03:04:05.000Z'],
  ['2026-01-02 03:04:05', '2026-01-02T03:04:05.000Z'],
  ['2026-01-02', '2026-01-02T00:00:00.000Z'],
  ['2026-01-02T03:04:05-05:00', '2026-01-02T08:04:05.000Z'],
])('%s is the instant %s', (text, expected) => {
  expect(new Date(instantOf(text) ?? 0).toISOString()).toBe(expected);
});

test('a create reply without data is still a reply', () => {
  const response = responseIn(
    `<epp xmlns="${EPP}"><response><result code="1001"><msg/></result><trID><svTRID>S</svTRID></trID></response></epp>`,
  );
  expect(response.code).toBe(1001);
  expect(creationOf(response)).toEqual({});
});

test.each([
  ['an unknown document', '<html/>'],
  ['another version of EPP', '<epp xmlns="urn:ietf:params:xml:ns:epp-2.0"><greeting/></epp>'],
  ['an EPP document that says nothing', `<epp xmlns="${EPP}"/>`],
])('%s is garbage', (_what, xml) => {
  expect(readMessage(Buffer.from(xml)).kind).toBe('garbage');
});

test('a result without a code has none', () => {
  expect(responseIn(`<epp xmlns="${EPP}"><response><result code="ok"><msg/></result></response></epp>`).code).toBe(0);
});
