/**
 * What a server lets us keep of its answers (RFC 9111), with a bound of our own: headers decide how long an answer is
 * fresh, never longer than we would believe it, and what may be asked for again as "changed since?".
 */
import CachePolicy from 'http-cache-semantics';
import type { HttpAnswer } from './http.ts';

export interface Kept<T> {
  value: T;
  /** Where it came from, after redirects: validators are of this URL alone. */
  url: string;
  /** performance.now() until which it stands without asking. */
  freshUntil: number;
  policy: CachePolicy;
}

const OPTIONS: CachePolicy.Options = { shared: false, cacheHeuristic: 0 };
const requestFor = (url: string) => ({ url, method: 'GET', headers: {} });

/** Undefined where the server forbids keeping it, or nothing would come of it. */
export function keep<T>(value: T, { url, status, headers }: HttpAnswer, maxFreshMs: number): Kept<T> | undefined {
  const policy = new CachePolicy(requestFor(url), { status, headers: { ...headers } }, OPTIONS);
  const useful = policy.timeToLive() > 0 || headers.etag !== undefined || headers['last-modified'] !== undefined;
  if (!useful || !policy.storable()) return undefined;
  return { value, url, policy, freshUntil: freshUntil(policy, maxFreshMs) };
}

/** After a 304: the same value, fresh for as long as the 304 says. */
export function renew<T>(kept: Kept<T>, { url, headers }: HttpAnswer, maxFreshMs: number): Kept<T> {
  const { policy } = kept.policy.revalidatedPolicy(requestFor(url), { status: 304, headers: { ...headers } });
  return { ...kept, policy, freshUntil: freshUntil(policy, maxFreshMs) };
}

/** What to send with the next request, where the server gave validators. */
export function validatorsOf({ url, policy }: Kept<unknown>): { url: string; headers: Record<string, string> } {
  const headers = policy.revalidationHeaders(requestFor(url));
  const given = ['if-none-match', 'if-modified-since'].flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return { url, headers: Object.fromEntries(given) };
}

const freshUntil = (policy: CachePolicy, maxFreshMs: number): number =>
  performance.now() + Math.min(policy.timeToLive(), maxFreshMs);
