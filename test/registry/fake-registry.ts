/** A registry that misbehaves on demand: a TLS server that sends exactly what a test tells it to. */
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { EppClient, type EppClientOptions } from '../../registry/epp/client.ts';
import type { EppCredentials } from '../../registry/epp/login.ts';
import { encodeFrame, FrameReader } from '../../registry/epp/frame.ts';
import { sandboxCredentials } from '../../registry/sandbox/paths.ts';
import { ensureSandboxSecrets } from '../../registry/sandbox/secrets.ts';
import { after } from './world.ts';

const EPP = 'urn:ietf:params:xml:ns:epp-1.0';

export const GREETING = `<epp xmlns="${EPP}"><greeting><svID>Fake</svID><svDate>2026-01-01T00:00:00Z</svDate><svcMenu><version>1.0</version>
  <lang>en</lang><objURI>urn:ietf:params:xml:ns:domain-1.0</objURI><objURI>http://example.com/zone-1.0</objURI>
  <svcExtension><extURI>urn:ietf:params:xml:ns:rgp-1.0</extURI><extURI>http://example.com/ext-9</extURI></svcExtension></svcMenu></greeting></epp>`;

/** A response as a terse server sends it; `clTRID` undefined leaves it out. */
export function reply(code: number, clTRID: string | undefined, inner = ''): string {
  const id = clTRID === undefined ? '' : `<clTRID>${clTRID}</clTRID>`;
  return `<epp xmlns="${EPP}"><response><result code="${code}"><msg>m</msg></result>${inner}<trID>${id}<svTRID>sv-1</svTRID></trID></response></epp>`;
}

export interface Heard {
  verb: string;
  clTRID: string;
  xml: string;
  /** 1 for the first connection. */
  connection: number;
  send: (xml: string) => void;
  sendBytes: (bytes: Buffer) => void;
  hangUp: () => void;
}

export interface FakeRegistry {
  port: number;
  credentials: () => Promise<EppCredentials>;
  connections: () => number;
  /** All that was heard so far. */
  heard: Heard[];
  client: (options?: Partial<EppClientOptions>) => EppClient;
}

/** `on` is told every command. Logins, logouts and hellos are answered kindly unless it says `answered`. */
export async function fakeRegistry(
  home: string,
  on: (heard: Heard) => unknown,
  options: { greet?: boolean; greeting?: string; refuse?: () => boolean } = {},
): Promise<FakeRegistry> {
  const { ca, serverCert, serverKey } = await ensureSandboxSecrets(home);
  const sockets = new Set<TLSSocket>();
  const heard: Heard[] = [];
  let connections = 0;
  const server = createServer({ ca, cert: serverCert, key: serverKey, requestCert: true }, (socket) => {
    const connection = ++connections;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    if (options.refuse?.()) return void socket.destroy();
    const send = (xml: string) => void socket.write(encodeFrame(xml));
    const reader = new FrameReader();
    if (options.greet !== false) send(options.greeting ?? GREETING);
    socket.on('data', (chunk: Buffer) => {
      for (const body of reader.push(chunk).bodies) {
        const xml = body.toString();
        const verb = /<(login|logout|hello|check|info|create|renew|delete)\b/.exec(xml)?.[1] ?? '';
        const clTRID = /<clTRID>(.*)<\/clTRID>/.exec(xml)?.[1] ?? '';
        const one: Heard = {
          verb,
          clTRID,
          xml,
          connection,
          send,
          sendBytes: (bytes) => void socket.write(bytes),
          hangUp: () => void socket.destroy(),
        };
        heard.push(one);
        if (on(one) === 'answered') continue;
        if (verb === 'login') send(reply(1000, clTRID));
        if (verb === 'hello') send(options.greeting ?? GREETING);
        if (verb === 'logout') {
          send(reply(1500, clTRID));
          socket.end();
        }
      }
    });
    return undefined;
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    credentials: () => sandboxCredentials(home),
    connections: () => connections,
    heard,
    client: (more = {}) => {
      const client = new EppClient({
        registry: 'fake',
        host: '127.0.0.1',
        port,
        clid: 'backorder',
        credentials: () => sandboxCredentials(home),
        backoff: { firstMs: 2, maxMs: 20 },
        ...more,
      });
      after(() => client.close());
      return client;
    },
  };
}
