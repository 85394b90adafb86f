/** RDAP as servers really answer it: redirects, limits, caches, and 404s that prove nothing. */
import { readDropList } from '../../registry/drop-list.ts';
import { createEppGateway } from '../../registry/epp/gateway.ts';
import { redirected } from '../../registry/http.ts';
import { keep } from '../../registry/http-cache.ts';
import { Hosts } from '../../registry/http-host.ts';
import { isPublic } from '../../registry/http-address.ts';
import { createRdapClient } from '../../registry/rdap/client.ts';
import { domain, json, lookup, serving, troubleOf } from './rdap-server.ts';
import { after, closeAll, sandboxWorld } from './world.ts';

afterEach(closeAll);

const URL_OF = new URL('https://rdap.example/domain/a.com');

test('a domain object is read into a registration, whatever else it holds', async () => {
  const base = await serving((_request, response) => json(response, domain));
  expect(await lookup(`${base}/v1/`)).toMatchObject({
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
    record: { source: `${base}/v1/domain/example.com`, ianaRegistrarId: '376' },
  });
});

test('404 is an answer of its own, and says whose', async () => {
  const base = await serving((_request, response) => void response.writeHead(404).end('{}'));
  expect(await lookup(base)).toEqual({ kind: 'not_found', source: `${base}/domain/example.com` });
});

test('application/json will do', async () => {
  const base = await serving(
    (_request, response) =>
      void response.setHeader('content-type', 'application/json; charset=utf-8').end(JSON.stringify(domain)),
  );
  expect((await lookup(base)).kind).toBe('registered');
});

test('five redirects are followed, a sixth is not', async () => {
  const base = await serving((request, response) => {
    const left = Number(/left=(\d)/.exec(request.url ?? '')?.[1] ?? /v(\d)/.exec(request.url ?? '')?.[1]);
    if (left === 0) json(response, domain);
    else response.writeHead(302, { location: `/elsewhere?left=${left - 1}` }).end();
  });
  expect(await lookup(`${base}/v5`)).toMatchObject({ record: { source: `${base}/elsewhere?left=0` } });
  expect(await troubleOf(lookup(`${base}/v6`))).toMatchObject({ code: 'too_many_redirects' });
});

test.each([
  ['back to itself', '/domain/example.com', 'redirect_loop'],
  ['to a file', 'file:///etc/passwd', 'bad_redirect'],
  ['to credentials', 'http://a:b@127.0.0.1/', 'bad_redirect'],
  ['to nowhere', undefined, 'bad_redirect'],
  ['to a neighbour', 'http://10.0.0.1/', 'forbidden_address'],
  ['to a metadata service', 'http://169.254.169.254/latest', 'forbidden_address'],
  ['to another port here', 'http://127.0.0.1:9/', 'forbidden_address'],
  ['to this machine by IPv6', 'http://[::1]:9/', 'forbidden_address'],
  ['to this machine, disguised', 'http://[::ffff:7f00:1]:9/', 'forbidden_address'],
  ['to a name that is this machine', 'http://localhost:9/', 'forbidden_address'],
])('a redirect %s is not followed', async (_where, location, code) => {
  const base = await serving((_request, response) => void response.writeHead(307, location ? { location } : {}).end());
  expect(await troubleOf(lookup(base))).toMatchObject({ code, kind: 'nonsense' });
});

test.each([
  ['https://a.example/x', 'http://a.example/y', undefined],
  ['https://a.example/x', 'https://b.example/y', 'https://b.example/y'],
  ['https://a.example/x', '/y#z', 'https://a.example/y'],
  ['http://a.example/x', 'https://a.example/y', 'https://a.example/y'],
  ['http://a.example/x', 'http://', undefined],
])('from %s to %s leads to %p', (from, location, expected) => {
  const next = () => redirected('RDAP', new URL(from), location).href;
  if (expected === undefined) expect(next).toThrow(expect.objectContaining({ code: 'bad_redirect' }));
  else expect(next()).toBe(expected);
});

