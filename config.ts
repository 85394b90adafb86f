/**
 * Every setting of every process, read from the environment once and checked at start.
 * A bad one stops the process with one line that names the variable and says what to do.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

/** A setting that cannot work. Processes print `message` alone and exit with 78 (EX_CONFIG). */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const port = (fallback: number) => z.coerce.number().int().min(1).max(65_535).default(fallback);

const environment = z.object({
  NODE_ENV: z.string().default('development'),
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
  BACKORDER_REGISTRIES: z.string().optional(),
  BACKORDER_POLICIES: z.string().optional(),
  BACKORDER_SANDBOX: z.enum(['0', '1']).default('1'),
  SANDBOX_LATENCY_MS: z.coerce.number().min(0).max(10_000).default(0),
  API_REPLICAS: z.coerce.number().int().min(1).max(8).default(1),
  API_KEY_RATE_PER_MINUTE: z.coerce.number().int().min(1).default(6000),
  MAX_CACHED_WORKFLOWS: z.coerce.number().int().min(2).default(1500),
  TEMPORAL_ADDRESS: z.string().optional(),
  TEMPORAL_NAMESPACE: z.string().default('default'),
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
  temporalAddress: string;
  mongoUri: string;
  smtpUrl: string;
  /** The operator's key of both modes. */
  adminKey: string;
  /** Keys the HMACs that turn persons and idempotency keys into ids. Changing it orphans them. */
  secret: string;
}

/** Reads a secret made once into `$BACKORDER_HOME`, mode 0600, so that restarts agree on it. */
export function secretFile(home: string, name: string): string {
  const path = join(home, name);
  if (existsSync(path)) return readFileSync(path, 'utf8').trim();
  mkdirSync(home, { recursive: true });
  try {
    writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(path, 'utf8').trim();
}

/** Throws ConfigError. In production nothing is made up and nothing embedded is used. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ConfigError(`${issue?.path.join('.') ?? 'environment'}: ${issue?.message ?? 'is not valid'}`);
  }
  const { BACKORDER_SANDBOX, ...read } = parsed.data;
  const production = read.NODE_ENV === 'production';
  if (production) {
    for (const name of [
      'TEMPORAL_ADDRESS',
      'MONGODB_URI',
      'SMTP_URL',
      'BACKORDER_ADMIN_KEY',
      'BACKORDER_SECRET',
    ] as const)
      if (!read[name])
        throw new ConfigError(`${name}: must be set when NODE_ENV=production; nothing embedded is used there`);
    if (given['BACKORDER_SANDBOX'] === '1')
      throw new ConfigError('BACKORDER_SANDBOX: the sandbox does not run when NODE_ENV=production');
  }
  const home = resolve(read.BACKORDER_HOME);
  return {
    ...read,
    home,
    production,
    sandbox: BACKORDER_SANDBOX === '1' && !production,
    temporalAddress: read.TEMPORAL_ADDRESS ?? `127.0.0.1:${read.TEMPORAL_PORT}`,
    mongoUri: read.MONGODB_URI ?? `mongodb://127.0.0.1:${read.MONGO_PORT}/backorder`,
    smtpUrl: read.SMTP_URL ?? `smtp://127.0.0.1:${read.SMTP_PORT}`,
    adminKey: read.BACKORDER_ADMIN_KEY ?? secretFile(home, 'admin-key'),
    secret: read.BACKORDER_SECRET ?? secretFile(home, 'secret'),
  };
}
