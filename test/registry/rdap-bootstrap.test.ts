/** Which service is asked for a name, and how IANA's list is kept: as RFC 9224 has it, and whatever IANA's server does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestListener } from 'node:http';
import { Bootstrap, readServiceList, servicesOf, type ServiceList } from '../../registry/rdap/bootstrap.ts';
import { createRdapClient } from '../../registry/rdap/client.ts';
import { domain, json, serving, troubleOf } from './rdap-server.ts';
import { closeAll } from './world.ts';

afterEach(closeAll);

const file = (services: [string[], string[]][], publication = '2026-07-01T00:00:00Z') => ({
  version: '1.0',
  publication,
  description: 'made for a test',
  services,
});
const list = (...services: [string[], string[]][]) => readServiceList(file(services)) as ServiceList;
const old = list([['com'], ['https://old.example/']]);

/** IANA by another name. */
async function iana(answer: RequestListener, copy = old) {
  let asked = 0;
  const url = await serving((request, response) => {
    asked += 1;
    answer(request, response);
  });
  return { bootstrap: new Bootstrap({ url: `${url}/dns.json`, configured: true, copy }), asked: () => asked };
}

test("the copy in this package is IANA's list, dated, and knows who has a service and who has none", () => {
  const path = join(import.meta.dirname, '../../registry/rdap/iana-dns.json');
  const shipped = readServiceList(JSON.parse(readFileSync(path, 'utf8'))) as ServiceList;
  expect(shipped.publication).toBe('2026-07-23T02:00:03Z');
  expect(servicesOf('example.com', shipped)).toEqual(['https://rdap.verisign.com/com/v1/']);
  expect(servicesOf('beispiel.de', shipped)).toEqual([]);
  expect(servicesOf('example.io', shipped)).toEqual([]);
});

test.each([
  ['a.com', ['https://com.example/']],
  ['A.B.COM.', ['https://com.example/']],
  ['a.co.uk', ['https://co-uk.example/']],
  ['a.org.uk', ['https://uk.example/']],
  ['co.uk', ['https://co-uk.example/']],
  ['a.xn--p1ai', ['https://both.example/', 'http://both.example/']],
  ['a.files', []],
  ['a.xcom', []],
])('%s is asked of %p', (name, expected) => {
  const services = list(
    [['com'], ['https://com.example/']],
    [['uk'], ['https://uk.example/']],
    [['co.uk'], ['https://co-uk.example/']],
    [['xn--p1ai'], ['http://both.example/', 'https://both.example/']],
    [['files'], ['ftp://files.example/', 'nonsense']],
  );
  expect(servicesOf(name, services)).toEqual(expected);
});

test.each([
  ['a page', '<html>'],
  ['another version', { ...file([[['com'], []]]), version: '2.0' }],
  ['no service at all', file([])],
  ['no date', { ...file([[['com'], []]]), publication: 'today' }],
  ['services of another shape', { ...file([]), services: [{ com: 'https://x' }] }],
])('%s is not a list', (_what, body) => expect(readServiceList(body)).toBeUndefined());

test('a list is asked for once, is asked whether it changed since the copy, and serves from then on', async () => {
  const { bootstrap, asked } = await iana((request, response) => {
    expect(request.headers['if-modified-since']).toBe('Wed, 01 Jul 2026 00:00:00 GMT');
    json(response, file([[['com', 'new'], ['https://fresh.example/']]], '2026-08-01T00:00:00Z'));
  });
  const all = await Promise.all(['a.new', 'b.new', 'c.new'].map((name) => bootstrap.servicesFor(name)));
  expect(all[2]).toMatchObject({ urls: ['https://fresh.example/'], publication: '2026-08-01T00:00:00Z' });
  expect(await bootstrap.servicesFor('a.com')).toMatchObject({ urls: ['https://fresh.example/'] });
  expect(asked()).toBe(1);
});

