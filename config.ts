/**
 * Every setting of every process, read from the environment once and checked at start.
 * A bad one stops the process with one line that names the variable and says what to do.
 */
import { randomBytes } from 'node:crypto';
import { Resolver } from 'node:dns';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

/** A setting that cannot work. Processes print `message` alone and exit with 78 (EX_CONFIG). */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Where nothing is made up these must be given; each may also be a file: `X_FILE` names it (docker secrets). */
const SECRETS = [
  'BACKORDER_ADMIN_KEY',
  'BACKORDER_SECRET',
  'BACKORDER_PAYLOAD_KEY',
  'MONGODB_URI',
  'SMTP_URL',
  'TEMPORAL_API_KEY',
] as const;

const KEY_BYTES = 32;
/** So many different characters at least; 32 random bytes have more, in hex and in base64. */
const LEAST_VARIETY = 8;

const port = (fallback: number) => z.coerce.number().int().min(1).max(65_535).default(fallback);

function areServers(servers: string[]): boolean {
  try {
    new Resolver().setServers(servers);
    return true;
  } catch {
    return false;
  }
}

const environment = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  BIND_ADDRESS: z.string().default('127.0.0.1'),
  API_PORT: port(8080),
  TEMPORAL_PORT: port(7233),
  TEMPORAL_UI_PORT: port(8233),
  MONGO_PORT: port(27017),
  EPP_PORT: port(7700),
  RDAP_PORT: port(7780),
  SMTP_PORT: port(1025),
  MAIL_PORT: port(8025),
  METRICS_PORT: port(9464),
  BACKORDER_HOME: z.string().default('.data'),
  BACKORDER_ADMIN_KEY: z.string().min(32, 'must be 32 characters or more').optional(),
  BACKORDER_SECRET: z.string().min(32, 'must be 32 characters or more').optional(),
  BACKORDER_PAYLOAD_KEY: z.string().optional(),
  BACKORDER_REGISTRIES: z.string().optional(),
  BACKORDER_DEPLOYMENT: z
    .string()
    .regex(/^[\w-]{1,100}$/, 'must be 1 to 100 of letters, digits, _ and -')
    .default('backorder'),
  BACKORDER_BUILD_ID: z
    .string()
    .regex(/^[\w.-]{1,100}$/, 'must be 1 to 100 of letters, digits, ., _ and -')
    .optional(),
  BACKORDER_POLICIES: z.string().optional(),
  BACKORDER_DROP_LISTS: z.string().optional(),
  BACKORDER_SANDBOX: z.enum(['0', '1']).default('1'),
  SANDBOX_LATENCY_MS: z.coerce.number().min(0).max(10_000).default(0),
  API_REPLICAS: z.coerce.number().int().min(1).max(8).default(1),
  API_KEY_RATE_PER_MINUTE: z.coerce.number().int().min(1).default(6000),
  MAX_CACHED_WORKFLOWS: z.coerce.number().int().min(2).default(1500),
  TEMPORAL_ADDRESS: z.string().optional(),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  TEMPORAL_CONFIG_FILE: z.string().optional(),
  TEMPORAL_PROFILE: z.string().optional(),
  TEMPORAL_API_KEY: z.string().optional(),
  TEMPORAL_UI_ORIGIN: z.string().optional(),
  DNS_SERVERS: z
    .string()
    .transform((list) => list.split(',').map((server) => server.trim()))
    .refine(areServers, 'must be addresses such as 192.0.2.53 or 192.0.2.53:5353, parted by commas')
    .optional(),
  MONGODB_URI: z.string().optional(),
  SMTP_URL: z.string().optional(),
  MAIL_FROM: z.string().default('backorders@registrar.test'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});
type Environment = z.infer<typeof environment>;

export interface Config extends Omit<Environment, 'BACKORDER_SANDBOX'> {
  home: string;
  sandbox: boolean;
  production: boolean;
  /** Nobody named a server of Temporal's: the embedded one is meant. */
  embeddedTemporal: boolean;
  /** The embedded server's; what to connect to is `temporalTarget`'s to say. */
  temporalAddress: string;
  /** Whose page may ask the codec endpoint from a browser. Undefined: nobody's. */
  temporalUiOrigin: string | undefined;
  mongoUri: string;
  smtpUrl: string;
  /** The operator's key of both modes. */
  adminKey: string;
  /** Keys the HMACs that turn persons and idempotency keys into ids. Changing it orphans them. */
  secret: string;
  /** 32 bytes each. The first seals budgets and maxima on their way through Temporal, all of them open. */
  payloadKeys: readonly [Buffer, ...Buffer[]];
}

