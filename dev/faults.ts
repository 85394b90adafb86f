/**
 * What can go wrong, on order: processes that stop, die, hang and come back, connections that break, fall silent or crawl, a
 * disk that is full or read-only. For a stack started with `faults: true`; a program that has one uses it directly, tests over
 * HTTP (test/stack/stack.ts) by the same names.
 */
import { CALLERS, DOORS, type Caller, type Door, type Links, type Slowness, type Way } from './links.ts';
import type { SmallDisk } from './small-disk.ts';
import type { ProcessName, Stack } from './stack.ts';

export interface ProcessState {
  /** Null while it is not running. */
  pid: number | null;
  running: boolean;
  log: string;
}

/** `all`: whoever calls. */
export type From = Caller | 'all';
/** `sandbox` is both its doors: EPP, and the HTTP of RDAP, drop list and control. */
export type To = Door | 'sandbox';

/** Every order, by name. */
export const ORDERS = [
  'start',
  'stop',
  'restart',
  'kill',
  'freeze',
  'thaw',
  'status',
  'cut',
  'blackHole',
  'slow',
  'heal',
  'fillDisk',
  'freeDisk',
  'readOnly',
  'writable',
  'mend',
] as const satisfies readonly (keyof Faults)[];
export type Orders = Pick<Faults, (typeof ORDERS)[number]>;

export class Faults {
  readonly #stack: Stack;
  readonly #disk: SmallDisk | undefined;
  readonly #frozen = new Set<ProcessName>();

  constructor(stack: Stack, disk?: SmallDisk) {
    this.#stack = stack;
    this.#disk = disk;
  }

  /** Resolves when it is ready; at once for the workers, who answer nothing. */
  async start(name: ProcessName): Promise<void> {
    await this.#stack.process(name).start();
  }

  /** SIGTERM; resolves when it has ended by itself. */
  async stop(name: ProcessName): Promise<void> {
    await this.#stack.process(name).stop();
  }

  async restart(name: ProcessName): Promise<void> {
    await this.#stack.process(name).restart();
  }

  /** kill -9; resolves when it is gone. */
  async kill(name: ProcessName): Promise<void> {
    this.#frozen.delete(name);
    await this.#stack.process(name).kill();
  }

  /** It keeps its connections and its memory, and does nothing. */
  async freeze(name: ProcessName): Promise<void> {
    this.#frozen.add(name);
    await this.#stack.process(name).kill('SIGSTOP');
  }

  async thaw(name: ProcessName): Promise<void> {
    this.#frozen.delete(name);
    await this.#stack.process(name).kill('SIGCONT');
  }

  status(name: ProcessName): Promise<ProcessState> {
    const { pid = null, running, log } = this.#stack.process(name);
    return Promise.resolve({ pid, running, log });
  }

  /** Connections break, new ones are refused. */
  cut(from: From, to: To): Promise<void> {
    return this.#each(from, to, (links, caller, door) => links.cut(caller, door));
  }

  /** Connections stay and are taken, and nothing passes; `only` one way: a request that arrives and is never answered, or the reverse. */
  blackHole(from: From, to: To, only?: Way): Promise<void> {
    return this.#each(from, to, (links, caller, door) => links.silence(caller, door, only));
  }

  /** `latencyMs` is for there and back. */
  slow(from: From, to: To, how: Slowness): Promise<void> {
    return this.#each(from, to, (links, caller, door) => links.slow(caller, door, how));
  }

  heal(from: From, to: To): Promise<void> {
    return this.#each(from, to, (links, caller, door) => links.heal(caller, door));
  }

  /** Not a byte more fits into the data folder. */
  async fillDisk(): Promise<void> {
    this.#smallDisk().fill();
  }

  async freeDisk(): Promise<void> {
    this.#smallDisk().free();
  }

  /** Ends every process first: no kernel turns a disk read-only under files that are open for writing. */
  async readOnly(): Promise<void> {
    const disk = this.#smallDisk();
    await Promise.all(Object.values(this.#stack.processes).map((process) => process.kill()));
    disk.setReadOnly(true);
  }

  async writable(): Promise<void> {
    this.#smallDisk().setReadOnly(false);
  }

  /** Everything as it was before the first fault: what ended is started, what was cut is joined. */
  async mend(): Promise<void> {
    if (this.#disk) {
      this.#disk.setReadOnly(false);
      this.#disk.free();
    }
    for (const name of this.#frozen) await this.thaw(name);
    for (const door of DOORS) await this.heal('all', door);
    await this.#stack.start();
  }

  async #each(from: From, to: To, act: (links: Links, caller: Caller, door: Door) => Promise<void>): Promise<void> {
    const { links } = this.#stack;
    if (!links) throw new Error('this stack was started without faults: its connections are direct');
    const callers = from === 'all' ? CALLERS : [from];
    const doors = to === 'sandbox' ? (['epp', 'rdap'] as const) : [to];
    await Promise.all(callers.flatMap((caller) => doors.map((door) => act(links, caller, door))));
  }

  #smallDisk(): SmallDisk {
    if (!this.#disk) throw new Error('this stack has no small disk of its own');
    return this.#disk;
  }
}
