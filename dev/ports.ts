/** Which ports the stack uses, whether they are free, and free ones for tests. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import type { Config } from '../config.ts';

export const PORTS = [
  'API_PORT',
  'TEMPORAL_PORT',
  'TEMPORAL_UI_PORT',
  'MONGO_PORT',
  'EPP_PORT',
  'RDAP_PORT',
  'SMTP_PORT',
  'MAIL_PORT',
  'METRICS_PORT',
] as const;
export type PortName = (typeof PORTS)[number];

/** Those this configuration will listen on: a server given by address brings its own, and metrics are not served yet. */
export function portsOf(config: Config): PortName[] {
  const theirs = new Set<PortName>(['METRICS_PORT']);
  if (!config.embeddedTemporal) for (const name of ['TEMPORAL_PORT', 'TEMPORAL_UI_PORT'] as const) theirs.add(name);
  if (config.MONGODB_URI) theirs.add('MONGO_PORT');
  if (config.SMTP_URL) for (const name of ['SMTP_PORT', 'MAIL_PORT'] as const) theirs.add(name);
  if (!config.sandbox) for (const name of ['EPP_PORT', 'RDAP_PORT'] as const) theirs.add(name);
  return PORTS.filter((name) => !theirs.has(name));
}

/** One line about the first port that cannot be had, or undefined. */
export async function portTrouble(config: Config): Promise<string | undefined> {
  const taken = new Map<number, PortName>();
  for (const name of portsOf(config)) {
    const port = config[name];
    const twin = taken.get(port);
    if (twin) return `${name} and ${twin} are both ${port}: give each its own.`;
    taken.set(port, name);
    if (await isFree(port, config.BIND_ADDRESS)) continue;
    return `Port ${port} (${name}) is in use on ${config.BIND_ADDRESS}: stop what listens there, or choose another, for example ${name}=${port + 10_000 < 65_536 ? port + 10_000 : port - 10_000} npm start`;
  }
  return undefined;
}

export function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** Below the ports from which systems serve outgoing connections (Linux 32768, others 49152): between here and its use no client takes it. */
const FREE_PORTS = { from: 12_000, until: 32_000 };
const FREE_PORT_TRIES = 100;

/** A port that nobody listens on now. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const { port, release } = await hold(host);
  await release();
  return port;
}

/** Any at random, so that two stacks that start together hardly meet. Throws what the last of its tries met. */
async function hold(host: string, tries = FREE_PORT_TRIES): Promise<{ port: number; release: () => Promise<void> }> {
  const port = randomInt(FREE_PORTS.from, FREE_PORTS.until);
  try {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host, exclusive: true }, resolve);
    });
    return { port, release: () => new Promise((done) => void server.close(() => done())) };
  } catch (error) {
    if (tries <= 1) throw error;
    return hold(host, tries - 1);
  }
}

/** A port for each name that nobody listens on now, as the environment wants them. Held together, so that all differ. */
export async function freePorts(host = '127.0.0.1'): Promise<Record<PortName, string>> {
  const held = await Promise.all(PORTS.map(() => hold(host)));
  await Promise.all(held.map(({ release }) => release()));
  return Object.fromEntries(PORTS.map((name, i) => [name, String(held[i]?.port)])) as Record<PortName, string>;
}
