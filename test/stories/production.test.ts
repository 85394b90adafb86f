/**
 * The processes as the image holds them (built output and production dependencies, nothing else), with the variables and secret files
 * that Compose gives them, against servers given by address and a registry that is nobody's sandbox to them.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from '@temporalio/client';
import { EngineClient } from '../../dev/engine-client.ts';
import { temporalCli } from '../../dev/fetch-temporal.ts';
import { freePorts } from '../../dev/ports.ts';
import { checkSignal, domainWorkflowId } from '../../workflows/messages.ts';
import { comRegistry, type ComRegistry } from '../deployment/com-registry.ts';
import { compose, OURS, read, ROOT, settled } from '../deployment/files.ts';
import { eventually } from '../faults/cast.ts';
import { DAY_MS, fresh, Story } from './story.ts';

type Name = (typeof OURS)[number];

let story: Story;
let registry: ComRegistry;
let image: string;
let deploy: string;
let api: EngineClient;
let namespace: string;
const processes = new Map<Name, { child: ChildProcess; said: () => string }>();
const services = compose().services;

beforeAll(async () => {
  story = await Story.open();
  const folder = mkdtempSync(join(tmpdir(), 'backorder-production-'));
  image = unpackedImage(join(folder, 'app'));
  registry = await comRegistry(story.stack.home, Number(story.stack.env['EPP_PORT']));
  deploy = deployFolder(join(folder, 'deploy'));
  namespace = fresh('production');
  await makeNamespace();
  const { API_PORT } = await freePorts();
  api = new EngineClient(`http://127.0.0.1:${API_PORT}`, secret('admin_key'));
  for (const name of OURS) processes.set(name, run(name, { API_PORT }));
  const { child } = processes.get('api') ?? run('api', { API_PORT });
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => chunk.includes('API is listening') && resolve());
    child.once('exit', (code) => reject(new Error(`the API ended with ${code}: ${processes.get('api')?.said()}`)));
  });
  await api.until('/readyz', ({ status }: { status: string }) => status === 'ready', 60_000);
}, 180_000);

afterAll(async () => {
  for (const { child } of processes.values()) child.kill('SIGKILL');
  await registry?.close();
  await story?.close();
  if (image) rmSync(dirname(image), { recursive: true, force: true });
});

/** dist and production dependencies, as the Dockerfile puts them together. Installed once for each lock file. */
function unpackedImage(app: string): string {
  const digest = createHash('sha256').update(read('package-lock.json')).digest('hex').slice(0, 12);
  const installed = join(ROOT, 'node_modules/.cache', `production-${digest}`);
  if (!existsSync(installed)) {
    const half = mkdtempSync(`${installed}-`);
    for (const file of ['package.json', 'package-lock.json']) cpSync(join(ROOT, file), join(half, file));
    const flags = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
    const done = spawnSync('npm', ['ci', ...flags], { cwd: half, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`npm ci: ${done.stderr}`);
    renameSync(half, installed);
  }
  cpSync(join(ROOT, 'dist'), join(app, 'dist'), {
    recursive: true,
    filter: (path) => !/dist\/(dev|bench)$/.test(path),
  });
  cpSync(join(ROOT, 'package.json'), join(app, 'package.json'));
  symlinkSync(join(installed, 'node_modules'), join(app, 'node_modules'));
  return app;
}

/** As an operator prepares it; what is not Compose's own server is written before the rest is made. */
function deployFolder(folder: string): string {
  cpSync(join(ROOT, 'deploy'), folder, { recursive: true, filter: (path) => !/\/(secrets|registries)$/.test(path) });
  mkdirSync(join(folder, 'secrets'));
  mkdirSync(join(folder, 'registries'));
  const mongo = new URL(String(story.stack.env['MONGODB_URI']));
  mongo.pathname = `/${fresh('production')}`;
  writeFileSync(join(folder, 'secrets/mongodb_uri'), mongo.href);
  writeFileSync(join(folder, 'secrets/smtp_url'), String(story.stack.env['SMTP_URL']));
  const [example] = JSON.parse(readFileSync(join(folder, 'registries.example.json'), 'utf8'));
  for (const field of ['ca', 'cert', 'key'] as const)
    cpSync(registry[field], join(folder, 'registries', example.epp[field]));
  const epp = { ...example.epp, host: '127.0.0.1', port: registry.port, clid: registry.clid };
  const entry = { ...example, epp, tlds: ['com'], rdap: false, owns: [registry.clid] };
  writeFileSync(join(folder, 'registries/registries.json'), JSON.stringify([entry]));
  writeFileSync(join(folder, 'registries/example-epp-password'), registry.password);
  const made = spawnSync(join(folder, 'make-secrets.sh'), { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
  return folder;
}

const secret = (name: string): string => readFileSync(join(deploy, 'secrets', name), 'utf8').trim();

async function makeNamespace(): Promise<void> {
  const { path } = await temporalCli();
  const env = {
    PATH: `${dirname(path)}:${process.env['PATH']}`,
    TEMPORAL_ADDRESS: story.stack.env['TEMPORAL_ADDRESS'],
    TEMPORAL_NAMESPACE: namespace,
  };
  const made = spawnSync('sh', [join(deploy, 'temporal/namespace.sh')], { env, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
}

/** What Compose sets, with the addresses and paths of this machine; nothing of this process's own environment. */
function environmentOf(name: Name): NodeJS.ProcessEnv {
  const there = (value: string) =>
    settled(value)
      .replace('/run/secrets/', `${deploy}/secrets/`)
      .replace('/etc/backorder/registries/', `${deploy}/registries/`);
  const given = Object.entries(services[name]?.environment ?? {}).map(([key, value]) => [key, there(String(value))]);
  return {
    ...Object.fromEntries(given),
    TEMPORAL_ADDRESS: story.stack.env['TEMPORAL_ADDRESS'],
    TEMPORAL_NAMESPACE: namespace,
    BIND_ADDRESS: '127.0.0.1',
  };
}

function run(name: Name, more: NodeJS.ProcessEnv) {
  const env = { ...environmentOf(name), ...more };
  const child = spawn(process.execPath, services[name]?.command ?? [], {
    cwd: image,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (process.env['BACKORDER_KEEP_HOME'] === '1')
        appendFileSync(join(story.stack.home, `production-${name}.log`), chunk);
    });
  return { child, said: () => said };
}

const health = (name: 'engine' | 'catcher', wrong = {}) => {
  const [, ...command] = services[name]?.healthcheck?.test ?? [];
  const env = { ...environmentOf(name), ...wrong };
  return spawnSync(process.execPath, command.slice(1), { cwd: image, env, encoding: 'utf8' });
};

test('a reservation of a live name is placed, followed through the registry, and told by mail', async () => {
  const { id: registrar } = await api.must('POST', '/v1/registrars', { name: 'Northern' });
  const keys = { name: 'live', scopes: ['reservations', 'bids', 'read'], mode: 'live' };
  const { secret: key } = await api.must('POST', `/v1/registrars/${registrar}/keys`, keys);
  const client = new EngineClient(api.base, key);
  const label = fresh('name');
  const held = { registered_at: Date.now() - 400 * DAY_MS, expires_at: Date.now() - 35 * DAY_MS };
  await story.sandbox.put(`${label}.test`, held);
  const customer = { id: 'cus-1', email: `${label}@example.test` };
  const budget = { amount: 20_000, currency: 'USD' };
  const { id } = await client.must('POST', '/v1/reservations', { domain: `${label}.com`, customer, budget });
  const url = `/v1/reservations/${id}`;
  const placed = await client.until(url, ({ status }: { status: string }) => status !== 'placed');
  expect(placed).toMatchObject({ livemode: true, status: 'waiting', stage: 'auto_renew_grace', position: 1 });

  const arbiter = new Client({ connection: story.temporal.connection, namespace }).workflow.getHandle(
    domainWorkflowId(`${label}.com`),
  );
  await story.sandbox.put(`${label}.test`, { ...held, registrar_deletes_at: Date.now() + 500 });
  await deletedByItsRegistrar(`${label}.test`);
  await arbiter.signal(checkSignal, {});
  await client.until(url, ({ stage }: { stage: string }) => stage === 'redemption');
  // It is shown before its mail has left.
  await eventually('a mail', async () => (await story.mailsTo(customer.email)).length > 0 || undefined);
});

async function deletedByItsRegistrar(name: string): Promise<void> {
  for (;;) {
    const answer = await story.info(name);
    if (answer?.kind === 'registered' && answer.registration.rgp.includes('redemptionPeriod')) return;
  }
}

test('each worker’s health check finds that worker polling', () => {
  for (const name of ['engine', 'catcher'] as const) expect(health(name)).toMatchObject({ status: 0, stdout: '' });
});

test('a health check that cannot ask says why in one line', () => {
  const told = (wrong: object) => expect(health('engine', wrong));
  told({ TEMPORAL_ADDRESS: '127.0.0.1:1' }).toMatchObject({
    status: 1,
    stdout: 'Temporal gives no answer\n',
    stderr: '',
  });
  told({ LOG_LEVEL: 'loud' }).toMatchObject({
    status: 1,
    stdout: expect.stringMatching(/^LOG_LEVEL: .*\n$/),
    stderr: '',
  });
});

test('there is no sandbox, no test key and nothing made up', async () => {
  const { id } = await api.must('POST', '/v1/registrars', { name: 'Southern' });
  const key = { name: 'test', scopes: ['read'], mode: 'test' };
  expect(await api.call('POST', `/v1/registrars/${id}/keys`, key)).toMatchObject({ body: { code: 'test_mode_off' } });
  expect(existsSync(join(image, '.data'))).toBe(false);
});

test('told to end, each drains and ends with 0 before it would be killed', async () => {
  const ended = OURS.map(async (name) => {
    const { child, said } = processes.get(name) ?? run(name, {});
    const graceMs = Number.parseInt(services[name]?.stop_grace_period ?? '0', 10) * 1000;
    const since = Date.now();
    const code = new Promise((resolve) => child.once('exit', (status, signal) => resolve(signal ?? status)));
    child.kill('SIGTERM');
    expect([name, await code, said()]).toEqual([name, 0, expect.not.stringContaining(secret('admin_key'))]);
    expect(Date.now() - since).toBeLessThan(graceMs);
    for (const hidden of ['secret', 'mongodb_uri', 'payload_key']) expect(said()).not.toContain(secret(hidden));
    expect(said()).not.toContain(registry.password);
  });
  await Promise.all(ended);
}, 180_000);

test('npm start with servers given by address starts none of its own, and needs neither Java nor Python', async () => {
  const home = mkdtempSync(join(tmpdir(), 'backorder-own-servers-'));
  const bin = join(home, 'bin');
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, 'node'));
  const { TEMPORAL_ADDRESS, SMTP_URL } = story.stack.env;
  const env = {
    ...(await freePorts()),
    PATH: bin,
    BACKORDER_PREPARED: '1',
    BACKORDER_HOME: home,
    BACKORDER_SERVERS: join(home, 'servers'),
    BACKORDER_SANDBOX: '0',
    TEMPORAL_ADDRESS,
    TEMPORAL_NAMESPACE: namespace,
    MONGODB_URI: secret('mongodb_uri'),
    SMTP_URL,
  };
  const child = spawn(process.execPath, [join(ROOT, 'dev/npm-start.mjs')], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => void (said += chunk.toString()));
  const up = new Promise<void>((resolve) => child.stdout.on('data', () => said.includes('is up') && resolve()));
  await Promise.race([up, ended]);
  expect(said).toContain(`Temporal: yours at ${TEMPORAL_ADDRESS}`);
  expect(said).toContain('MongoDB: yours (MONGODB_URI)');
  expect(readdirSync(join(home, 'logs')).sort()).toEqual(['api.log', 'catcher.log', 'workers.log']);
  expect(existsSync(join(home, 'servers'))).toBe(false);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  rmSync(home, { recursive: true, force: true });
}, 180_000);
