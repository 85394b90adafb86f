/** docker-compose.yml: no container runs here, so what can be known without one is checked against the code it starts. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compose, OURS, read, ROOT, settingNames } from './files.ts';

const { services, networks, secrets } = compose();
const all = Object.entries(services);
const runs = all.filter(([, { restart }]) => restart === 'unless-stopped');
const seconds = (text = '0s'): number => Number(/^(\d+)s$/.exec(text)?.[1]);

/** What third-party images read, from their own documentation. */
const KNOWN: Record<string, RegExp> = {
  'temporalio/server':
    /^(DB|DB_PORT|POSTGRES_SEEDS|POSTGRES_USER|NUM_HISTORY_SHARDS|BIND_ON_IP|TEMPORAL_BROADCAST_ADDRESS|DYNAMIC_CONFIG_FILE_PATH|LOG_LEVEL)$/,
  'temporalio/admin-tools': /^TEMPORAL_(ADDRESS|NAMESPACE)$/,
  'temporalio/ui':
    /^TEMPORAL_(ADDRESS|DEFAULT_NAMESPACE|CODEC_ENDPOINT|CODEC_INCLUDE_CREDENTIALS|WORKFLOW_CANCEL_DISABLED|BATCH_ACTIONS_DISABLED)$/,
  postgres: /^POSTGRES_(USER|PASSWORD_FILE)$/,
  mongo: /^MONGO_INITDB_ROOT_(USERNAME|PASSWORD_FILE)$/,
  'axllent/mailpit': /^MP_(DATABASE|MAX_MESSAGES)$/,
};

