/**
 * RDAP as far as watching a name needs it (RFC 7480, 9082): cheap, public, and never proof. A 404 does not mean that a
 * name can be had, nor does a TLD without a service that it cannot, so each is an answer of its own. What is no answer at
 * all is SourceTrouble.
 */
import type { Registration } from '../../rules/stage.ts';
import { boundedGet, type GetLimits, type HttpAnswer } from '../http.ts';
import { keep, renew, validatorsOf, type Kept } from '../http-cache.ts';
import { Hosts } from '../http-host.ts';
import { SourceTrouble } from '../http-trouble.ts';
import { readDomain, type RdapRecord } from './answer.ts';
import { Bootstrap } from './bootstrap.ts';
import { readJson } from './json.ts';

export type RdapAnswer =
  | { kind: 'registered'; registration: Registration; record: RdapRecord }
  /** This source knows no such name. */
  | { kind: 'not_found'; source: string }
  /** IANA's list of that date names no service for the TLD: nobody was asked. */
  | { kind: 'no_service'; asOf: string };

export interface RdapService {
  /** Base URL that the operator configured, in place of IANA's list. Its own host may be a private address. */
  base?: string | undefined;
  /** Requests a second its host allows us. */
  perSecond?: number | undefined;
  /** In all, the next URL and the wait for our turn included; 10 s where absent, and at most. */
  limitMs?: number | undefined;
}

export interface RdapClient {
  /** Throws SourceTrouble, with retryAfterMs where a host asked to wait. */
  lookup(name: string, service?: RdapService): Promise<RdapAnswer>;
}

const MOST_MS = 10_000;
const MAX_BYTES = 1_048_576;
const ACCEPT = 'application/rdap+json, application/json;q=0.9';
/** However long a server would have us believe it: a poll is meant to see what changed. */
const MAX_FRESH_MS = { registered: 60_000, not_found: 10_000 } as const;
const MAX_KEPT = 500;

type AskLimits = Pick<GetLimits, 'limitMs' | 'configured' | 'perSecond'>;
type Told = Exclude<RdapAnswer, { kind: 'no_service' }>;

export function createRdapClient({ bootstrap = new Bootstrap() }: { bootstrap?: Bootstrap } = {}): RdapClient {
  const hosts = new Hosts();
  const kept = new Map<string, Kept<Told>>();

  async function ask(base: string, name: string, limits: AskLimits): Promise<Told> {
    const url = `${base.replace(/\/+$/, '')}/domain/${encodeURIComponent(name)}`;
    const last = kept.get(url);
    if (last && performance.now() < last.freshUntil) return last.value;
    const held = last ? { held: validatorsOf(last) } : {};
    const answer = await boundedGet('RDAP', url, { accept: ACCEPT, maxBytes: MAX_BYTES, hosts, ...limits, ...held });
    const unchanged = answer.status === 304 ? last : undefined;
    const value = unchanged?.value ?? told(answer, name);
    const maxFreshMs = MAX_FRESH_MS[value.kind];
    remember(url, unchanged ? renew(unchanged, answer, maxFreshMs) : keep(value, answer, maxFreshMs));
    return value;
  }

  function remember(url: string, next: Kept<Told> | undefined): void {
    kept.delete(url);
    if (next) kept.set(url, next);
    const [oldest] = kept.keys();
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
  }

  return {
    async lookup(name, { base, perSecond, limitMs = MOST_MS } = {}) {
      const asked = name.toLowerCase().replace(/\.$/, '');
      const endsAt = performance.now() + Math.min(limitMs, MOST_MS);
      const own = base === undefined ? undefined : { urls: [base], publication: '', configured: true };
      const { urls, publication, configured } = own ?? (await bootstrap.servicesFor(asked));
      if (urls.length === 0) return { kind: 'no_service', asOf: publication };
      let first: unknown;
      for (const [at, url] of urls.entries()) {
        // Each gets its part of what is left, so that one that hangs leaves time for the next.
        const shareMs = Math.max(0, Math.floor((endsAt - performance.now()) / (urls.length - at)));
        try {
          return await ask(url, asked, { limitMs: shareMs, configured, perSecond });
        } catch (error) {
          if (!(error instanceof SourceTrouble)) throw error;
          first ??= error;
        }
      }
      throw first;
    },
  };
}

function told({ status, headers, body, url }: HttpAnswer, name: string): Told {
  if (status === 404) return { kind: 'not_found', source: url };
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/rdap+json' && type !== 'application/json')
    throw new SourceTrouble('wrong_type', 'RDAP: the answer is not of a JSON type');
  return { kind: 'registered', ...readDomain(readJson('RDAP', body), name, url) };
}
