/**
 * One bounded GET, for RDAP, IANA's list and drop lists: in time, in size and in redirects, polite to each host, and never
 * led astray. Everything that goes wrong is SourceTrouble, and so RegistryUnreachable.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { exchange, type Exchanged } from './http-exchange.ts';
import type { Hosts } from './http-host.ts';
import { SourceTrouble, troubleOf } from './http-trouble.ts';

const MAX_REDIRECTS = 5;

export interface GetLimits {
  accept: string;
  /** For the whole exchange: waiting, redirects and body included. */
  limitMs: number;
  /** As sent, and again unpacked. */
  maxBytes: number;
  /** The operator named this URL, so its own host and port may be a private address. */
  configured: boolean;
  /** Kept by the caller from one request to the next. */
  hosts: Hosts;
  perSecond?: number | undefined;
  /** Validators of a copy we hold, for the one URL they came from (RFC 9110 section 13). */
  held?: { url: string; headers: Record<string, string> };
  signal?: AbortSignal;
}

export interface HttpAnswer {
  status: 200 | 203 | 304 | 404;
  headers: IncomingHttpHeaders;
  /** Of 200 and 203. */
  body: Buffer;
  /** After redirects. */
  url: string;
}

/** `what` names the service in messages. Throws SourceTrouble. */
export async function boundedGet(what: string, url: string, limits: GetLimits): Promise<HttpAnswer> {
  const limit = AbortSignal.timeout(limits.limitMs);
  const signal = limits.signal ? AbortSignal.any([limits.signal, limit]) : limit;
  try {
    return await follow(what, new URL(url), limits, signal);
  } catch (error) {
    throw troubleOf(what, error, signal.aborted);
  }
}

async function follow(what: string, start: URL, limits: GetLimits, signal: AbortSignal): Promise<HttpAnswer> {
  const { hosts } = limits;
  const seen = new Set<string>();
  for (let url = start; ;) {
    if (seen.has(url.href)) throw new SourceTrouble('redirect_loop', `${what}: redirects in a circle`);
    if (seen.size > MAX_REDIRECTS)
      throw new SourceTrouble('too_many_redirects', `${what}: more than ${MAX_REDIRECTS} redirects`);
    seen.add(url.href);
    await hosts.admit(what, url, signal, limits.perSecond);
    const held = limits.held?.url === url.href ? limits.held.headers : {};
    const answer = await exchange(what, url, {
      headers: { accept: limits.accept, ...held },
      maxBytes: limits.maxBytes,
      signal,
      mayBePrivate: limits.configured && url.host === start.host,
    });
    const { status, headers, body } = answer;
    if (status === 200 || status === 203 || status === 404) return { status, headers, body, url: url.href };
    if (status === 304 && limits.held?.url === url.href) return { status, headers, body, url: url.href };
    if (![301, 302, 303, 307, 308].includes(status)) throw unusable(what, url, answer, hosts);
    url = redirected(what, url, headers.location);
  }
}

/** Where a redirect leads. Throws SourceTrouble where it is not to be followed. */
export function redirected(what: string, from: URL, location: string | undefined): URL {
  const to = location !== undefined && URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const downgraded = from.protocol === 'https:' && to?.protocol === 'http:';
  if (!to || !/^https?:$/.test(to.protocol) || downgraded || to.username || to.password)
    throw new SourceTrouble('bad_redirect', `${what}: a redirect not to be followed`);
  to.hash = '';
  return to;
}

function unusable(what: string, url: URL, { status, headers }: Exchanged, hosts: Hosts): SourceTrouble {
  const said = `${what}: answered ${status}`;
  const retryAfter = retryAfterMs(headers['retry-after']);
  if (status === 429) return new SourceTrouble('throttled', said, hosts.hush(url, retryAfter));
  if (status === 501 || (status >= 400 && status < 500)) return new SourceTrouble('refused', said);
  if (status < 500) return new SourceTrouble('unexpected_status', said);
  return new SourceTrouble('busy', said, retryAfter === undefined ? undefined : hosts.hush(url, retryAfter));
}

/** RFC 9110 section 10.2.3: seconds or a date. */
function retryAfterMs(text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? '';
  if (/^\d+$/.test(trimmed)) return Number(trimmed) * 1_000;
  const at = Date.parse(trimmed);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}
