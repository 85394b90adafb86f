/** One bounded GET, for RDAP and drop lists: in time, in size and in redirects. Everything that goes wrong is RegistryUnreachable. */
import { RegistryUnreachable } from './gateway.ts';

const MAX_REDIRECTS = 5;

export interface GetLimits {
  accept: string;
  /** For the whole exchange, redirects and body included. */
  limitMs: number;
  maxBytes: number;
}

export interface HttpAnswer {
  status: number;
  body: Buffer;
}

/** Answers 2xx and 404; 429 and 503 carry their Retry-After in the error. `what` names the service in messages. */
export async function boundedGet(what: string, url: string, limits: GetLimits): Promise<HttpAnswer> {
  const signal = AbortSignal.timeout(limits.limitMs);
  try {
    return await follow(what, new URL(url), limits, signal);
  } catch (error) {
    if (error instanceof RegistryUnreachable) throw error;
    throw new RegistryUnreachable(
      `${what}: ${signal.aborted ? `nothing within ${limits.limitMs} ms` : causeOf(error)}`,
    );
  }
}

async function follow(what: string, start: URL, limits: GetLimits, signal: AbortSignal): Promise<HttpAnswer> {
  let url = start;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await fetch(url, { headers: { accept: limits.accept }, redirect: 'manual', signal });
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel();
      url = redirected(what, url, location);
      continue;
    }
    const { status } = response;
    if (response.ok || status === 404) return { status, body: await bodyOf(what, response, limits.maxBytes) };
    await response.body?.cancel();
    throw new RegistryUnreachable(`${what}: answered ${status}`, { retryAfterMs: retryAfterMs(response.headers) });
  }
  throw new RegistryUnreachable(`${what}: more than ${MAX_REDIRECTS} redirects`);
}

function redirected(what: string, from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const downgraded = from.protocol === 'https:' && to?.protocol === 'http:';
  if (!to || !/^https?:$/.test(to.protocol) || downgraded)
    throw new RegistryUnreachable(`${what}: a redirect not to be followed`);
  return to;
}

async function bodyOf(what: string, response: Response, maxBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.length;
    if (bytes > maxBytes) throw new RegistryUnreachable(`${what}: an answer of more than ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** RFC 9110 section 10.2.3: seconds or a date. */
function retryAfterMs(headers: Headers): number | undefined {
  const text = headers.get('retry-after')?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

function causeOf(error: unknown): string {
  const cause = (error as { cause?: { code?: string } }).cause;
  return cause?.code ?? 'the exchange broke off';
}
