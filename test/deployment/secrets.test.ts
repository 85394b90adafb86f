/** From a checkout to a configuration that starts: the secrets made once, the variables Compose sets, the registries file. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../config.ts';
import { loadRegistries } from '../../registry/registries.ts';
import { sandboxPaths } from '../../registry/sandbox/paths.ts';
import { ensureSandboxSecrets } from '../../registry/sandbox/secrets.ts';
import { compose, OURS, ROOT, settled } from './files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backorder-deploy-'));
  cpSync(join(ROOT, 'deploy'), join(folder, 'deploy'), {
    recursive: true,
    filter: (path) => !/\/(secrets|registries)$/.test(path),
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const makeSecrets = (): string => execFileSync(join(folder, 'deploy/make-secrets.sh'), { encoding: 'utf8' });
const secret = (name: string): string => readFileSync(join(folder, 'deploy/secrets', name), 'utf8').trim();

/** What a process of ours sees in its container, with the paths of this machine. */
function environmentOf(name: string): Record<string, string> {
  const { environment = {} } = compose().services[name] ?? {};
  const path = (value: string) =>
    value
      .replace('/run/secrets/', `${folder}/deploy/secrets/`)
      .replace('/etc/backorder/registries/', `${folder}/deploy/registries/`);
  return Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, path(settled(String(value)))]));
}

test('secrets are made once, each for Compose to mount, and a second run changes none', () => {
  makeSecrets();
  const made = readdirSync(join(folder, 'deploy/secrets')).sort();
  expect(made).toEqual(Object.keys(compose().secrets).sort());
  expect(statSync(join(folder, 'deploy/secrets')).mode & 0o777).toBe(0o700);
  const before = made.map(secret);
  expect(new Set(before).size).toBe(before.length);
  expect(secret('mongodb_uri')).toContain(`:${secret('mongo_password')}@`);
  expect(makeSecrets()).toBe('');
  expect(made.map(secret)).toEqual(before);
});

test('what Compose mounts as it is on this machine can be read by processes of other users, the folder of secrets by none', () => {
  execFileSync('/bin/sh', ['-c', `umask 077; cp -R deploy cloned; cloned/make-secrets.sh`], { cwd: folder });
  const modeOf = (path: string) => statSync(join(folder, 'cloned', path)).mode & 0o777;
  expect(['registries', 'temporal', 'secrets'].map(modeOf)).toEqual([0o755, 0o755, 0o700]);
  const files = ['registries', 'temporal', 'secrets'].flatMap((name) =>
    readdirSync(join(folder, 'cloned', name)).map((file) => `${name}/${file}`),
  );
  expect([...files, 'mongo-user.js'].filter((path) => (modeOf(path) & 0o044) !== 0o044)).toEqual([]);
});

test.each(OURS)('%s takes the configuration that Compose gives it', (name) => {
  makeSecrets();
  const env = environmentOf(name);
  const config = loadConfig(env);
  expect(config).toMatchObject({
    production: true,
    sandbox: false,
    adminKey: secret('admin_key'),
    secret: secret('secret'),
    mongoUri: secret('mongodb_uri'),
    smtpUrl: 'smtp://mailpit:1025',
    BIND_ADDRESS: name === 'api' ? '0.0.0.0' : '127.0.0.1',
  });
  expect(loadRegistries(config, env)).toEqual([]);
});

test('the example of a registries file is one the engine takes, with its password from a file', async () => {
  makeSecrets();
  const registries = join(folder, 'deploy/registries');
  cpSync(join(folder, 'deploy/registries.example.json'), join(registries, 'registries.json'));
  const env = environmentOf('engine');
  expect(() => loadRegistries(loadConfig(env), env)).toThrow(/\[0\]\.epp\.ca: .*ca\.pem cannot be read \(ENOENT\)/);

  await ensureSandboxSecrets(folder);
  const paths = sandboxPaths(folder);
  cpSync(paths.ca, join(registries, 'ca.pem'));
  cpSync(paths.client('backorder').cert, join(registries, 'client.pem'));
  cpSync(paths.client('backorder').key, join(registries, 'client.key'));
  writeFileSync(join(registries, 'example-epp-password'), 'pw-1\n');
  const [entry] = loadRegistries(loadConfig(env), env);
  expect(entry).toMatchObject({ id: 'example', tlds: ['com', 'net'], owns: ['OUR-CLID'] });
  expect((await entry?.epp.credentials())?.password).toBe('pw-1');
});
