/** How a session begins: dial with our certificate, read the greeting, log in with what the greeting offers and we speak. */
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { RegistryUnreachable } from '../gateway.ts';
import { loginXml, MAX_PLAIN_PASSWORD } from './commands.ts';
import { EppLoginFailed, EppRefusedLogin } from './errors.ts';
import { DOMAIN, LOGIN_SECURITY, SPOKEN_EXTENSIONS, SPOKEN_OBJECTS } from './namespaces.ts';
import type { Greeting } from './replies.ts';
import { EppSession, freshClTRID } from './session.ts';

export interface EppCredentials {
  ca: string | Buffer;
  cert: string | Buffer;
  key: string | Buffer;
  password: string;
}

export interface SessionOptions {
  /** The registry's id, for messages. */
  registry: string;
  host: string;
  port: number;
  clid: string;
  /** Asked at each connection, so that renewed certificates need no restart. */
  credentials: () => Promise<EppCredentials>;
  /** The limit for connection, greeting and login, each. */
  connectMs: number;
}

/** Throws RegistryUnreachable, EppLoginFailed or EppRefusedLogin. */
export async function openSession(options: SessionOptions, signal: AbortSignal): Promise<EppSession> {
  const { registry, connectMs } = options;
  const { socket, password } = await dial(options);
  const session = new EppSession(socket, registry);
  const abort = () => session.destroy('the client was closed');
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  try {
    const greeting = await session.greeted(connectMs);
    const extensions = extensionsFor(greeting, password);
    const clTRID = freshClTRID();
    const login = loginXml({ clid: options.clid, password, ...servicesOf(greeting), extensions }, clTRID);
    const { code } = await session.send('query', login, clTRID, connectMs);
    if (code === 2200 || code === 2501)
      throw new EppRefusedLogin(`registry ${registry}: login refused with ${code}; stopped until restarted`, code);
    if (code >= 2000) throw new EppLoginFailed(`registry ${registry}: login answered with ${code}`, code);
    session.extensions = new Set(extensions);
    return session;
  } catch (error) {
    session.destroy('no login');
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function servicesOf({ versions, langs, objects }: Greeting): { version: string; lang: string; objects: string[] } {
  const spoken = objects.filter((uri) => SPOKEN_OBJECTS.includes(uri));
  return {
    version: versions.includes('1.0') ? '1.0' : (versions[0] ?? '1.0'),
    lang: langs.includes('en') ? 'en' : (langs[0] ?? 'en'),
    objects: spoken.length > 0 ? spoken : [DOMAIN],
  };
}

/** RFC 8807 is listed only where the password needs it. */
function extensionsFor({ extensions }: Greeting, password: string): string[] {
  const plain = password.length <= MAX_PLAIN_PASSWORD;
  return extensions.filter((uri) => SPOKEN_EXTENSIONS.includes(uri) && !(uri === LOGIN_SECURITY && plain));
}

async function dial(options: SessionOptions): Promise<{ socket: TLSSocket; password: string }> {
  const { registry, host, port } = options;
  try {
    const { ca, cert, key, password } = await options.credentials();
    const servername = isIP(host) === 0 ? { servername: host } : {};
    return { socket: connect({ host, port, ca, cert, key, ...servername, minVersion: 'TLSv1.2' }), password };
  } catch (error) {
    // The code alone: the message of a PEM or file error may quote what it could not read.
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new RegistryUnreachable(`registry ${registry}: our certificate or password cannot be used (${code})`);
  }
}