test.each([
  ['8.8.8.8', true],
  ['2606:4700::1111', true],
  ['127.0.0.1', false],
  ['100.64.0.1', false],
  ['192.168.1.1', false],
  ['0.0.0.0', false],
  ['fe80::1', false],
  ['fd00::1', false],
  ['::ffff:10.0.0.1', false],
  ['2002:7f00:1::', false],
])('%s is public: %s', (address, expected) => expect(isPublic(address)).toBe(expected));

test.each([
  [429, '2', 2_000, 'throttled'],
  [429, new Date(Date.now() + 3_600_000).toUTCString(), 3_590_000, 'throttled'],
  [503, '120', 119_000, 'busy'],
  [429, undefined, 60_000, 'throttled'],
  [429, '99999999999', 86_400_000, 'throttled'],
])('after %s with Retry-After %s its host is left alone', async (status, header, atLeastMs, code) => {
  let asked = 0;
  const base = await serving((_request, response) => {
    asked += 1;
    response.writeHead(status, header === undefined ? {} : { 'retry-after': header }).end();
  });
  const client = createRdapClient();
  const first = await troubleOf(client.lookup('example.com', { base }));
  expect(first).toMatchObject({ code, kind: 'away' });
  expect(first.retryAfterMs).toBeGreaterThanOrEqual(atLeastMs);
  expect(first.retryAfterMs).toBeLessThanOrEqual(86_400_000);
  const again = await troubleOf(client.lookup('another.com', { base }));
  expect(again).toMatchObject({ code: 'throttled', kind: 'away' });
  expect(again.retryAfterMs).toBeGreaterThan(atLeastMs - 1_500);
  expect(asked).toBe(1);
});

test('a host is asked so often a second and no more, and who would wait too long is told when', async () => {
  const hosts = new Hosts();
  const never = new AbortController().signal;
  const ask = () => hosts.admit('RDAP', URL_OF, never, 100);
  await Promise.all(Array.from({ length: 100 }, ask));
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: 20 }, ask));
  expect(performance.now() - startedAt).toBeGreaterThan(150);
  const refusals = await Promise.allSettled(Array.from({ length: 700 }, () => hosts.admit('RDAP', URL_OF, never, 100)));
  const refused = refusals.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  expect(refused.length).toBeGreaterThan(150);
  expect(refused[0]).toMatchObject({ kind: 'away', code: 'own_limit' });
  expect(refused[0].retryAfterMs).toBeGreaterThan(5_000);
});

test('no more than eight at a time are asked of a host', async () => {
  let open = 0;
  let most = 0;
  const waiting: (() => void)[] = [];
  const base = await serving((_request, response) => {
    most = Math.max(most, (open += 1));
    waiting.push(() => {
      open -= 1;
      response.writeHead(404).end();
    });
    if (open === 8 || most === 8) for (const answer of waiting.splice(0)) answer();
  });
  const client = createRdapClient();
  await Promise.all(Array.from({ length: 20 }, (_, at) => client.lookup(`name${at}.com`, { base })));
  expect(most).toBe(8);
});

test.each([
  [400, 'refused', 'refused'],
  [401, 'refused', 'refused'],
  [403, 'refused', 'refused'],
  [501, 'refused', 'refused'],
  [204, 'nonsense', 'unexpected_status'],
  [304, 'nonsense', 'unexpected_status'],
  [500, 'away', 'busy'],
  [502, 'away', 'busy'],
])('status %s is no answer: %s', async (status, kind, code) => {
  const base = await serving((_request, response) => void response.writeHead(status).end());
  expect(await troubleOf(lookup(base))).toMatchObject({ kind, code, name: 'SourceTrouble' });
});

test('what a server lets us keep is not asked for again', async () => {
  let asked = 0;
  const base = await serving((_request, response) => {
    asked += 1;
    json(response.setHeader('cache-control', 'max-age=60'), domain);
  });
  const client = createRdapClient();
  const first = await client.lookup('example.com', { base });
  expect(await client.lookup('EXAMPLE.com.', { base })).toEqual(first);
  expect(asked).toBe(1);
});

