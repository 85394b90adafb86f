/**
 * The connections between the processes of a stack, each through a Toxiproxy of its own, so that any one of them can be cut,
 * silenced or slowed while all others go on. A process learns where the others are from its environment: it gets one of its own.
 */
import { devNull } from 'node:os';
import { Toxiproxy, type Proxy, type Toxic } from 'toxiproxy-node-client';
import type { Config } from '../config.ts';
import { toxiproxy } from './fetch-toxiproxy.ts';
import type { Guard } from './guard.ts';
import { ManagedProcess } from './managed-process.ts';
import { freePort } from './ports.ts';
import { answers, reachableHost } from './servers.ts';

/** Who opens connections. */
export const CALLERS = ['api', 'workers', 'catcher'] as const;
/** Where to; the sandbox listens twice. */
export const DOORS = ['temporal', 'mongo', 'mail', 'epp', 'rdap'] as const;
export type Caller = (typeof CALLERS)[number];
export type Door = (typeof DOORS)[number];

/** Which way bytes go: to the one called, or back. */
export type Way = keyof typeof STREAMS;

export interface Slowness {
  latencyMs?: number;
  jitterMs?: number;
  /** Rounded up to whole kB/s. */
  bytesPerSecond?: number;
}

interface Link {
  proxy: Proxy;
  toxics: Toxic<object>[];
}

const WAYS = ['requests', 'answers'] as const;
const STREAMS = { requests: 'upstream', answers: 'downstream' } as const;
const READY_LIMIT_MS = 10_000;

/** How a caller is told where a door is. */
const SETTINGS: Record<Door, (address: string, port: string) => NodeJS.ProcessEnv> = {
  temporal: (address) => ({ TEMPORAL_ADDRESS: address }),
  mongo: (address) => ({ MONGODB_URI: `mongodb://${address}/backorder` }),
  mail: (address) => ({ SMTP_URL: `smtp://${address}` }),
  epp: (_address, port) => ({ EPP_PORT: port }),
  rdap: (_address, port) => ({ RDAP_PORT: port }),
};

export class Links {
  readonly #server: ManagedProcess;
  readonly #client: Toxiproxy;
  readonly #links = new Map<string, Link>();

  private constructor(server: ManagedProcess, client: Toxiproxy) {
    this.#server = server;
    this.#client = client;
  }

  /** Throws ServerMissing, ProcessFailed. */
  static async open(config: Config, guard: Guard, signal?: AbortSignal): Promise<Links> {
    const { path } = await toxiproxy(signal);
    const host = reachableHost(config.BIND_ADDRESS);
    const port = await freePort(host);
    const url = `http://${host}:${port}`;
    const server = new ManagedProcess(
      {
        name: 'toxiproxy',
        command: [path, '-host', host, '-port', String(port)],
        // Told nothing of ours: what goes through it is for others.
        env: { LOG_LEVEL: 'warn' },
        // It must not hold a file open on a disk that is to become read-only.
        log: devNull,
        ready: () => answers(`${url}/version`),
        readyLimitMs: READY_LIMIT_MS,
      },
      guard,
    );
    await server.start(signal);
    const links = new Links(server, new Toxiproxy(url));
    const upstreams = { temporal: config.TEMPORAL_PORT, mongo: config.MONGO_PORT, mail: config.SMTP_PORT };
    const doors: Record<Door, number> = { ...upstreams, epp: config.EPP_PORT, rdap: config.RDAP_PORT };
    const pairs = CALLERS.flatMap((caller) => DOORS.map((door) => ({ caller, door })));
    await Promise.all(pairs.map(({ caller, door }) => links.#lay(caller, door, host, doors[door])));
    return links;
  }

  async #lay(caller: Caller, door: Door, host: string, port: number): Promise<void> {
    const name = `${caller}-${door}`;
    const proxy = { name, listen: `${host}:0`, upstream: `${host}:${port}` };
    this.#links.set(name, { proxy: await this.#client.createProxy(proxy), toxics: [] });
  }

  /** What this process must see instead of the real addresses; empty for those who call nobody. */
  environmentOf(process: string): NodeJS.ProcessEnv {
    const caller = CALLERS.find((one) => one === process);
    if (!caller) return {};
    return Object.assign(
      {},
      ...DOORS.map((door) => {
        const { listen } = this.#link(caller, door).proxy;
        return SETTINGS[door](listen, listen.slice(listen.lastIndexOf(':') + 1));
      }),
    ) as NodeJS.ProcessEnv;
  }

  /** Connections are closed, new ones refused. */
  async cut(caller: Caller, door: Door): Promise<void> {
    await this.#enable(caller, door, false);
  }

  /** Connections stay open and new ones are taken, and no byte passes; one way only where `only` is given. */
  async silence(caller: Caller, door: Door, only?: Way): Promise<void> {
    await this.heal(caller, door);
    for (const way of only ? [only] : WAYS) await this.#poison(caller, door, way, 'timeout', { timeout: 0 });
  }

  /** Half of the latency each way. */
  async slow(caller: Caller, door: Door, { latencyMs = 0, jitterMs = 0, bytesPerSecond }: Slowness): Promise<void> {
    await this.heal(caller, door);
    const latency = { latency: Math.round(latencyMs / 2), jitter: Math.round(jitterMs / 2) };
    for (const way of WAYS) {
      await this.#poison(caller, door, way, 'latency', latency);
      if (bytesPerSecond === undefined) continue;
      await this.#poison(caller, door, way, 'bandwidth', { rate: Math.ceil(bytesPerSecond / 1_000) });
    }
  }

  /** As it was. What a silenced connection swallowed is gone, and so is that connection. */
  async heal(caller: Caller, door: Door): Promise<void> {
    const link = this.#link(caller, door);
    for (const toxic of link.toxics.splice(0)) await toxic.remove();
    await this.#enable(caller, door, true);
  }

  async close(): Promise<void> {
    await this.#server.kill();
  }

  async #enable(caller: Caller, door: Door, enabled: boolean): Promise<void> {
    const { proxy } = this.#link(caller, door);
    const { listen, upstream } = proxy;
    await proxy.update({ enabled, listen, upstream });
  }

  async #poison(
    caller: Caller,
    door: Door,
    way: Way,
    type: 'timeout' | 'latency' | 'bandwidth',
    attributes: object,
  ): Promise<void> {
    const { proxy, toxics } = this.#link(caller, door);
    const stream = STREAMS[way];
    toxics.push(await proxy.addToxic({ name: `${type}-${way}`, type, stream, toxicity: 1, attributes }));
  }

  #link(caller: Caller, door: Door): Link {
    const link = this.#links.get(`${caller}-${door}`);
    if (!link) throw new Error(`there is no link from ${caller} to ${door}`);
    return link;
  }
}
