/** The sandbox registry put together: facts from disk, EPP and HTTP in front of them. Tests start it in process, main.ts as its own. */
import type { TldPolicy } from '../../rules/tlds.ts';
import { openEppServer } from './epp-server.ts';
import { openHttpServer } from './http-server.ts';
import { sandboxPaths } from './paths.ts';
import { SandboxRegistry } from './registry.ts';
import { ensureSandboxSecrets } from './secrets.ts';
import { openFactStore } from './store.ts';

export interface SandboxOptions {
  home: string;
  /** 0 takes a free port. */
  eppPort: number;
  rdapPort: number;
  host?: string;
  /** Each EPP answer is held back this long. */
  latencyMs?: number;
  idleMs?: number;
  /** For each accreditation. */
  maxSessions?: number;
  /** What a story may live by; none where absent. */
  policyOf?: (tld: string) => TldPolicy | undefined;
  /** Its facts could not be written: it serves nothing more that it could keep, and is to end. */
  onFailure?: (error: unknown) => void;
}

export interface Sandbox {
  eppPort: number;
  rdapPort: number;
  close(): Promise<void>;
}

/** Throws ConfigError where its facts are in use by another process; rejects with EADDRINUSE where a port is taken. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const {
    home,
    host = '127.0.0.1',
    latencyMs = 0,
    idleMs = 600_000,
    maxSessions = 100,
    onFailure = () => {},
  } = options;
  // Opened first: it is the lock that keeps two sandboxes from making the same secrets.
  const store = await openFactStore(sandboxPaths(home).facts, onFailure);
  const opened: { close(): Promise<void> }[] = [store];
  const close = async () => {
    for (const part of opened.splice(0).toReversed()) await part.close();
  };
  try {
    const secrets = await ensureSandboxSecrets(home);
    const registry = new SandboxRegistry(store, options.policyOf);
    const http = await openHttpServer({ host, port: options.rdapPort, registry, controlToken: secrets.controlToken });
    opened.push(http);
    const epp = await openEppServer({
      host,
      port: options.eppPort,
      tls: { ca: secrets.ca, cert: secrets.serverCert, key: secrets.serverKey },
      registry,
      contacts: store,
      rules: { passwords: secrets.passwords, latencyMs, idleMs, maxSessions },
    });
    opened.push(epp);
    return { eppPort: epp.port, rdapPort: http.port, close };
  } catch (error) {
    await close();
    throw error;
  }
}