test('the file is what the Compose specification allows', () => {
  const args = [
    join(ROOT, 'node_modules/dclint/bin/dclint.cjs'),
    '--quiet',
    '--formatter',
    'json',
    'docker-compose.yml',
  ];
  expect(JSON.parse(execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' }))).toEqual([]);
});

test.each(all)('%s is an image by its exact version', (_name, { image }) => {
  expect(image).toMatch(/^[a-z0-9./-]+:v?\d+\.\d+(\.\d+)?(-[a-z0-9.]+)?$/);
});

test.each(OURS)('every variable of %s is a setting, or a file that holds one', (name) => {
  const settings = settingNames();
  const passwords = JSON.parse(read('deploy/registries.example.json')).map(
    ({ epp }: { epp: { password_env: string } }) => epp.password_env,
  );
  const isKnown = (variable: string) => settings.has(variable) || passwords.includes(variable);
  const unknown = Object.keys(services[name]?.environment ?? {}).filter(
    (variable) => !isKnown(variable) && !isKnown(variable.replace(/_FILE$/, '')),
  );
  expect(unknown).toEqual([]);
});

test('every variable of a third-party image is one it reads', () => {
  for (const [name, { image, environment = {} }] of all) {
    if ((OURS as readonly string[]).includes(name)) continue;
    const known = KNOWN[image.replace(/:.*/, '')];
    expect(Object.keys(environment).filter((variable) => !known?.test(variable))).toEqual([]);
  }
});

test('a secret comes as a file, to those who need it, and its value is nowhere in the repository', () => {
  for (const { environment = {}, secrets: mounted = [] } of Object.values(services)) {
    for (const [name, value] of Object.entries(environment)) {
      if (!/PASSWORD|SECRET|_KEY|URI|SMTP_URL|PWD/.test(name)) continue;
      expect(name).toMatch(/_FILE$/);
      const secret = /^\/run\/secrets\/(\w+)$/.exec(value)?.[1];
      if (secret) expect(mounted).toContain(secret);
    }
  }
  expect(services['api']?.secrets).not.toContain('mongo_root_password');
  for (const [name, { file }] of Object.entries(secrets)) expect(file).toBe(`./deploy/secrets/${name}`);
  const tracked = execFileSync('git', ['ls-files', 'deploy'], { cwd: ROOT, encoding: 'utf8' });
  expect(tracked).not.toMatch(/^deploy\/(secrets|registries)\//m);
});

test.each(OURS)('what %s runs, and what tells its health, is built', (name) => {
  const { command = [], healthcheck } = services[name] ?? {};
  const files = [...command, ...(healthcheck?.test ?? [])].filter((word) => /^dist\/[\w/-]+\.js$/.test(word));
  expect(files[0]).toBe(command[0]);
  for (const file of files) expect(existsSync(join(ROOT, file.replace(/^dist\/(.*)\.js$/, '$1.ts')))).toBe(true);
});

test('what is mounted from the repository is there, or is made by make-secrets.sh', () => {
  const made = ['./deploy/registries'];
  const mounted = all.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0] ?? ''));
  const files = mounted.filter((path) => path.startsWith('./') && !made.includes(path));
  expect(files.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('whatever runs on says whether it is well, and who needs another waits until that one is', () => {
  expect(runs.length).toBeGreaterThanOrEqual(8);
  for (const [, { healthcheck }] of runs) expect(healthcheck?.test[0]).toMatch(/^CMD/);
  const tests = all.map(([, { healthcheck }]) => JSON.stringify(healthcheck?.test ?? []));
  expect(tests.filter((words) => words.includes('curl'))).toEqual([]);
  for (const [, { depends_on = {} }] of all)
    for (const [other, { condition }] of Object.entries(depends_on))
      expect(condition).toBe(services[other]?.healthcheck ? 'service_healthy' : 'service_completed_successfully');
});

test('nobody is killed while draining', () => {
  const forced = /shutdownForceTime: '(\d+s)'/.exec(read('workers/process.ts'))?.[1];
  for (const worker of ['engine', 'catcher'])
    expect(seconds(services[worker]?.stop_grace_period)).toBeGreaterThan(seconds(forced) + 5);
  const limits = /NOTICE_MS = \{ production: ([\d_]+)[\s\S]*DRAIN_LIMIT_MS = ([\d_]+)/.exec(read('api/serve.ts')) ?? [];
  const [notice, drain] = limits.slice(1).map((digits) => Number(digits.replaceAll('_', '')) / 1000);
  expect([forced, notice, drain]).toEqual(['20s', 5, 12]);
  expect(seconds(services['api']?.stop_grace_period)).toBeGreaterThan((notice ?? NaN) + (drain ?? NaN) + 5);
});

test('the UI asks the API’s codec endpoint with the cookie of whoever signed in, from the origin the API lets in', () => {
  const { ports = [], environment: ui } = services['temporal-ui'] ?? {};
  expect(ui).toMatchObject({
    TEMPORAL_CODEC_ENDPOINT: 'http://127.0.0.1:8080/codec',
    TEMPORAL_CODEC_INCLUDE_CREDENTIALS: 'true',
  });
  const { ports: apiPorts, environment: api } = services['api'] ?? {};
  expect(apiPorts).toEqual(['127.0.0.1:8080:8080']);
  expect(ports.map((port) => `http://${port.split(':').slice(0, 2).join(':')}`)).toEqual([api?.['TEMPORAL_UI_ORIGIN']]);
});

test('what is published is published to this machine, and no database is', () => {
  const published = all.flatMap(([, { ports = [] }]) => ports);
  expect(published.sort()).toEqual(['127.0.0.1:8025:8025', '127.0.0.1:8080:8080', '127.0.0.1:8233:8080']);
  for (const name of ['mongo', 'postgresql', 'temporal'])
    for (const network of services[name]?.networks ?? []) expect(networks[network]?.internal).toBe(true);
  const besideTheDatabase = all.filter(([, one]) => one.networks.includes('temporal-database')).map(([name]) => name);
  expect(besideTheDatabase.sort()).toEqual(['postgresql', 'temporal', 'temporal-schema']);
});

test('nobody can take the whole machine, its memory or its disk', () => {
  for (const [, { deploy }] of all)
    expect(deploy.resources.limits).toEqual({ cpus: expect.any(String), memory: expect.any(String) });
  for (const [, { logging }] of runs) expect(logging?.options).toMatchObject({ 'max-size': '50m', 'max-file': '5' });
  for (const name of OURS)
    expect(services[name]).toMatchObject({
      init: true,
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
});
