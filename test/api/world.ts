/** The HTTP application with parts a test controls: keys in memory, and an engine that answers what it is told to. */
import { createHash } from 'node:crypto';
import { pino } from 'pino';
import type { AuctionEngine } from '../../api/auction-engine.ts';
import { AuctionFeed } from '../../api/auction-feed.ts';
import { createApp, type AppDeps } from '../../api/app.ts';
import type { KeyStore } from '../../api/auth.ts';
import type { Engine } from '../../api/engine.ts';
import type { Turns } from '../../api/idempotency.ts';
import type { Words } from '../../api/words.ts';
import type { RegistryEntry } from '../../registry/entry.ts';
import type { Inquiries, Inquiry } from '../../registry/inquiries.ts';
import { loadPolicies } from '../../registry/policies/policies.ts';
import type { SandboxControl } from '../../registry/sandbox/control.ts';
import { usd } from '../../rules/money.ts';
import type { KeyDoc } from '../../store/keys.ts';
import type { RegistrarDoc } from '../../store/registrars.ts';
import { sealing } from '../../temporal/sealing.ts';

export const ADMIN_KEY = 'operator-key-for-tests-0123456789abcdef';
export const SECRET = 'secret-for-tests-0123456789abcdef0123456789';

export const PAYLOAD_KEY = Buffer.alloc(32, 7);
export const UI_ORIGIN = 'http://127.0.0.1:8233';

export const registrar = (over: Partial<RegistrarDoc> = {}): RegistrarDoc => ({
  _id: 'rgr_north',
  name: 'North',
  billing: 'postpaid',
  credit_limit: { test: usd(1_000_000), live: usd(0) },
  notices: { to: 'customer', from_name: null, reply_to: null, act_url: null },
  max_open: null,
  suspended: false,
  created: new Date('2026-01-01T00:00:00Z'),
  ...over,
});

/** A key as a client sends it; the same name gives the same key. */
export const secretOf = (name: string, mode: 'test' | 'live' = 'test'): string =>
  `bk_${mode}_${createHash('sha256').update(name).digest('base64url')}`;

export interface TestKey extends Partial<Pick<KeyDoc, 'registrar' | 'scopes' | 'mode' | 'revoked'>> {
  name: string;
}

export function memoryKeys(keys: TestKey[], registrars: RegistrarDoc[]): KeyStore {
  const docs = keys.map(({ name, mode = 'test', ...rest }): KeyDoc => ({
    _id: `key_${name}`,
    registrar: 'rgr_north',
    name,
    mode,
    scopes: ['reservations', 'bids', 'read'],
    hash: createHash('sha256').update(secretOf(name, mode)).digest('hex'),
    hint: '',
    created: new Date(0),
    revoked: null,
    ...rest,
  }));
  return {
    findByHash: async (hash) => docs.find((doc) => doc.hash === hash) ?? null,
    findRegistrar: async (id) => registrars.find((doc) => doc._id === id) ?? null,
  };
}

/** Says what was asked of it that no test expected. */
const unexpected = <T extends object>(what: string, answers: Partial<T>): T =>
  new Proxy(answers as T, {
    get: (target, name) =>
      (target as Record<PropertyKey, unknown>)[name] ??
      (() => {
        throw new Error(`${what}.${String(name)} was not expected`);
      }),
  });

export const fakeEngine = (answers: Partial<Engine> = {}): Engine => unexpected('engine', answers);
export const fakeAuctions = (answers: Partial<AuctionEngine> = {}): AuctionEngine => unexpected('auctions', answers);
export const fakeSandbox = (answers: Partial<SandboxControl> = {}): SandboxControl => unexpected('sandbox', answers);

export const fakeInquiry = (answers: Partial<Inquiry> = {}): Inquiry =>
  unexpected('inquiry', { id: 'fake', owns: ['backorder'], ...answers });
/** Registries that answer these who only ask, by TLD. */
export const fakeInquiries = (byTld: Record<string, Inquiry> = {}): Inquiries => ({
  forTld: (tld) => byTld[tld],
  close: () => Promise.resolve(),
});

/** A DNS that answers nobody. */
export const unknownDns = async () => ({ addresses: 'unknown', mail: 'unknown', nameservers: 'unknown' }) as const;

/** A language without words. */
export const noWords: Words = { counts: async () => () => 0, synonymsOf: async () => [] };

export const noTurns: Turns = unexpected('turns', {});

export const registryEntry = (id: string, tlds: string[]): RegistryEntry => ({
  id,
  tlds,
  epp: { host: '127.0.0.1', port: 700, clid: 'backorder', credentials: () => Promise.reject(new Error('none')) },
  profile: 'default',
  contacts: {},
  owns: ['backorder'],
});

export function testApp(over: Partial<AppDeps> = {}, lines: string[] = []) {
  return createApp({
    secret: SECRET,
    adminKey: ADMIN_KEY,
    engine: fakeEngine(),
    auctions: fakeAuctions(),
    feed: new AuctionFeed(),
    registries: [registryEntry('sandbox', ['test']), registryEntry('verisign', ['com'])],
    policies: loadPolicies({ BACKORDER_POLICIES: undefined }),
    sandbox: fakeSandbox(),
    inquiries: fakeInquiries(),
    words: noWords,
    dnsOf: unknownDns,
    keys: memoryKeys(
      [
        { name: 'north' },
        { name: 'live', mode: 'live' },
        { name: 'reader', scopes: ['read'] },
        { name: 'old', revoked: new Date(0) },
        { name: 'paused', registrar: 'rgr_paused' },
        { name: 'support', registrar: null, scopes: ['support'] },
      ],
      [registrar(), registrar({ _id: 'rgr_paused', suspended: true })],
    ),
    turns: noTurns,
    ratePerMinute: 1_000,
    health: { dependencies: [], draining: () => false },
    codec: { unseal: sealing([PAYLOAD_KEY]), uiOrigin: UI_ORIGIN, secureCookie: false },
    log: pino({ level: 'info' }, { write: (line: string) => void lines.push(line) }),
    now: () => Date.parse('2026-03-01T12:00:00Z'),
    ...over,
  });
}

export const bearer = (name: string, mode: 'test' | 'live' = 'test') => ({
  authorization: `Bearer ${secretOf(name, mode)}`,
});
export const asOperator = { authorization: `Bearer ${ADMIN_KEY}` };
