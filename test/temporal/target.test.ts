/** Which Temporal server is meant, and as whom: the SDK's own settings, and what is wrong with them found at start. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, loadConfig } from '../../config.ts';
import { temporalTarget } from '../../temporal/target.ts';
import { authorityIn } from './authority.ts';

let folder: string;
const at = (file: string): string => join(folder, file);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'backorder-target-'));
  await authorityIn(folder, 'ours', 'temporal.test');
  writeFileSync(
    at('temporal.toml'),
    `[profile.default]\nnamespace = "idle"\n
[profile.drops]\naddress = "cloud.test:7233"\nnamespace = "drops"\napi_key = "from-the-file"\n`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const target = (env: Record<string, string> = {}) => {
  const all = { BACKORDER_HOME: folder, TEMPORAL_CONFIG_FILE: '', XDG_CONFIG_HOME: folder, ...env };
  const { dataConverter, ...rest } = temporalTarget(loadConfig(all), all);
  expect(dataConverter.payloadCodecs).toHaveLength(1);
  return rest;
};

test('where nothing is said it is the embedded server, whatever key or certificate lies about', () => {
  const theirs = { TEMPORAL_API_KEY: 'k', TEMPORAL_TLS_SERVER_NAME: 'x', TEMPORAL_PORT: '7300' };
  expect(target(theirs)).toEqual({ connection: { address: '127.0.0.1:7300' }, namespace: 'default' });
});

test('address, namespace, server name, authority and client certificate come from the environment', () => {
  const env = {
    TEMPORAL_ADDRESS: 'temporal.example:7233',
    TEMPORAL_NAMESPACE: 'drops',
    TEMPORAL_TLS_SERVER_NAME: 'temporal.test',
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: at('ours.ca.crt'),
    TEMPORAL_TLS_CLIENT_CERT_PATH: at('ours.client.crt'),
    TEMPORAL_TLS_CLIENT_KEY_PATH: at('ours.client.key'),
  };
  const { connection, namespace } = target(env);
  expect(namespace).toBe('drops');
  expect(connection).toMatchObject({ address: 'temporal.example:7233', tls: { serverNameOverride: 'temporal.test' } });
  const { serverRootCACertificate, clientCertPair } = connection.tls as Exclude<
    typeof connection.tls,
    boolean | undefined
  >;
  expect(Buffer.from(serverRootCACertificate ?? [])).toEqual(readFileSync(at('ours.ca.crt')));
  expect(Buffer.from(clientCertPair?.key ?? [])).toEqual(readFileSync(at('ours.client.key')));
});

test('an API key turns TLS on, from a variable or from a file; an empty one is none', () => {
  const env = { TEMPORAL_ADDRESS: 'cloud.test:7233' };
  expect(target({ ...env, TEMPORAL_API_KEY: 'k' }).connection).toEqual({ ...address(env), apiKey: 'k', tls: true });
  writeFileSync(at('api-key'), 'filed\n');
  const filed = target({ ...env, TEMPORAL_API_KEY: '', TEMPORAL_API_KEY_FILE: at('api-key') });
  expect(filed.connection).toEqual({ ...address(env), apiKey: 'filed', tls: true });
  expect(target({ ...env, TEMPORAL_API_KEY: '' }).connection).toEqual(address(env));
});
const address = (env: { TEMPORAL_ADDRESS: string }) => ({ address: env.TEMPORAL_ADDRESS });

test('a profile names the server, and a variable wins over it', () => {
  const profile = { TEMPORAL_CONFIG_FILE: at('temporal.toml'), TEMPORAL_PROFILE: 'drops' };
  expect(target(profile)).toEqual({
    connection: { address: 'cloud.test:7233', apiKey: 'from-the-file', tls: true },
    namespace: 'drops',
  });
  expect(target({ ...profile, TEMPORAL_NAMESPACE: 'other', TEMPORAL_API_KEY: 'k' })).toMatchObject({
    connection: { apiKey: 'k' },
    namespace: 'other',
  });
});

test.each<[string, () => Record<string, string>, RegExp]>([
  ['an address without a port', () => ({ TEMPORAL_ADDRESS: 'temporal.example:' }), /^TEMPORAL_ADDRESS: must be a host/],
  [
    'a URL for an address',
    () => ({ TEMPORAL_ADDRESS: 'https://temporal.example/' }),
    /^TEMPORAL_ADDRESS: must be a host/,
  ],
  ['a profile without an address', () => ({ TEMPORAL_CONFIG_FILE: at('temporal.toml') }), /^TEMPORAL_ADDRESS: /],
  [
    'a profile that is not there',
    () => ({ TEMPORAL_CONFIG_FILE: at('temporal.toml'), TEMPORAL_PROFILE: 'x' }),
    /'x' not found/,
  ],
  [
    'a file that is no profile',
    () => ({ TEMPORAL_CONFIG_FILE: at('ours.ca.crt') }),
    /TEMPORAL_CONFIG_FILE=.*ours\.ca\.crt/,
  ],
  ['a file of profiles that is not there', () => ({ TEMPORAL_CONFIG_FILE: '/nowhere.toml' }), /\/nowhere\.toml/],
  [
    'an authority that is not there',
    () => ({ TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/nowhere.crt' }),
    /\/nowhere\.crt cannot be read \(ENOENT\)/,
  ],
  ['an authority that is none', () => ({ TEMPORAL_TLS_SERVER_CA_CERT_PATH: at('temporal.toml') }), /certificates/],
  [
    'a certificate without its key',
    () => ({ TEMPORAL_TLS_CLIENT_CERT_PATH: at('ours.client.crt') }),
    /TEMPORAL_TLS_CLIENT_KEY/,
  ],
  [
    'the key of another certificate',
    () => ({
      TEMPORAL_TLS_CLIENT_CERT_PATH: at('ours.client.crt'),
      TEMPORAL_TLS_CLIENT_KEY_PATH: at('ours.server.key'),
    }),
    /cannot be used together/,
  ],
])('%s stops the process with one line', (_what, env, line) => {
  const given = env();
  const server = given['TEMPORAL_CONFIG_FILE'] === undefined ? { TEMPORAL_ADDRESS: 'temporal.example:7233' } : {};
  const attempt = () => target({ ...server, ...given });
  expect(attempt).toThrow(ConfigError);
  expect(attempt).toThrow(line);
  expect(attempt).not.toThrow(/\n/);
});
