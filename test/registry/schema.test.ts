/** Every frame we send and every one the sandbox answers is valid against the schemas of the RFCs. */
import * as commands from '../../registry/epp/commands.ts';
import { contactCreateXml, contactInfoXml } from '../../registry/epp/contact-commands.ts';
import { newAuthInfo } from '../../registry/auth-info.ts';
import { encodeFrame } from '../../registry/epp/frame.ts';
import { isResultCode, responseXml } from '../../registry/sandbox/answers.ts';
import { sandboxCredentials } from '../../registry/sandbox/paths.ts';
import { openSchemaCheck, type SchemaCheck } from './schema.ts';
import { at, closeAll, rawClient, sandboxWorld, type RawClient, type SandboxWorld } from './world.ts';

let schema: SchemaCheck;
beforeAll(() => (schema = openSchemaCheck()));
afterAll(() => schema.close());
afterEach(closeAll);

const full = {
  name: 'full.test',
  periodYears: 2,
  registrant: 'REG-1',
  contacts: { admin: 'ADM-1', tech: 'TEC-1' },
  nameservers: ['ns1.example.net', 'ns2.example.net'],
  authInfo: 'a<b>&"c" ü',
};
const plain = { name: 'plain.test', periodYears: 1, contacts: {}, nameservers: [], authInfo: 'secret' };
const person = {
  name: 'Ada Lovelace',
  street: ['1 Lane'],
  city: 'London',
  country: 'GB',
  phone: '+44.2012345678',
  email: 'ada@example.test',
};
const contact = { id: 'AB-1', details: person, authInfo: 'secret' };
const abroad = {
  ...person,
  name: 'Zoë <&> Ångström',
  org: 'Å',
  street: ['a', 'b', 'c'],
  postal_code: '9000',
  phone: '+35312345678',
};
const login = {
  clid: 'backorder',
  password: 'sixteen-letters!',
  version: '1.0',
  lang: 'en',
  objects: ['urn:ietf:params:xml:ns:domain-1.0'],
  extensions: [],
};

test.each([
  ['hello', commands.helloXml()],
  ['logout', commands.logoutXml('T-1')],
  ['login', commands.loginXml(login, 'T-1')],
  ['login with extensions', commands.loginXml({ ...login, extensions: ['urn:ietf:params:xml:ns:rgp-1.0'] }, 'T-1')],
  [
    'login with a long password',
    commands.loginXml(
      { ...login, password: 'longer than sixteen letters', extensions: ['urn:ietf:params:xml:ns:epp:loginSec-1.0'] },
      'T-1',
    ),
  ],
  ['check', commands.checkXml('a.test', 'T-1')],
  ['check with a fee', commands.checkXml('a.test', 'T-1', true)],
  ['check of several names', commands.checkXml(['a.test', 'b.test'], 'T-1')],
  ['info', commands.infoXml('a.test', 'T-1')],
  ['create', commands.createXml(full, 'T-1')],
  ['the smallest create', commands.createXml(plain, 'T-1')],
  ['renew', commands.renewXml('a.test', at('2026-12-31T23:59:59Z'), 1, 'T-1')],
  [
    'update',
    commands.updateXml({ name: 'a.test', add: ['ns1.a.test'], remove: ['ns2.a.test'], registrant: 'REG-1' }, 'T-1'),
  ],
  ['update of name servers', commands.updateXml({ name: 'a.test', add: ['ns1.a.test'], remove: [] }, 'T-1')],
  ['update of the registrant', commands.updateXml({ name: 'a.test', add: [], remove: [], registrant: 'R-1' }, 'T-1')],
  [
    'update of the authInfo',
    commands.updateXml({ name: 'a.test', add: [], remove: [], authInfo: newAuthInfo() }, 'T-1'),
  ],
  [
    'update of all there is',
    commands.updateXml({ name: 'a.test', add: ['ns1.a.test'], remove: [], registrant: 'R-1', authInfo: 'a<&"' }, 'T-1'),
  ],
  ['info with an authInfo', commands.infoXml('a.test', 'T-1', newAuthInfo())],
  ['contact create', contactCreateXml(contact, 'T-1')],
  ['contact create in full', contactCreateXml({ ...contact, details: abroad }, 'T-1')],
  ['contact info', contactInfoXml('AB-1', 'T-1')],
  ['delete', commands.deleteXml('a.test', 'T-1')],
])('our %s is valid', async (_what, xml) => {
  expect(await schema.verdict(xml)).toBe('ok');
});

test('the checker does find fault', async () => {
  expect(await schema.verdict(commands.infoXml('', 'T-1'))).not.toBe('ok');
  expect(await schema.verdict(commands.infoXml('a.test', 'T'))).not.toBe('ok');
});

const codeOf = (xml: string) => Number(/<result code="(\d+)"/.exec(xml)?.[1]);
const frame = (command: string) =>
  `<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command>${command}<clTRID>T-9</clTRID></command></epp>`;
