/** Our client at a server nobody here wrote: ICANN's. Run by `npm run test:foreign`, which builds that server once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { rdapServer } from '../../dev/fetch-rdap.ts';
import { boundedGet } from '../../registry/http.ts';
import { Hosts } from '../../registry/http-host.ts';
import { readJson } from '../../registry/rdap/json.ts';
import { domain, lookup, troubleOf } from './rdap-server.ts';
import { after, closeAll, temporaryHome } from './world.ts';

const found = {
  ...domain,
  rdapConformance: ['rdap_level_0'],
  ldhName: 'found.example',
  status: ['redemption period', 'pending delete'],
  entities: domain.entities.map((entity) => ({ objectClassName: 'entity', ...entity })),
};
const rfc9083 = {
  rdapConformance: ['rdap_level_0'],
  objectClassName: 'domain',
  handle: 'XXXX',
  ldhName: 'xn--fo-5ja.example',
  unicodeName: 'fóo.example',
  status: ['active'],
  events: [{ eventAction: 'registration', eventDate: '1990-12-31T23:59:59Z' }],
  nameservers: [{ objectClassName: 'nameserver', ldhName: 'ns1.example.com' }],
};
const error = (ldhName: string, members: object) => ({ domain: { error: members }, ids: [{ ldhName }] });
const files = {
  'found.json': found,
  'rfc9083.json': rfc9083,
  'moved.template': error('moved.example', { errorCode: 307, extErr_location: '/rdap/domain/found.example' }),
  'circle.template': error('circle.example', { errorCode: 307, extErr_location: '/rdap/domain/circle.example' }),
  '127_0_0_1.help': { rdapConformance: ['rdap_level_0'], notices: [{ title: 'Help', description: ['Ask.'] }] },
};

let base = '';
beforeAll(async () => {
  const { path } = await rdapServer();
  const folder = await temporaryHome();
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), JSON.stringify(content));
  const server = spawn(path, [], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      RDAP_SRV_DATA_DIR: folder,
      RDAP_SRV_LISTEN_ADDR: '127.0.0.1',
      RDAP_SRV_LISTEN_PORT: '0',
      RDAP_SRV_AUTO_RELOAD: 'false',
      RDAP_SRV_LOG: 'debug',
      NO_COLOR: '1',
    },
  });
  after(async () => {
    server.kill();
    await once(server, 'exit');
  });
  for await (const line of createInterface(server.stdout)) {
    const port = /listening on 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    if (port === undefined) continue;
    base = `http://127.0.0.1:${port}/rdap`;
    break;
  }
  server.stdout.resume();
  expect(base).not.toBe('');
}, 45 * 60_000);
afterAll(closeAll);

test('a name it knows is read in full', async () => {
  expect(await lookup(base, 'found.example')).toMatchObject({
    kind: 'registered',
    registration: {
      roid: '2336799_DOMAIN_COM-VRSN',
      sponsor: '376',
      expiresAt: Date.parse('2027-08-13T04:00:00Z'),
      statuses: ['pendingDelete'],
      rgp: ['redemptionPeriod'],
      nameservers: ['a.iana-servers.net'],
    },
    record: { source: `${base}/domain/found.example`, ianaRegistrarId: '376', conformance: ['rdap_level_0'] },
  });
});

test('an international name is found by its A-label', async () => {
  expect(await lookup(base, 'xn--fo-5ja.example')).toMatchObject({
    registration: { roid: 'XXXX', registeredAt: Date.parse('1990-12-31T23:59:59Z'), expiresAt: 0, statuses: ['ok'] },
  });
});

test('a name it does not know is not found', async () => {
  expect(await lookup(base, 'unknown.example')).toMatchObject({ kind: 'not_found' });
});

test('where it redirects we follow, but the answer there is about another name', async () => {
  expect(await troubleOf(lookup(base, 'moved.example'))).toMatchObject({ code: 'another_name' });
});

test('where it redirects in a circle we stop', async () => {
  expect(await troubleOf(lookup(base, 'circle.example'))).toMatchObject({ code: 'redirect_loop' });
});

const limits = {
  accept: 'application/rdap+json',
  limitMs: 10_000,
  maxBytes: 100_000,
  configured: true,
  hosts: new Hosts(),
};

test('what it does not do it refuses', async () => {
  expect(await troubleOf(boundedGet('RDAP', `${base}/nameservers`, limits))).toMatchObject({ kind: 'refused' });
});

test('its help is RDAP as we read it', async () => {
  const answer = await boundedGet('RDAP', `${base}/help`, limits);
  expect(answer.headers['content-type']).toMatch(/^application\/rdap\+json/);
  expect(readJson('RDAP', answer.body)).toMatchObject({
    rdapConformance: ['rdap_level_0'],
    notices: [{ title: 'Help' }],
  });
});
