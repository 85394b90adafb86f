/**
 * A browser that showed an operator's key once: a signed cookie that expires, and names the key without holding it. The key
 * is looked up at each use, so a session ends with its key; changing BACKORDER_ADMIN_KEY ends them all.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { CookieOptions, Request, Response } from 'express';
import { ADMIN, hashOfKey, principalOfHash, type KeyStore, type OperatorPrincipal } from './auth.ts';
import { Problem } from './problems.ts';

export interface SessionDeps {
  adminKey: string;
  secret: string;
  keys: KeyStore;
  now(): number;
  codec: { secureCookie: boolean };
}

export interface Session {
  operator: OperatorPrincipal;
  /** Epoch ms. */
  until: number;
}

const COOKIE = 'backorder_operator';
const LASTS_MS = 8 * 3_600_000;

const optionsOf = ({ codec }: SessionDeps): CookieOptions => ({
  httpOnly: true,
  sameSite: 'strict',
  secure: codec.secureCookie,
  path: '/codec',
});

/** `key` was found to be this operator's. */
export function openSession(response: Response, operator: OperatorPrincipal, key: string, deps: SessionDeps): void {
  const claim = `${deps.now() + LASTS_MS}.${operator.key === ADMIN.key ? ADMIN.key : hashOfKey(key)}`;
  response.cookie(COOKIE, `${claim}.${signature(claim, deps)}`, { ...optionsOf(deps), maxAge: LASTS_MS });
}

export const closeSession = (response: Response, deps: SessionDeps): void =>
  void response.clearCookie(COOKIE, optionsOf(deps));

/** Undefined: none, forged, over, or its key is no operator's any more. */
export async function sessionOf(request: Request, deps: SessionDeps): Promise<Session | undefined> {
  const given = new RegExp(`(?:^|; *)${COOKIE}=(\\d+)\\.(admin|[0-9a-f]{64})\\.([\\w-]+)(?:;|$)`);
  const [, expires = '', hash = '', mac = ''] = given.exec(request.headers.cookie ?? '') ?? [];
  const until = Number(expires);
  const now = deps.now();
  if (!same(mac, signature(`${expires}.${hash}`, deps)) || until <= now) return undefined;
  if (hash === ADMIN.key) return { operator: ADMIN, until };
  const operator = await principalOfHash(hash, { keys: deps.keys, now: new Date(now) });
  return operator instanceof Problem || operator.kind !== 'operator' ? undefined : { operator, until };
}

function signature(claim: string, { secret, adminKey }: SessionDeps): string {
  const key = createHmac('sha256', secret).update(`operator session ${adminKey}`).digest();
  return createHmac('sha256', key).update(claim).digest('base64url');
}

const same = (given: string, expected: string): boolean =>
  given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
