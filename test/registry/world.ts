/** What registry tests build their worlds from: temporary homes, a sandbox in process, and everything closed after each test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { createEppGateway, type GatewayOptions } from '../../registry/epp/gateway.ts';
import { encodeFrame, FrameReader } from '../../registry/epp/frame.ts';
import type { RegistryEntry } from '../../registry/entry.ts';
import type { RegistryGateway } from '../../registry/gateway.ts';
import { sandboxEntry } from '../../registry/registries.ts';
import { sandboxControl, type SandboxControl } from '../../registry/sandbox/control.ts';
import { sandboxCredentials, type Accreditation } from '../../registry/sandbox/paths.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../registry/sandbox/sandbox.ts';

const closers: (() => unknown)[] = [];

/** Runs after the test, the last one first. */
export function after(close: () => unknown): void {
  closers.push(close);
}

export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).toReversed()) await close();
}

export async function temporaryHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'backorder-registry-'));
  after(() => rm(home, { recursive: true, force: true }));
  return home;
}

export interface SandboxWorld {
  home: string;
  sandbox: Sandbox;
  control: SandboxControl;
  entry: RegistryEntry;
  gateway: (clid?: Accreditation, options?: GatewayOptions) => RegistryGateway;
}

export async function sandboxWorld(options: Partial<SandboxOptions> = {}): Promise<SandboxWorld> {
  const home = options.home ?? (await temporaryHome());
  const sandbox = await startSandbox({ home, eppPort: 0, rdapPort: 0, ...options });
  after(() => sandbox.close());
  const entry = sandboxEntry({ home, EPP_PORT: sandbox.eppPort, RDAP_PORT: sandbox.rdapPort });
  return {
    home,
    sandbox,
    control: sandboxControl({ home, port: sandbox.rdapPort }),
    entry,
    gateway: (clid = 'backorder', gatewayOptions = {}) => {
      const epp = { ...entry.epp, clid, credentials: () => sandboxCredentials(home, clid) };
      const gateway = createEppGateway({ ...entry, epp }, gatewayOptions);
      after(() => gateway.close());
      return gateway;
    },
  };
}

/** Speaks raw frames, one after the other, and shows what came back. */
export interface RawClient {
  greeting: string;
  ask(xml: string): Promise<string>;
  /** Bytes as they are, framed wrongly or not. */
  write(bytes: Buffer): void;
  closed: Promise<void>;
}

export async function rawClient(world: SandboxWorld, clid: Accreditation = 'backorder'): Promise<RawClient> {
  const { ca, cert, key } = await sandboxCredentials(world.home, clid);
  const socket: TLSSocket = connect({ host: '127.0.0.1', port: world.sandbox.eppPort, ca, cert, key });
  after(() => socket.destroy());
  const reader = new FrameReader();
  const arrived: string[] = [];
  const waiting: ((xml: string) => void)[] = [];
  socket.on('data', (chunk: Buffer) => {
    for (const body of reader.push(chunk).bodies) {
      const next = waiting.shift();
      if (next) next(body.toString());
      else arrived.push(body.toString());
    }
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const next = () =>
    new Promise<string>((resolve) => (arrived.length > 0 ? resolve(arrived.shift() ?? '') : waiting.push(resolve)));
  const greeting = await next();
  return {
    greeting,
    ask: (xml) => {
      socket.write(encodeFrame(xml));
      return next();
    },
    write: (bytes) => void socket.write(bytes),
    closed,
  };
}

export const order = (name: string) => ({ name, periodYears: 1, contacts: {}, nameservers: [], authInfo: 'aB3$efgh' });

export const at = (iso: string): number => Date.parse(iso);
export const iso = (instant: number | null): string | null =>
  instant === null ? null : new Date(instant).toISOString();
