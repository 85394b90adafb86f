/** A configuration that cannot work stops the start with one line: which file, which field, why. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, loadConfig } from '../../config.ts';
import { loadRegistries, openGateways } from '../../registry/registries.ts';
import { sandboxPaths } from '../../registry/sandbox/paths.ts';
import { ensureSandboxSecrets } from '../../registry/sandbox/secrets.ts';
import { after, closeAll, temporaryHome } from './world.ts';

afterEach(closeAll);

async function world() {
  const home = await temporaryHome();
  await ensureSandboxSecrets(home);
  const paths = sandboxPaths(home);
  const { cert, key } = paths.client('backorder');
  const entry = {
    id: 'verisign',
    tlds: ['com', '.NET'],
    epp: {
      host: 'epp.example.com',
      port: 700,
      ca: paths.ca,
      cert,
      key,
      clid: 'ClientX',
      password_env: 'VRSN_PASSWORD',
    },
    rdap: 'https://rdap.example.com/com/v1/',
    profile: 'verisign',
    contacts: { registrant: 'REG-1', admin: 'ADM-1' },
    owns: ['ClientX', '376'],
  };
  const file = join(home, 'registries.json');
  const load = async (content: unknown, env: NodeJS.ProcessEnv = { VRSN_PASSWORD: 'secret-1' }) => {
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    const config = loadConfig({ BACKORDER_HOME: home, BACKORDER_REGISTRIES: file, ...env });
    return loadRegistries(config, env);
  };
  return { home, file, entry, load };
}

test('without a file there is the sandbox, and nothing at all when that is off', async () => {
  const home = await temporaryHome();
  expect(loadRegistries(loadConfig({ BACKORDER_HOME: home, EPP_PORT: '7701', RDAP_PORT: '7781' }), {})).toMatchObject([
    {
      id: 'sandbox',
      tlds: ['test'],
      epp: { host: '127.0.0.1', port: 7701 },
      rdap: 'http://127.0.0.1:7781',
      owns: ['backorder'],
    },
  ]);
  expect(loadRegistries(loadConfig({ BACKORDER_HOME: home, BACKORDER_SANDBOX: '0' }), {})).toEqual([]);
});

test('a configured registry stands beside the sandbox, and its names find it', async () => {
  const { entry, load } = await world();
  const entries = await load([entry]);
  expect(entries.map(({ id, tlds }) => [id, tlds])).toEqual([
    ['sandbox', ['test']],
    ['verisign', ['com', 'net']],
  ]);
  expect(await entries[1]?.epp.credentials()).toMatchObject({ password: 'secret-1' });
  expect(JSON.stringify(entries)).not.toContain('secret-1');
  const gateways = openGateways(entries);
  after(() => gateways.close());
  expect(gateways.forTld('COM')?.id).toBe('verisign');
  expect(gateways.forName('example.net')?.id).toBe('verisign');
  expect(gateways.forName('film.test')?.id).toBe('sandbox');
  expect(gateways.forName('example.org')).toBeUndefined();
  expect([...gateways.byId.keys()]).toEqual(['sandbox', 'verisign']);
});

type Entry = Awaited<ReturnType<typeof world>>['entry'];
const epp = (change: object) => (entry: Entry) => [{ ...entry, epp: { ...entry.epp, ...change } }];
test.each<[string, (entry: Entry) => unknown, string]>([
  ['not JSON', () => '[{', 'the file: is not JSON'],
  ['not a list', (entry) => entry, 'the file: '],
  ['a port out of range', epp({ port: 70_000 }), '[0].epp.port: '],
  ['no host', epp({ host: undefined }), '[0].epp.host: '],
  ['no owns', (entry) => [{ ...entry, owns: [] }], '[0].owns: must name at least one registrar id'],
  [
    'an RDAP that is no URL',
    (entry) => [{ ...entry, rdap: 'rdap.example.com' }],
    '[0].rdap: must be an http or https URL',
  ],
  [
    'a missing certificate',
    epp({ cert: '/nowhere/client.crt' }),
    '[0].epp.cert: /nowhere/client.crt cannot be read (ENOENT)',
  ],
  [
    'a key that is not the certificate’s',
    (entry) => epp({ key: entry.epp.key.replace('client', 'rival') })(entry),
    '[0].epp: ca, cert and key',
  ],
  [
    'a TLD twice',
    (entry) => [entry, { ...entry, id: 'other', tlds: ['org', 'com'] }],
    '[1].tlds[1]: com is served by the entry verisign already',
  ],
  [
    'the sandbox’s TLD',
    (entry) => [{ ...entry, tlds: ['test'] }],
    '[0].tlds[0]: test is served by the entry sandbox already',
  ],
  ['an id twice', (entry) => [entry, { ...entry, tlds: ['org'] }], '[1].id: verisign is taken'],
])('%s stops the start', async (_what, content, message) => {
  const { file, entry, load } = await world();
  const error = await load(content(entry)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConfigError);
  expect((error as Error).message.replace(`BACKORDER_REGISTRIES (${file}): `, '').slice(0, message.length)).toBe(
    message,
  );
});

test('a password that is not set, and a file that is not there, stop the start', async () => {
  const { home, entry, load } = await world();
  await expect(load([entry], {})).rejects.toThrow(
    '[0].epp.password_env: the environment variable VRSN_PASSWORD is not set',
  );
  const config = loadConfig({ BACKORDER_HOME: home, BACKORDER_REGISTRIES: '/nowhere.json' });
  expect(() => loadRegistries(config, {})).toThrow(
    'BACKORDER_REGISTRIES (/nowhere.json): the file: cannot be read (ENOENT)',
  );
});
