/** The registries of this installation: those of BACKORDER_REGISTRIES, and the sandbox unless it is off. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { z } from 'zod';
import { ConfigError, secretSetting, type Config } from '../config.ts';
import type { RegistryEntry } from './entry.ts';
import { checked, readJsonFile, refusing } from './file-setting.ts';
import { createEppGateway, type GatewayOptions } from './epp/gateway.ts';
import type { RegistryGateway } from './gateway.ts';
import { sandboxCredentials } from './sandbox/paths.ts';

export type { RegistryEntry } from './entry.ts';

const SANDBOX = { id: 'sandbox', tld: 'test', clid: 'backorder' } as const;

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });
const clid = z.string().min(3, 'must have 3 to 16 characters').max(16, 'must have 3 to 16 characters');
const tld = z
  .string()
  .transform((value) => value.replace(/^\./, '').toLowerCase())
  .pipe(z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, 'must be a TLD in ASCII, such as com or xn--p1ai'));

const fileEntry = z.object({
  id: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'must be 1 to 40 of a-z, 0-9, - and _'),
  tlds: z.array(tld).min(1, 'must name at least one TLD'),
  epp: z.object({
    host: z.string().min(1, 'must not be empty'),
    port: z.number().int().min(1).max(65_535),
    ca: z.string().min(1),
    cert: z.string().min(1),
    key: z.string().min(1),
    clid,
    password_env: z.string().min(1),
  }),
  rdap: httpUrl.optional(),
  drop_list: httpUrl.optional(),
  profile: z.string().min(1),
  contacts: z.object({ registrant: clid.optional(), admin: clid.optional(), tech: clid.optional() }),
  nameservers: z.array(z.string().min(1)).optional(),
  owns: z.array(z.string().min(1)).min(1, 'must name at least one registrar id'),
});
type FileEntry = z.infer<typeof fileEntry>;

/** Throws ConfigError naming file, field and reason. */
export function loadRegistries(config: Config, env: NodeJS.ProcessEnv = process.env): RegistryEntry[] {
  const own = config.sandbox ? [sandboxEntry(config)] : [];
  const file = config.BACKORDER_REGISTRIES;
  if (file === undefined) return own;
  const refuse = refusing('BACKORDER_REGISTRIES', file);
  const entries = [...own];
  for (const [at, entry] of checked(z.array(fileEntry), readJsonFile(file, refuse), refuse).entries()) {
    if (entries.some(({ id }) => id === entry.id)) refuse(`[${at}].id`, `${entry.id} is taken by another entry`);
    for (const [nth, name] of entry.tlds.entries()) {
      const other = entries.find(({ tlds }) => tlds.includes(name));
      if (other) refuse(`[${at}].tlds[${nth}]`, `${name} is served by the entry ${other.id} already`);
    }
    entries.push(configured(entry, dirname(resolve(file)), env, (field, reason) => refuse(`[${at}].${field}`, reason)));
  }
  return entries;
}

/** Everything that can be known to be wrong without a connection is found here, not at the first drop. */
function configured(
  entry: FileEntry,
  folder: string,
  env: NodeJS.ProcessEnv,
  refuse: (field: string, reason: string) => never,
): RegistryEntry {
  const { ca, cert, key, password_env, ...address } = entry.epp;
  const paths = { ca: resolve(folder, ca), cert: resolve(folder, cert), key: resolve(folder, key) };
  const contents: Partial<Record<keyof typeof paths, Buffer>> = {};
  for (const field of ['ca', 'cert', 'key'] as const) {
    try {
      contents[field] = readFileSync(paths[field]);
    } catch (error) {
      refuse(`epp.${field}`, `${paths[field]} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
    }
  }
  try {
    createSecureContext(contents);
  } catch (error) {
    refuse('epp', `ca, cert and key cannot be used together (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
  const password = passwordOf(password_env, env, refuse);
  const { rdap, drop_list, nameservers, contacts } = entry;
  const { registrant, admin, tech } = contacts;
  return {
    id: entry.id,
    tlds: entry.tlds,
    epp: {
      ...address,
      credentials: async () => ({
        ca: await readFile(paths.ca),
        cert: await readFile(paths.cert),
        key: await readFile(paths.key),
        password,
      }),
    },
    ...(rdap === undefined ? {} : { rdap }),
    ...(drop_list === undefined ? {} : { drop_list }),
    profile: entry.profile,
    contacts: { ...(registrant && { registrant }), ...(admin && { admin }), ...(tech && { tech }) },
    ...(nameservers === undefined ? {} : { nameservers }),
    owns: entry.owns,
  };
}

/** By the variable that the entry names, or by the file that this variable with `_FILE` names. */
function passwordOf(
  variable: string,
  env: NodeJS.ProcessEnv,
  refuse: (field: string, reason: string) => never,
): string {
  try {
    const given = secretSetting(env, variable);
    if (given !== undefined) return given;
  } catch (error) {
    refuse('epp.password_env', (error as ConfigError).message);
  }
  return refuse('epp.password_env', `the environment variable ${variable} is not set`);
}

/** The sandbox as just another entry. Its secrets are made by its own process, so they are read late. */
export function sandboxEntry(config: Pick<Config, 'home' | 'EPP_PORT' | 'RDAP_PORT'>): RegistryEntry {
  const http = `http://127.0.0.1:${config.RDAP_PORT}`;
  return {
    id: SANDBOX.id,
    tlds: [SANDBOX.tld],
    epp: {
      host: '127.0.0.1',
      port: config.EPP_PORT,
      clid: SANDBOX.clid,
      credentials: () => sandboxCredentials(config.home, SANDBOX.clid),
    },
    rdap: http,
    drop_list: `${http}/drop-list.csv`,
    profile: 'sandbox',
    contacts: {},
    owns: [SANDBOX.clid],
  };
}

export interface Gateways {
  byId: ReadonlyMap<string, RegistryGateway>;
  /** The longest suffix of the name that an entry serves. */
  forName(name: string): RegistryGateway | undefined;
  forTld(tld: string): RegistryGateway | undefined;
  close(): Promise<void>;
}

/** One gateway for each entry; none connects before it is first used. */
export function openGateways(entries: readonly RegistryEntry[], options: GatewayOptions = {}): Gateways {
  const byId = new Map(entries.map((entry) => [entry.id, createEppGateway(entry, options)]));
  const byTld = new Map(entries.flatMap(({ id, tlds }) => tlds.map((name) => [name, byId.get(id)] as const)));
  const forTld = (name: string) => byTld.get(name.toLowerCase());
  return {
    byId,
    forTld,
    forName(name) {
      const labels = name.toLowerCase().split('.');
      const suffixes = labels.slice(1).map((_, at) => labels.slice(at + 1).join('.'));
      return suffixes.map(forTld).find((gateway) => gateway !== undefined);
    },
    close: async () => void (await Promise.all([...byId.values()].map((gateway) => gateway.close()))),
  };
}
