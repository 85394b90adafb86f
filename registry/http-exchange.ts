/** One request and its answer, bounded in headers and body whatever the other side sends. */
import { Agent as HttpAgent, get as httpGet, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, get as httpsGet } from 'node:https';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { assertPublicHost, lookupPublic } from './http-address.ts';
import { SourceTrouble } from './http-trouble.ts';

/** At a time, to one host and port. The rest waits its turn, within its own time. */
const CONNECTIONS_PER_HOST = 8;
const MAX_HEADER_BYTES = 16_384;
const USER_AGENT = 'backorder-engine';

// A connection for each request: polls of one host are minutes apart, and a pooled one dies unseen in between.
const agents = {
  http: new HttpAgent({ maxSockets: CONNECTIONS_PER_HOST }),
  https: new HttpsAgent({ maxSockets: CONNECTIONS_PER_HOST }),
};
const unzip = promisify(gunzip);

export interface ExchangeOptions {
  headers: Record<string, string>;
  maxBytes: number;
  signal: AbortSignal;
  /** The operator named this host: it may be on this machine or beside it. */
  mayBePrivate: boolean;
}

export interface Exchanged {
  status: number;
  headers: IncomingHttpHeaders;
  /** Of 200 and 203, decoded; of anything else empty and unread. */
  body: Buffer;
}

/** Throws SourceTrouble, and what Node throws of a connection. */
export async function exchange(what: string, url: URL, options: ExchangeOptions): Promise<Exchanged> {
  if (!options.mayBePrivate) assertPublicHost(url);
  const response = await responseTo(url, options);
  const { statusCode: status = 0, headers } = response;
  try {
    const body = status === 200 || status === 203 ? await bodyOf(what, response, options.maxBytes) : Buffer.alloc(0);
    return { status, headers, body };
  } finally {
    response.destroy();
  }
}

function responseTo(url: URL, { headers, signal, mayBePrivate }: ExchangeOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:';
    const options = {
      headers: { 'user-agent': USER_AGENT, 'accept-encoding': 'gzip', ...headers },
      agent: secure ? agents.https : agents.http,
      maxHeaderSize: MAX_HEADER_BYTES,
      signal,
      ...(mayBePrivate ? {} : { lookup: lookupPublic }),
    };
    const request = (secure ? httpsGet : httpGet)(url, options, (response) => {
      // What is found wrong while the body arrives is said of the request, and would otherwise look like a lost connection.
      request.on('error', (error) => response.on('error', () => undefined).destroy(error));
      resolve(response);
    });
    request.on('error', reject);
  });
}

async function bodyOf(what: string, response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = () => new SourceTrouble('too_large', `${what}: an answer of more than ${maxBytes} bytes`);
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maxBytes) throw tooLarge();
    parts.push(part);
  }
  const sent = Buffer.concat(parts);
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity') return sent;
  if (encoding === 'gzip' || encoding === 'x-gzip') {
    return unzip(sent, { maxOutputLength: maxBytes }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
      throw new SourceTrouble('bad_encoding', `${what}: cannot be unzipped`);
    });
  }
  throw new SourceTrouble('bad_encoding', `${what}: an encoding nobody asked for`);
}
