/** Settings: secrets by value or by file, and what production refuses. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, loadConfig } from '../config.ts';

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'backorder-config-'))));
afterEach(() => rmSync(home, { recursive: true }));

const KEY = createHash('sha256').update('a key').digest();
const OTHER = Buffer.alloc(32, 255);
const load = (env: Record<string, string> = {}) => loadConfig({ BACKORDER_HOME: home, ...env });

const production: Record<string, string> = {
  NODE_ENV: 'production',
  TEMPORAL_ADDRESS: 'temporal.example:7233',
  MONGODB_URI: 'mongodb://mongo.example/backorder',
  SMTP_URL: 'smtps://mail.example',
  BACKORDER_ADMIN_KEY: 'bdb1cc8d3ae4ad4a3fd8c8d2fdc2bf9f',
  BACKORDER_SECRET: 'xu6NdrUYyBnqVZp5TNwYpA4JcGqAa0X2',
  BACKORDER_PAYLOAD_KEY: KEY.toString('base64url'),
};

test('production runs with servers of its own and keys that somebody made', () => {
  expect(load(production)).toMatchObject({ production: true, sandbox: false, embeddedTemporal: false });
  const { TEMPORAL_ADDRESS: _address, ...rest } = production;
  expect(load({ ...rest, TEMPORAL_CONFIG_FILE: '/etc/temporal.toml' }).embeddedTemporal).toBe(false);
});

test.each([
  ['the embedded Temporal', 'TEMPORAL_ADDRESS', ''],
  ['the embedded MongoDB', 'MONGODB_URI', ''],
  ['the mail sink', 'SMTP_URL', ''],
  ['a made-up operator key', 'BACKORDER_ADMIN_KEY', ''],
  ['a made-up secret', 'BACKORDER_SECRET', ''],
  ['a made-up payload key', 'BACKORDER_PAYLOAD_KEY', ''],
  ['the sandbox', 'BACKORDER_SANDBOX', '1'],
])('production refuses %s in one line, and leaves nothing behind', (_what, name, value) => {
  const refusal = thrown({ ...production, [name]: value });
  expect(refusal).toMatch(new RegExp(`^${name}: [^\\n]*NODE_ENV=production[^\\n]*$`));
  expect(() => statSync(join(home, 'payload-key'))).toThrow('ENOENT');
});

test.each([
  ['BACKORDER_ADMIN_KEY', 'a'.repeat(32)],
  ['BACKORDER_SECRET', 'changeme'.repeat(4)],
  ['BACKORDER_SECRET', production['BACKORDER_ADMIN_KEY'] ?? ''],
  ['BACKORDER_PAYLOAD_KEY', Buffer.alloc(32).toString('base64')],
])('production refuses a %s that anybody could guess or has seen elsewhere, and does not repeat it', (name, value) => {
  const refusal = thrown({ ...production, [name]: value });
  expect(refusal).toMatch(new RegExp(`^${name}: [^\\n]*$`));
  expect(refusal).not.toContain(value);
  if (name !== 'BACKORDER_PAYLOAD_KEY') expect(load({ [name]: value }).production).toBe(false);
});

test('a browser may ask the codec endpoint from the embedded UI; in production only from the origin that is set', () => {
  expect(load({ TEMPORAL_UI_PORT: '8300' }).temporalUiOrigin).toBe('http://127.0.0.1:8300');
  expect(load({ BIND_ADDRESS: '::1' }).temporalUiOrigin).toBe('http://[::1]:8233');
  expect(load(production).temporalUiOrigin).toBeUndefined();
  const given = { ...production, TEMPORAL_UI_ORIGIN: 'https://temporal.example/' };
  expect(load(given).temporalUiOrigin).toBe('https://temporal.example');
  expect(thrown({ TEMPORAL_UI_ORIGIN: 'temporal.example' })).toMatch(/^TEMPORAL_UI_ORIGIN: /);
});

test('a mode that is none is not taken for development, where keys are made up', () => {
  expect(thrown({ NODE_ENV: 'prod' })).toMatch(/^NODE_ENV: .*production/);
});

function thrown(env: Record<string, string>): string {
  try {
    load(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error('nothing was refused');
}

test('outside production keys are made once, and only their owner may read them', () => {
  const first = load();
  expect(load()).toMatchObject({ adminKey: first.adminKey, secret: first.secret, payloadKeys: first.payloadKeys });
  expect(first.payloadKeys[0]).toHaveLength(32);
  expect(statSync(join(home, 'payload-key')).mode & 0o777).toBe(0o600);
});

test('payload keys are 32 bytes in either base64, the sealing one first', () => {
  const keys = `${OTHER.toString('base64')}, ${KEY.toString('base64url')}`;
  expect(load({ BACKORDER_PAYLOAD_KEY: keys }).payloadKeys).toEqual([OTHER, KEY]);
});

test.each([
  ['short', 1],
  [`${KEY.toString('base64')},`, 2],
  [`${KEY.toString('base64')},${KEY.subarray(1).toString('base64')}`, 2],
  [KEY.toString('hex'), 1],
  [KEY.toString('base64').replace('A', '!'), 1],
])('a payload key that is none (%s) is refused by its number, and not repeated', (setting, nth) => {
  const refusal = thrown({ BACKORDER_PAYLOAD_KEY: setting });
  expect(refusal).toMatch(new RegExp(`^BACKORDER_PAYLOAD_KEY: key ${nth} is not 32 bytes`));
  expect(refusal).not.toContain(setting);
});

describe('a secret in a file', () => {
  const inFile = (content: string): string => {
    const path = join(home, 'mounted');
    writeFileSync(path, content);
    return path;
  };

  test.each([
    ['BACKORDER_ADMIN_KEY', 'a'.repeat(40), 'adminKey'],
    ['BACKORDER_SECRET', 's'.repeat(40), 'secret'],
    ['MONGODB_URI', 'mongodb://user:word@mongo.example/x', 'mongoUri'],
    ['SMTP_URL', 'smtp://user:word@mail.example', 'smtpUrl'],
    ['TEMPORAL_API_KEY', 'tmprl-1', 'TEMPORAL_API_KEY'],
  ] as const)('%s_FILE is as good as %s', (name, value, field) => {
    expect(load({ [`${name}_FILE`]: inFile(`${value}\n`), [name]: '' })[field]).toBe(value);
  });

  test('payload keys too', () => {
    const path = inFile(KEY.toString('base64'));
    expect(load({ BACKORDER_PAYLOAD_KEY_FILE: path }).payloadKeys).toEqual([KEY]);
    expect(readFileSync(path, 'utf8')).toBe(KEY.toString('base64'));
  });

  test('given both ways it is refused: nobody could say which one counts', () => {
    const env = { SMTP_URL: 'smtp://a.example', SMTP_URL_FILE: inFile('smtp://b.example') };
    expect(thrown(env)).toBe('SMTP_URL: is set, and so is SMTP_URL_FILE; set one of them');
  });

  test('one that cannot be read, or is empty, is named with its variable', () => {
    expect(thrown({ MONGODB_URI_FILE: '/nowhere/uri' })).toBe('MONGODB_URI_FILE: /nowhere/uri cannot be read (ENOENT)');
    const empty = inFile('\n');
    expect(thrown({ BACKORDER_SECRET_FILE: empty })).toBe(`BACKORDER_SECRET_FILE: ${empty} is empty`);
  });

  test('what is in it is checked as if it were set', () => {
    expect(thrown({ BACKORDER_SECRET_FILE: inFile('short') })).toBe('BACKORDER_SECRET: must be 32 characters or more');
  });
});

test('whom an outlook asks in the DNS may be set, by address', () => {
  expect(load({}).DNS_SERVERS).toBeUndefined();
  expect(load({ DNS_SERVERS: '192.0.2.53, [2001:db8::53]:5353' }).DNS_SERVERS).toEqual([
    '192.0.2.53',
    '[2001:db8::53]:5353',
  ]);
  expect(thrown({ DNS_SERVERS: 'dns.example' })).toMatch(/^DNS_SERVERS: must be addresses/);
});
