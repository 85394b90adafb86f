/** The planned faults at their times, each healed after its own; the log says each with its time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Faults } from '../faults.ts';
import type { ProcessName } from '../stack.ts';
import type { Fault, PlannedFault } from './fault-plan.ts';

const RESTART_MS = 500;
const UP_WITHIN_MS = 60_000;

export class Striking {
  readonly counts: Record<string, number> = {};
  /** Processes that ended by themselves, as a supervisor would see and restart them. */
  deaths = 0;
  readonly #faults: Faults;
  readonly #say: (line: string) => void;
  readonly #healing = new Set<Promise<unknown>>();

  constructor(faults: Faults, say: (line: string) => void) {
    this.#faults = faults;
    this.#say = say;
  }

  /** Resolves when all is healed. */
  async run(planned: readonly PlannedFault[]): Promise<void> {
    const begun = Date.now();
    for (const { atMs, forMs, fault } of planned) {
      await sleep(Math.max(0, begun + atMs - Date.now()));
      this.#note(this.#strike(fault, forMs));
    }
    while (this.#healing.size > 0) await Promise.all(this.#healing);
    await this.#faults.mend();
  }

  /** A supervisor's answer to a process that ended by itself. */
  died(name: ProcessName, how: string): void {
    this.deaths += 1;
    this.#say(`${name} ended ${how}; started again`);
    this.#note(sleep(RESTART_MS).then(() => this.#up(name)));
  }

  #note(healing: Promise<void>): void {
    const noted = healing
      .catch((error: unknown) => this.#say(`not as planned: ${error instanceof Error ? error.message : String(error)}`))
      .finally(() => this.#healing.delete(noted));
    this.#healing.add(noted);
  }

  async #strike(fault: Fault, forMs: number): Promise<void> {
    const { kind, ...what } = fault;
    this.#say(`${kind} ${Object.values(what).map(spelled).join(' ')} for ${(forMs / 1_000).toFixed(1)} s`);
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    await this.#begin(fault);
    await sleep(forMs);
    await this.#heal(fault);
  }

  #begin(fault: Fault): Promise<void> {
    switch (fault.kind) {
      case 'kill9':
        return this.#faults.kill(fault.process);
      case 'stop':
        return this.#faults.stop(fault.process);
      case 'freeze':
        return this.#faults.freeze(fault.process);
      case 'cut':
        return this.#faults.cut(fault.from, fault.to);
      case 'black_hole':
        return this.#faults.blackHole(fault.from, fault.to, fault.only);
      case 'slow':
        return this.#faults.slow(fault.from, fault.to, fault.how);
      case 'full_disk':
        return this.#faults.fillDisk();
    }
  }

  #heal(fault: Fault): Promise<void> {
    switch (fault.kind) {
      case 'kill9':
      case 'stop':
        return this.#up(fault.process);
      case 'freeze':
        return this.#faults.thaw(fault.process);
      case 'cut':
      case 'black_hole':
      case 'slow':
        return this.#faults.heal(fault.from, fault.to);
      case 'full_disk':
        return this.#faults.freeDisk();
    }
  }

  /** Started until it is ready: what it needs may itself be away just now, and its disk full. */
  async #up(name: ProcessName): Promise<void> {
    const deadline = Date.now() + UP_WITHIN_MS;
    for (;;)
      try {
        return await this.#faults.start(name);
      } catch (error) {
        if (Date.now() > deadline) throw error;
        this.#say(`${name} did not start: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
        await sleep(RESTART_MS);
      }
  }
}

const spelled = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
