/** The sandbox's EPP port: TLS with client certificates from its own authority only, one `Connection` for each socket. */
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { Connection, type EppHall, type EppRules } from './connection.ts';
import type { ContactStore } from './contacts.ts';
import type { SandboxRegistry } from './registry.ts';

const MAX_CONNECTIONS = 1_000;

export interface EppServer {
  port: number;
  close(): Promise<void>;
}

/** Rejects with EADDRINUSE and the like. Port 0 takes a free one. */
export async function openEppServer(options: {
  host: string;
  port: number;
  tls: { ca: Buffer; cert: Buffer; key: Buffer };
  registry: SandboxRegistry;
  contacts: ContactStore;
  rules: EppRules;
}): Promise<EppServer> {
  const boot = randomBytes(4).toString('hex');
  let answered = 0;
  const hall: EppHall = {
    registry: options.registry,
    contacts: options.contacts,
    rules: options.rules,
    sessions: new Map(),
    nextSvTRID: () => `SB-${boot}-${++answered}`,
  };
  const open = new Set<TLSSocket>();
  const server = createServer(
    { ...options.tls, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2' },
    (socket) => {
      if (open.size >= MAX_CONNECTIONS) return void socket.destroy();
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      new Connection(socket, hall);
      return undefined;
    },
  );
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