const domain = (verb: string, inner: string) =>
  `<${verb}><d:${verb} xmlns:d="urn:ietf:params:xml:ns:domain-1.0">${inner}</d:${verb}></${verb}>`;
const authInfo = '<d:authInfo><d:pw>abcdef</d:pw></d:authInfo>';

async function loggedIn(
  world: SandboxWorld,
  clid: 'backorder' | 'rival' = 'backorder',
  extensions = ['urn:ietf:params:xml:ns:rgp-1.0'],
): Promise<RawClient> {
  const client = await rawClient(world, clid);
  const { password } = await sandboxCredentials(world.home, clid);
  expect(codeOf(await client.ask(commands.loginXml({ ...login, clid, password, extensions }, 'LOGIN-1')))).toBe(1000);
  return client;
}

test('the sandbox greets validly, and again on hello', async () => {
  const client = await rawClient(await sandboxWorld());
  expect(await schema.verdict(client.greeting)).toBe('ok');
  expect(await schema.verdict(await client.ask(commands.helloXml()))).toBe('ok');
});

test('every answer of the sandbox is valid, and says what is wrong by its code', async () => {
  const world = await sandboxWorld();
  await world.control.setClock('clk_1', at('2026-02-01T00:00:00Z'));
  const owned = { registered_at: at('2020-01-01T00:00:00Z'), test_clock: 'clk_1' };
  await world.control.put('grace.test', {
    ...owned,
    expires_at: at('2026-01-01T00:00:00Z'),
    nameservers: ['ns1.example.net'],
  });
  await world.control.put('mine.test', { ...owned, expires_at: at('2026-06-01T00:00:00Z'), registrar: 'backorder' });
  const client = await loggedIn(world);
  const script: [number, string][] = [
    [2303, commands.infoXml('full.test', 'T-1')],
    [1000, commands.createXml(full, 'T-2')],
    [2302, commands.createXml(full, 'T-3')],
    [1000, commands.infoXml('full.test', 'T-4')],
    [1000, commands.infoXml('grace.test', 'T-5')],
    [1000, commands.checkXml('full.test', 'T-6')],
    [1000, commands.checkXml('free.test', 'T-7')],
    [1000, commands.checkXml('example.com', 'T-8')],
    [1000, commands.checkXml(['full.test', 'free.test'], 'T-8')],
    [1000, commands.renewXml('mine.test', at('2026-06-01T00:00:00Z'), 2, 'T-9')],
    [2306, commands.renewXml('mine.test', at('2026-06-01T00:00:00Z'), 2, 'T-10')],
    [2105, commands.renewXml('mine.test', at('2028-06-01T00:00:00Z'), 9, 'T-11')],
    [1001, commands.deleteXml('mine.test', 'T-12')],
    [2304, commands.deleteXml('mine.test', 'T-13')],
    [1000, commands.deleteXml('full.test', 'T-14')],
    [2201, commands.deleteXml('grace.test', 'T-15')],
    [2303, commands.deleteXml('full.test', 'T-16')],
    [2306, commands.createXml({ ...plain, name: 'example.com' }, 'T-17')],
    [2306, commands.createXml({ ...plain, name: 'a.b.test' }, 'T-18')],
    [2005, commands.createXml({ ...plain, name: '-a.test' }, 'T-19')],
    [2005, commands.createXml({ ...plain, name: 'ü.test' }, 'T-20')],
    [2004, commands.createXml({ ...plain, periodYears: 11 }, 'T-21')],
    [2005, commands.createXml({ ...plain, nameservers: ['not a host'] }, 'T-22')],
    [2003, frame(domain('create', '<d:name>a.test</d:name>'))],
    [2005, frame(domain('create', `<d:name>a.test</d:name><d:period unit="y">x</d:period>${authInfo}`))],
    [1000, frame(domain('create', `<d:name>months.test</d:name><d:period unit="m">24</d:period>${authInfo}`))],
    [2003, frame(domain('update', '<d:name>a.test</d:name>'))],
    [2102, frame(domain('update', '<d:name>a.test</d:name><d:add><d:status s="clientHold"/></d:add>'))],
    [1000, commands.updateXml({ name: 'months.test', add: ['ns1.a.test'], remove: [], registrant: 'AB-1' }, 'T-25')],
    [1000, commands.infoXml('months.test', 'T-26')],
    [2303, contactInfoXml('AB-1', 'T-27')],
    [1000, contactCreateXml(contact, 'T-28')],
    [1000, contactInfoXml('AB-1', 'T-29')],
    [2302, contactCreateXml(contact, 'T-30')],
    [1000, contactCreateXml({ ...contact, id: 'AB-2', details: abroad }, 'T-31')],
    [1000, contactInfoXml('AB-2', 'T-32')],
    [2101, frame('<check><c:check xmlns:c="urn:ietf:params:xml:ns:contact-1.0"><c:id>AB-1</c:id></c:check></check>')],
    [2101, frame('<transfer op="query"><d:transfer xmlns:d="urn:ietf:params:xml:ns:domain-1.0"/></transfer>')],
    [
      2307,
      frame('<check><h:check xmlns:h="urn:ietf:params:xml:ns:host-1.0"><h:name>ns1.a.test</h:name></h:check></check>'),
    ],
    [2103, frame(`${domain('info', '<d:name>a.test</d:name>')}<extension><x xmlns="urn:x"/></extension>`)],
    [1300, frame('<poll op="req"/>')],
    [2000, frame('<dance/>')],
    [2002, commands.loginXml(login, 'T-23')],
    [2001, '<not-epp/>'],
    [2001, 'not xml'],
    [2001, '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    [1500, commands.logoutXml('T-24')],
  ];
  for (const [code, xml] of script) {
    const answer = await client.ask(xml);
    expect([xml, codeOf(answer)]).toEqual([xml, code]);
    expect([answer, await schema.verdict(answer)]).toEqual([answer, 'ok']);
  }
  await client.closed;
});

test('every result code the sandbox can be told to give makes a valid response', async () => {
  for (let code = 1000; code < 2600; code++)
    if (isResultCode(code))
      expect([code, await schema.verdict(responseXml({ code }, 'T-1', 'S-1'))]).toEqual([code, 'ok']);
});

test('authInfo and contacts are for the sponsor, RGP for those who chose it', async () => {
  const world = await sandboxWorld();
  const ours = await loggedIn(world);
  await ours.ask(commands.createXml({ ...full, name: 'own.test' }, 'T-1'));
  const mine = await ours.ask(commands.infoXml('own.test', 'T-2'));
  expect(mine).toContain('a&lt;b&gt;&amp;&quot;c&quot; ü');
  expect(mine).toContain('REG-1');
  expect(mine).toContain('addPeriod');
  const rival = await loggedIn(world, 'rival', []);
  const theirs = await rival.ask(commands.infoXml('own.test', 'T-3'));
  expect(codeOf(theirs)).toBe(1000);
  for (const secret of ['authInfo', 'REG-1', 'ADM-1', 'rgpStatus']) expect(theirs).not.toContain(secret);
});

test('nobody does anything before login, and nobody logs in as somebody else', async () => {
  const world = await sandboxWorld();
  const client = await rawClient(world, 'rival');
  const { password } = await sandboxCredentials(world.home, 'backorder');
  expect(codeOf(await client.ask(commands.infoXml('a.test', 'T-1')))).toBe(2002);
  expect(codeOf(await client.ask(commands.createXml(plain, 'T-2')))).toBe(2002);
  const asBackorder = commands.loginXml({ ...login, password }, 'T-3');
  expect(codeOf(await client.ask(asBackorder))).toBe(2200);
  expect(codeOf(await client.ask(asBackorder))).toBe(2200);
  expect(codeOf(await client.ask(asBackorder))).toBe(2501);
  await client.closed;
});

test.each<[string, object, number]>([
  ['another version', { version: '2.0' }, 2100],
  ['another language', { lang: 'fr' }, 2102],
  ['an object it does not serve', { objects: ['urn:ietf:params:xml:ns:host-1.0'] }, 2307],
  ['an extension it does not have', { extensions: ['urn:x'] }, 2103],
])('a login that asks for %s is refused', async (_what, change, code) => {
  const world = await sandboxWorld();
  const client = await rawClient(world);
  const { password } = await sandboxCredentials(world.home, 'backorder');
  expect(codeOf(await client.ask(commands.loginXml({ ...login, password, ...change }, 'T-1')))).toBe(code);
});

test('one session more than allowed is refused and closed, and its place is free again after a logout', async () => {
  const world = await sandboxWorld({ maxSessions: 1 });
  const first = await loggedIn(world);
  const second = await rawClient(world);
  const { password } = await sandboxCredentials(world.home, 'backorder');
  expect(codeOf(await second.ask(commands.loginXml({ ...login, password }, 'T-1')))).toBe(2502);
  await second.closed;
  await loggedIn(world, 'rival');
  await first.ask(commands.logoutXml('T-2'));
  await first.closed;
  await loggedIn(world);
});

test('a session that idles too long is closed, and so is one that frames wrongly', async () => {
  const idle = await rawClient(await sandboxWorld({ idleMs: 30 }));
  await idle.closed;
  const wrong = await rawClient(await sandboxWorld());
  wrong.write(Buffer.from([0, 0, 0, 1]));
  await wrong.closed;
});

test('commands sent in one piece are answered one by one', async () => {
  const client = await loggedIn(await sandboxWorld());
  const frames = ['A-1', 'B-2', 'C-3'].map((clTRID) => encodeFrame(commands.infoXml('a.test', clTRID)));
  const last = client.ask(commands.infoXml('a.test', 'Z-0'));
  client.write(Buffer.concat(frames));
  expect(await last).toContain('<clTRID>Z-0</clTRID>');
});
