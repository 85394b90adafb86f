/** Where the sandbox keeps what others read: its certificates, passwords and control token, under `$BACKORDER_HOME/sandbox`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EppCredentials } from '../epp/login.ts';

/** `backorder` is the engine's accreditation; `rival` lets tests act as a competing registrar. */
export const ACCREDITATIONS = ['backorder', 'rival'] as const;
export type Accreditation = (typeof ACCREDITATIONS)[number];

const FILES = {
  backorder: { tls: 'client', password: 'password' },
  rival: { tls: 'rival', password: 'rival-password' },
};

export interface SandboxPaths {
  root: string;
  facts: string;
  controlToken: string;
  tls: string;
  ca: string;
  serverCert: string;
  serverKey: string;
  client: (clid: Accreditation) => { cert: string; key: string; password: string };
}

export function sandboxPaths(home: string): SandboxPaths {
  const root = join(home, 'sandbox');
  const tls = join(root, 'tls');
  return {
    root,
    facts: join(root, 'facts'),
    controlToken: join(root, 'control-token'),
    tls,
    ca: join(tls, 'ca.crt'),
    serverCert: join(tls, 'server.crt'),
    serverKey: join(tls, 'server.key'),
    client: (clid) => ({
      cert: join(tls, `${FILES[clid].tls}.crt`),
      key: join(tls, `${FILES[clid].tls}.key`),
      password: join(root, FILES[clid].password),
    }),
  };
}

/** What a client of the sandbox logs in with. Rejects with ENOENT until the sandbox has started for the first time. */
export async function sandboxCredentials(home: string, clid: Accreditation = 'backorder'): Promise<EppCredentials> {
  const paths = sandboxPaths(home);
  const own = paths.client(clid);
  const [ca, cert, key, password] = await Promise.all([
    readFile(paths.ca),
    readFile(own.cert),
    readFile(own.key),
    readFile(own.password, 'utf8'),
  ]);
  return { ca, cert, key, password: password.trim() };
}
