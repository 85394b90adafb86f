/**
 * A registry that sells names below .com, played by the sandbox: a relay that speaks EPP over TLS on both sides and turns
 * `name.com` into `name.test` and back. Live keys never reach .test, so production needs a registry of its own.
 */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { encodeFrame, FrameReader } from '../../registry/epp/frame.ts';
import { sandboxPaths } from '../../registry/sandbox/paths.ts';

export interface ComRegistry {
  port: number;
  clid: string;
  password: string;
  /** Paths of the files that a client needs. */
  ca: string;
  cert: string;
  key: string;
  close(): Promise<void>;
}

/** `home` and `eppPort` are the sandbox's. */
export async function comRegistry(home: string, eppPort: number): Promise<ComRegistry> {
  const paths = sandboxPaths(home);
  const own = paths.client('backorder');
  const [ca, cert, key] = [paths.ca, own.cert, own.key].map((path) => readFileSync(path));
  const [serverCert, serverKey] = [paths.serverCert, paths.serverKey].map((path) => readFileSync(path));
  const sockets = new Set<TLSSocket>();
  const server = createServer({ ca, cert: serverCert, key: serverKey, requestCert: true }, (client) => {
    const sandbox = connect({ host: '127.0.0.1', port: eppPort, ca, cert, key });
    relay(client, sandbox, (xml) => xml.replaceAll('.com<', '.test<'));
    relay(sandbox, client, (xml) => xml.replaceAll('.test<', '.com<'));
    for (const socket of [client, sandbox]) sockets.add(socket);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    clid: 'backorder',
    ca: paths.ca,
    ...own,
    password: readFileSync(own.password, 'utf8').trim(),
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
}

function relay(from: TLSSocket, to: TLSSocket, translate: (xml: string) => string): void {
  const reader = new FrameReader();
  from.on('data', (chunk: Buffer) => {
    for (const body of reader.push(chunk).bodies) to.write(encodeFrame(translate(body.toString())));
  });
  from.on('error', () => undefined);
  from.on('close', () => to.destroy());
}