test('a server that names a version is asked whether it changed', async () => {
  const asked: unknown[] = [];
  let version = '"1"';
  const base = await serving((request, response) => {
    asked.push(request.headers['if-none-match']);
    response.setHeader('etag', version);
    if (request.headers['if-none-match'] === version) response.writeHead(304).end();
    else json(response, { ...domain, handle: `H-${version.at(1)}` });
  });
  const client = createRdapClient();
  const roids = async () => {
    const answer = await client.lookup('example.com', { base });
    return answer.kind === 'registered' && answer.registration.roid;
  };
  expect([await roids(), await roids()]).toEqual(['H-1', 'H-1']);
  version = '"2"';
  expect(await roids()).toBe('H-2');
  expect(asked).toEqual([undefined, '"1"', '"1"']);
});

test.each([
  [{ 'cache-control': 'max-age=86400' }, 60_000],
  [{ 'cache-control': 'max-age=5' }, 5_000],
  [{ expires: new Date(Date.now() + 3_600_000).toUTCString() }, 60_000],
  [{ 'cache-control': 'no-cache, max-age=60', etag: '"1"' }, 0],
  [{ etag: '"1"' }, 0],
  [{ 'last-modified': 'Wed, 01 Jul 2020 00:00:00 GMT' }, 0],
  [{ 'cache-control': 'no-store', etag: '"1"' }, undefined],
  [{}, undefined],
])('an answer with %p is believed for %p ms', (headers, expectedMs) => {
  const answer = { status: 200, headers, body: Buffer.alloc(0), url: URL_OF.href } as const;
  const kept = keep('told', answer, 60_000);
  const leftMs = kept && kept.freshUntil - performance.now();
  if (expectedMs === undefined) return expect(kept).toBeUndefined();
  expect(leftMs).toBeLessThanOrEqual(expectedMs);
  expect(leftMs).toBeGreaterThan(expectedMs - 1_500);
});

test('an error is not kept, whatever its headers say', async () => {
  let healthy = false;
  const base = await serving((_request, response) => {
    response.setHeader('cache-control', 'max-age=600');
    if (healthy) json(response, domain);
    else response.writeHead(500).end();
  });
  const client = createRdapClient();
  expect(await troubleOf(client.lookup('example.com', { base }))).toMatchObject({ code: 'busy' });
  healthy = true;
  expect((await client.lookup('example.com', { base })).kind).toBe('registered');
});

test('EPP and RDAP are heard side by side, and where they differ it shows', async () => {
  const { entry, control, gateway: open } = await sandboxWorld();
  await control.put('both.test', { drops_at: Date.now() + 600_000, nameservers: ['ns1.example.net'] });
  const agreed = await open().hear?.('both.test');
  expect(agreed).toMatchObject({ epp: { kind: 'registered' }, rdap: { kind: 'registered' }, differences: [] });
  const lagging = await serving((_request, response) =>
    json(response, { ...domain, ldhName: 'both.test', status: ['redemption period'] }),
  );
  const gateway = createEppGateway({ ...entry, rdap: lagging });
  after(() => gateway.close());
  const heard = await gateway.hear?.('both.test');
  expect(heard?.differences.map(({ what }) => what)).toEqual([
    'roid',
    'registered_at',
    'expires_at',
    'status',
    'nameservers',
  ]);
  expect(heard?.differences.find(({ what }) => what === 'status')).toMatchObject({
    rdap: 'pendingdelete redemptionperiod',
  });
  const silent = createEppGateway({ ...entry, rdap: 'http://127.0.0.1:1/' });
  after(() => silent.close());
  expect(await silent.hear?.('both.test')).toMatchObject({
    epp: { kind: 'registered' },
    rdap: { kind: 'trouble', trouble: 'away', code: 'unreachable' },
    differences: [],
  });
});

test('where RDAP is turned off a poll asks by EPP', async () => {
  const { entry } = await sandboxWorld();
  const gateway = createEppGateway({ ...entry, rdap: false });
  after(() => gateway.close());
  expect(await gateway.peek('free.test')).toEqual({ kind: 'free', premium: false, source: 'epp' });
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