/** A secret by its variable, or by the file that `<name>_FILE` names. Throws ConfigError. */
export function secretSetting(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const file = env[`${name}_FILE`] || undefined;
  const given = env[name] || undefined;
  if (file === undefined) return given;
  if (given !== undefined) throw new ConfigError(`${name}: is set, and so is ${name}_FILE; set one of them`);
  let content = '';
  try {
    content = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new ConfigError(
      `${name}_FILE: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
    );
  }
  if (content === '') throw new ConfigError(`${name}_FILE: ${file} is empty`);
  return content;
}

/** 32 bytes in base64url or base64; several are parted by commas. Throws ConfigError, which repeats no key. */
function payloadKeysIn(setting: string): Config['payloadKeys'] {
  const keyOf = (text: string, at: number): Buffer => {
    // Buffer.from passes over what is not base64, and would make a key of a typing error.
    if (/^[\w+/-]{43}=?$/.test(text)) return Buffer.from(text, 'base64url');
    throw new ConfigError(
      `BACKORDER_PAYLOAD_KEY: key ${at + 1} is not ${KEY_BYTES} bytes in base64; make one with: openssl rand -base64 ${KEY_BYTES}`,
    );
  };
  const [first = '', ...others] = setting.split(',').map((text) => text.trim());
  return [keyOf(first, 0), ...others.map((text, at) => keyOf(text, at + 1))];
}

/** Where this machine finds its own page: what listens on everything is reached over loopback. */
export function localUrl(bind: string, at: number): string {
  const host = bind === '0.0.0.0' || bind === '::' ? '127.0.0.1' : bind;
  return `http://${host.includes(':') ? `[${host}]` : host}:${at}`;
}

const originOf = (url: string): string => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return parsed.origin;
  throw new ConfigError('TEMPORAL_UI_ORIGIN: must be an origin such as https://temporal.registrar.example');
};

/** Reads a secret made once into `$BACKORDER_HOME`, mode 0600, so that restarts agree on it. */
export function secretFile(home: string, name: string): string {
  const path = join(home, name);
  if (existsSync(path)) return readFileSync(path, 'utf8').trim();
  mkdirSync(home, { recursive: true });
  try {
    writeFileSync(path, `${randomBytes(KEY_BYTES).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(path, 'utf8').trim();
}

/** Throws ConfigError. In production nothing is made up and nothing embedded is used. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const secrets = Object.fromEntries(SECRETS.map((name) => [name, secretSetting(env, name)]));
  const given = Object.fromEntries(
    Object.entries({ ...env, ...secrets }).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ConfigError(`${issue?.path.join('.') ?? 'environment'}: ${issue?.message ?? 'is not valid'}`);
  }
  const { BACKORDER_SANDBOX, ...read } = parsed.data;
  const embeddedTemporal = !(read.TEMPORAL_ADDRESS ?? read.TEMPORAL_CONFIG_FILE ?? read.TEMPORAL_PROFILE);
  const production = read.NODE_ENV === 'production';
  if (production) refuseMadeUp(read, { embeddedTemporal, sandbox: given['BACKORDER_SANDBOX'] === '1' });
  const home = resolve(read.BACKORDER_HOME);
  const embeddedUi = production ? undefined : localUrl(read.BIND_ADDRESS, read.TEMPORAL_UI_PORT);
  const uiOrigin = read.TEMPORAL_UI_ORIGIN ?? embeddedUi;
  return {
    ...read,
    home,
    production,
    sandbox: BACKORDER_SANDBOX === '1' && !production,
    embeddedTemporal,
    temporalAddress: read.TEMPORAL_ADDRESS ?? `127.0.0.1:${read.TEMPORAL_PORT}`,
    temporalUiOrigin: uiOrigin && originOf(uiOrigin),
    mongoUri: read.MONGODB_URI ?? `mongodb://127.0.0.1:${read.MONGO_PORT}/backorder`,
    smtpUrl: read.SMTP_URL ?? `smtp://127.0.0.1:${read.SMTP_PORT}`,
    adminKey: read.BACKORDER_ADMIN_KEY ?? secretFile(home, 'admin-key'),
    secret: read.BACKORDER_SECRET ?? secretFile(home, 'secret'),
    payloadKeys: payloadKeysIn(read.BACKORDER_PAYLOAD_KEY ?? secretFile(home, 'payload-key')),
  };
}

function refuseMadeUp(read: Partial<Environment>, { embeddedTemporal, sandbox }: Record<string, boolean>): void {
  const must = 'must be set when NODE_ENV=production; nothing embedded or made up is used there';
  if (embeddedTemporal) throw new ConfigError(`TEMPORAL_ADDRESS: ${must}`);
  for (const name of SECRETS)
    // Temporal may know its clients by their certificates.
    if (!read[name] && name !== 'TEMPORAL_API_KEY') throw new ConfigError(`${name}: ${must}`);
  for (const name of ['BACKORDER_ADMIN_KEY', 'BACKORDER_SECRET', 'BACKORDER_PAYLOAD_KEY'] as const)
    if (new Set(read[name]).size < LEAST_VARIETY)
      throw new ConfigError(`${name}: is not random; make one with: openssl rand -base64 ${KEY_BYTES}`);
  if (read.BACKORDER_ADMIN_KEY === read.BACKORDER_SECRET)
    throw new ConfigError('BACKORDER_SECRET: must not be the key of the operator');
  if (sandbox) throw new ConfigError('BACKORDER_SANDBOX: the sandbox does not run when NODE_ENV=production');
}
