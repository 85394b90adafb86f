/** RDAP as servers really answer it: other spellings, redirects, limits, and 404s that prove nothing. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readDropList } from '../../registry/drop-list.ts';
import { RegistryUnreachable } from '../../registry/gateway.ts';
import { fetchDomain } from '../../registry/rdap/client.ts';
import { fromRdapStatus, toRdapStatus } from '../../registry/rdap/status.ts';
import { after, closeAll, sandboxWorld } from './world.ts';

afterEach(closeAll);

async function serving(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: Error) => error,
  );
const json = (response: ServerResponse, body: unknown) =>
  void response.setHeader('content-type', 'application/rdap+json').end(JSON.stringify(body));

const domain = {
  objectClassName: 'domain',
  ldhName: 'EXAMPLE.COM',
  handle: '2336799_DOMAIN_COM-VRSN',
  status: ['client transfer prohibited', 'auto renew period', 'serverHold'],
  events: [
    { eventAction: 'registration', eventDate: '1995-08-14T04:00:00Z' },
    { eventAction: 'expiration', eventDate: '2027-08-13T04:00:00Z' },
    { eventAction: 'last changed', eventDate: '2026-08-14T07:01:34Z' },
    { eventAction: 'last update of RDAP database' },
  ],
  entities: [
    { roles: ['abuse'], handle: 'no' },
    { roles: ['registrar'], handle: '376', publicIds: [{ type: 'IANA Registrar ID', identifier: '376' }] },
  ],
  nameservers: [{ objectClassName: 'nameserver', ldhName: 'A.IANA-SERVERS.NET' }, { objectClassName: 'nameserver' }],
  secureDNS: { delegationSigned: true },
  unheard_of: { anything: [1, 2] },
};

test('a domain object is read into a registration, whatever else it holds', async () => {
  const base = await serving((_request, response) => json(response, domain));
  expect(await fetchDomain(`${base}/v1/`, 'example.com')).toEqual({
    kind: 'registered',
    registration: {
      roid: '2336799_DOMAIN_COM-VRSN',
      sponsor: '376',
      registeredAt: Date.parse('1995-08-14T04:00:00Z'),
      expiresAt: Date.parse('2027-08-13T04:00:00Z'),
      updatedAt: Date.parse('2026-08-14T07:01:34Z'),
      statuses: ['clientTransferProhibited', 'serverHold'],
      rgp: ['autoRenewPeriod'],
      nameservers: ['a.iana-servers.net'],
    },
  });
});

test.each<[string[], { statuses: string[]; rgp: string[] }]>([
  [['active'], { statuses: ['ok'], rgp: [] }],
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

test('404 is an answer of its own', async () => {
  const base = await serving((_request, response) => void response.writeHead(404).end('{}'));
  expect(await fetchDomain(base, 'example.com')).toEqual({ kind: 'not_found' });
});

test('redirects are followed, five of them', async () => {
  const base = await serving((request, response) => {
    const left = Number(new URL(request.url ?? '', 'http://x').searchParams.get('left') ?? 5);
    if (left === 0) json(response, domain);
    else response.writeHead(302, { location: `/elsewhere?left=${left - 1}` }).end();
  });
  expect((await fetchDomain(base, 'example.com')).kind).toBe('registered');
  const endless = await serving((_request, response) => void response.writeHead(307, { location: '/again' }).end());
  expect(await failure(fetchDomain(endless, 'example.com'))).toBeInstanceOf(RegistryUnreachable);
});

test.each([
  ['2', 2000],
  [new Date(Date.now() + 3_600_000).toUTCString(), 3_590_000],
])('429 with Retry-After %s says when to come back', async (header, atLeast) => {
  const base = await serving((_request, response) => void response.writeHead(429, { 'retry-after': header }).end());
  const error = await failure(fetchDomain(base, 'example.com'));
  expect(error).toBeInstanceOf(RegistryUnreachable);
  expect((error as RegistryUnreachable).retryAfterMs).toBeGreaterThanOrEqual(atLeast);
});

test.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
  [
    'a body without an end',
    (_request, response) => {
      const more = () => void response.write(' '.repeat(65_536), () => !response.destroyed && more());
      more();
    },
  ],
  ['no answer', () => undefined],
  ['half an answer', (_request, response) => void response.write('{"object')],
  ['a page', (_request, response) => void response.end('<html>')],
  ['another object', (_request, response) => json(response, { objectClassName: 'entity' })],
  ['another name', (_request, response) => json(response, { ...domain, ldhName: 'example.net' })],
  ['an error', (_request, response) => void response.writeHead(500).end()],
  [
    'a redirect to a file',
    (_request, response) => void response.writeHead(301, { location: 'file:///etc/passwd' }).end(),
  ],
  ['a broken connection', (request) => void request.socket.destroy()],
])('%s is no answer, and says nothing of the name', async (_what, answer) => {
  const base = await serving(answer);
  expect(await failure(fetchDomain(base, 'example.com', 300))).toBeInstanceOf(RegistryUnreachable);
});

test('the sandbox speaks RDAP as RFC 9083 has it', async () => {
  const { sandbox, control } = await sandboxWorld();
  const base = `http://127.0.0.1:${sandbox.rdapPort}`;
  await control.put('rdap.test', { drops_at: Date.now() + 60_000, nameservers: ['ns1.example.net'] });
  const found = await fetch(`${base}/domain/RDAP.test`);
  expect(found.headers.get('content-type')).toMatch(/^application\/rdap\+json/);
  expect(await found.json()).toMatchObject({
    rdapConformance: ['rdap_level_0'],
    objectClassName: 'domain',
    ldhName: 'rdap.test',
    status: ['pending delete'],
    entities: [{ objectClassName: 'entity', roles: ['registrar'], handle: 'other-registrar' }],
    nameservers: [{ ldhName: 'ns1.example.net' }],
  });
  for (const [path, status] of [
    ['/domain/free.test', 404],
    ['/domain/example.com', 404],
    ['/domain/-.test', 400],
  ] as const) {
    const refused = await fetch(`${base}${path}`);
    expect(refused.status).toBe(status);
    expect(await refused.json()).toMatchObject({ errorCode: status });
  }
  expect(await (await fetch(`${base}/help`)).json()).toMatchObject({ rdapConformance: ['rdap_level_0'] });
});

test('a drop list is read with or without its header, and rows that are none are passed over', () => {
  const list = readDropList(
    'roid,domain,drop_time\r\n1-UK,Example.co.uk,2026-01-02T03:04:05Z\n"2-UK","quoted.uk","2026-01-02T03:04:06Z"\n,,\nbroken\n',
  );
  expect([...list]).toEqual([
    ['example.co.uk', { at: Date.parse('2026-01-02T03:04:05Z'), roid: '1-UK' }],
    ['quoted.uk', { at: Date.parse('2026-01-02T03:04:06Z'), roid: '2-UK' }],
  ]);
});
