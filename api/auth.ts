/** Who calls, in which mode, and what that opens. Keys are compared by their hash; the operator's own key in constant time. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { findKeyByHash, type KeyDoc, type Mode, type OperatorScope, type RegistrarScope } from '../store/keys.ts';
import { findRegistrarBriefly, type RegistrarDoc } from '../store/registrars.ts';
import type { Access } from './http.ts';
import { problem, type Problem } from './problems.ts';

export interface RegistrarPrincipal {
  kind: 'registrar';
  key: string;
  registrar: RegistrarDoc;
  livemode: boolean;
  scopes: readonly RegistrarScope[];
}

export interface OperatorPrincipal {
  kind: 'operator';
  key: string;
  modes: readonly Mode[];
  scopes: readonly OperatorScope[];
}

export type Principal = RegistrarPrincipal | OperatorPrincipal;

/** Where keys are looked up; tests bring their own. */
export interface KeyStore {
  findByHash(hash: string): Promise<KeyDoc | null>;
  findRegistrar(id: string): Promise<RegistrarDoc | null>;
}

export const storedKeys: KeyStore = {
  findByHash: findKeyByHash,
  findRegistrar: findRegistrarBriefly,
};

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
export const hashOfKey = (secret: string): string => sha256(secret).toString('hex');

const KEY = /^bk_(?:test|live)_[A-Za-z0-9_-]{43}$/;

export interface Known {
  adminKey: string;
  keys: KeyStore;
  now: Date;
}

export async function authenticate(authorization: string | undefined, known: Known): Promise<Principal | Problem> {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  return given === undefined ? problem('unauthenticated') : principalOfKey(given, known);
}

export const ADMIN: OperatorPrincipal = {
  kind: 'operator',
  key: 'admin',
  modes: ['test', 'live'],
  scopes: ['support', 'admin'],
};

/** Whose key this is. */
export async function principalOfKey(given: string, { adminKey, ...known }: Known): Promise<Principal | Problem> {
  if (timingSafeEqual(sha256(given), sha256(adminKey))) return ADMIN;
  return KEY.test(given) ? principalOfHash(hashOfKey(given), known) : problem('unauthenticated');
}

/** As above, of a key that was shown before. */
export async function principalOfHash(
  hash: string,
  { keys, now }: Omit<Known, 'adminKey'>,
): Promise<Principal | Problem> {
  const key = await keys.findByHash(hash);
  if (!key || (key.revoked && key.revoked <= now)) return problem('unauthenticated');
  if (key.registrar === null)
    return { kind: 'operator', key: key._id, modes: [key.mode], scopes: key.scopes as OperatorScope[] };
  const registrar = await keys.findRegistrar(key.registrar);
  if (!registrar) return problem('unauthenticated');
  const livemode = key.mode === 'live';
  return { kind: 'registrar', key: key._id, registrar, livemode, scopes: key.scopes as RegistrarScope[] };
}

export interface Asked {
  access: Access;
  /** Anything but reading. */
  changes: boolean;
  sandbox: boolean;
}

/** Undefined: go on. */
export function authorize(principal: Principal, { access, changes, sandbox }: Asked): Problem | undefined {
  const needed = access[principal.kind];
  if (needed === undefined) return problem('forbidden', { detail: `This call is not for ${principal.kind} keys.` });
  if (needed !== 'any' && !(principal.scopes as readonly string[]).includes(needed))
    return problem('forbidden', { detail: `This call needs a key with the scope "${needed}".` });
  if (principal.kind === 'operator') return undefined;
  if (!principal.livemode && !sandbox) return problem('test_mode_off');
  return changes && principal.registrar.suspended ? problem('registrar_suspended') : undefined;
}

/** Whose requests share idempotency keys: a registrar's of one mode, or the operator's. */
export const scopeOf = (principal: Principal): string[] =>
  principal.kind === 'registrar'
    ? [principal.registrar._id, principal.livemode ? 'live' : 'test']
    : ['operator', principal.modes.join('+')];

export const reaches = (principal: Principal, livemode: boolean): boolean =>
  principal.kind === 'registrar'
    ? principal.livemode === livemode
    : principal.modes.includes(livemode ? 'live' : 'test');

/** A registrar sees its own; what is another's answers as if it were not there. */
export const sees = (principal: Principal, thing: { registrar: string; livemode: boolean }): boolean =>
  reaches(principal, thing.livemode) && (principal.kind === 'operator' || principal.registrar._id === thing.registrar);