test('a lookup of a TLD in the copy does not wait for IANA', async () => {
  const { bootstrap } = await iana(() => undefined);
  const startedAt = performance.now();
  expect(await bootstrap.servicesFor('a.com')).toMatchObject({ urls: ['https://old.example/'] });
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});

test.each<[string, RequestListener]>([
  ['is away', (request) => void request.socket.destroy()],
  ['answers 500', (_request, response) => void response.writeHead(500).end()],
  ['answers 404', (_request, response) => void response.writeHead(404).end()],
  ['answers a page', (_request, response) => void response.end('<html>')],
  ['answers too much', (_request, response) => void response.end('x'.repeat(1_100_000))],
  ['answers an empty list', (_request, response) => json(response, file([]))],
  [
    'answers an older list',
    (_request, response) => json(response, file([[['new'], ['https://x.example/']]], '2020-01-01T00:00:00Z')),
  ],
  ['answers that nothing changed', (_request, response) => void response.writeHead(304).end()],
])('when IANA %s the last good list stands, and it is not asked again at once', async (_what, answer) => {
  const { bootstrap, asked } = await iana(answer);
  expect(await bootstrap.servicesFor('a.new')).toMatchObject({ urls: [], publication: old.publication });
  expect(await bootstrap.servicesFor('a.com')).toMatchObject({ urls: ['https://old.example/'] });
  expect(asked()).toBe(1);
});

test('names under .test are nobody’s: IANA is not asked', async () => {
  const { bootstrap, asked } = await iana(() => undefined);
  expect(await bootstrap.servicesFor('a.test')).toMatchObject({ urls: [] });
  expect(asked()).toBe(0);
});

test('a TLD without a service is an answer, and says which list it was not in', async () => {
  const { bootstrap } = await iana((_request, response) => void response.writeHead(304).end());
  expect(await createRdapClient({ bootstrap }).lookup('a.new')).toEqual({ kind: 'no_service', asOf: old.publication });
});

const asked: string[] = [];
beforeEach(() => void asked.splice(0));
const servers: Record<string, RequestListener> = {
  dead: (request) => void request.socket.destroy(),
  hangs: () => undefined,
  busy: (_request, response) => void response.writeHead(429, { 'retry-after': '7' }).end(),
  nonsense: (_request, response) => void response.end('<html>'),
  empty: (_request, response) => void response.writeHead(404).end(),
  good: (_request, response) => json(response, domain),
};
const service = (name: string) =>
  serving((request, response) => {
    asked.push(name);
    servers[name]?.(request, response);
  });

test.each<[string[], string, string[]]>([
  [['good', 'dead'], 'registered', ['good']],
  [['dead', 'good'], 'registered', ['dead', 'good']],
  [['hangs', 'good'], 'registered', ['hangs', 'good']],
  [['busy', 'nonsense', 'good'], 'registered', ['busy', 'nonsense', 'good']],
  [['empty', 'good'], 'not_found', ['empty']],
  [['busy', 'dead'], 'throttled', ['busy', 'dead']],
])('of the services %p the answer is "%s", after asking %p', async (names, expected, inOrder) => {
  const copy = list([['com'], await Promise.all(names.map(service))]);
  const url = await serving((_request, response) => void response.writeHead(304).end());
  const client = createRdapClient({ bootstrap: new Bootstrap({ url, configured: true, copy }) });
  const answer = await client.lookup('example.com', { limitMs: 1_000 }).catch((error: unknown) => error);
  expect(answer).toMatchObject(
    expected === 'throttled' ? { code: 'throttled', retryAfterMs: 7_000 } : { kind: expected },
  );
  expect(asked).toEqual(inOrder);
});

test('a service that IANA names on a private address is not asked', async () => {
  const bootstrap = new Bootstrap({
    url: 'http://127.0.0.1:1/dns.json',
    copy: list([['com'], [await service('good')]]),
  });
  const trouble = await troubleOf(createRdapClient({ bootstrap }).lookup('example.com'));
  expect(trouble).toMatchObject({ code: 'forbidden_address', kind: 'nonsense' });
  expect(asked).toEqual([]);
});
