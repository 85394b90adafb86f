/** One process of the stack: started until it is ready, watched, stopped politely, killed for a test, started again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Guard } from './guard.ts';
import { root } from './root.ts';

/** A process that ended or was not ready in time. The message ends with the tail of its log. */
export class ProcessFailed extends Error {
  override readonly name = 'ProcessFailed';
}

export interface ProcessSpec<Name extends string = string> {
  name: Name;
  command: [file: string, ...args: string[]];
  env: NodeJS.ProcessEnv;
  log: string;
  /** Answers, or throws why not yet. Asked again until `readyLimitMs` has passed. */
  ready: () => Promise<unknown>;
  readyLimitMs: number;
}

const STOP_GRACE_MS = 25_000;
const LOG_LIMIT_BYTES = 5_000_000;
const TAIL_LINES = 12;

export class ManagedProcess<Name extends string = string> {
  readonly name: Name;
  readonly log: string;
  /** Called when it ended without being asked to. */
  onDeath: ((how: string) => void) | undefined;
  readonly #spec: ProcessSpec<Name>;
  readonly #guard: Guard;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #askedToEnd = false;
  #how = '';
  #logStart = 0;

  constructor(spec: ProcessSpec<Name>, guard: Guard) {
    this.name = spec.name;
    this.log = spec.log;
    this.#spec = spec;
    this.#guard = guard;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get running(): boolean {
    return this.#child !== undefined;
  }

  /** Resolves when it is ready. Throws ProcessFailed when it ended first, or was not ready in time. */
  async start(signal?: AbortSignal): Promise<void> {
    if (this.running) return;
    this.#spawn();
    const child = this.#child;
    const deadline = Date.now() + this.#spec.readyLimitMs;
    let why: unknown;
    while (Date.now() < deadline) {
      signal?.throwIfAborted();
      if (this.#child !== child) throw new ProcessFailed(`${this.name} ended ${this.#how}${this.tail()}`);
      try {
        await this.#spec.ready();
        if (this.#child === child) return;
      } catch (error) {
        why = error;
        await sleep(100);
      }
    }
    const last = why instanceof Error ? `: ${why.message}` : '';
    throw new ProcessFailed(
      `${this.name} was not ready after ${this.#spec.readyLimitMs / 1000} s${last}${this.tail()}`,
    );
  }

  /** SIGTERM, then SIGKILL when it takes too long. Resolves when it has ended. */
  async stop(): Promise<void> {
    if (!this.running) return;
    this.#askedToEnd = true;
    this.#send('SIGTERM');
    const force = setTimeout(() => this.#send('SIGKILL'), STOP_GRACE_MS);
    await this.#ended;
    clearTimeout(force);
  }

  /** Resolves when it has ended, at once for the signals that end nothing (SIGSTOP, SIGCONT). */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!this.running) return;
    const pauses = signal === 'SIGSTOP' || signal === 'SIGCONT';
    if (!pauses) this.#askedToEnd = true;
    this.#send(signal);
    if (!pauses) await this.#ended;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** The end of what it wrote since it was last started, indented, after a line break; empty when it wrote nothing. */
  tail(): string {
    const said = readFileSync(this.log).subarray(this.#logStart).toString().trim();
    if (said === '') return ` (${this.log} says nothing)`;
    const lines = said.split('\n').slice(-TAIL_LINES);
    return `\n${lines.map((line) => `  ${line.slice(0, 300)}`).join('\n')}\n  (${this.log})`;
  }

  #spawn(): void {
    mkdirSync(dirname(this.log), { recursive: true });
    if (existsSync(this.log) && statSync(this.log).size > LOG_LIMIT_BYTES) renameSync(this.log, `${this.log}.1`);
    const fd = openSync(this.log, 'a');
    this.#logStart = statSync(this.log).size;
    const [file, ...args] = this.#spec.command;
    // A group of its own: Ctrl-C in the terminal then reaches the parent alone, who ends everything in its order.
    const child = spawn(file, args, { cwd: root(), detached: true, env: this.#spec.env, stdio: ['ignore', fd, fd] });
    closeSync(fd);
    if (child.pid !== undefined) this.#guard.watch(child.pid);
    this.#child = child;
    this.#askedToEnd = false;
    this.#ended = new Promise((resolve) => {
      const end = (how: string): void => {
        if (this.#child !== child) return;
        if (child.pid !== undefined) this.#guard.forget(child.pid);
        this.#child = undefined;
        this.#how = how;
        resolve();
        if (!this.#askedToEnd) this.onDeath?.(how);
      };
      child.once('exit', (code, by) => end(by ? `by ${by}` : `with code ${code}`));
      child.once('error', (error) => end(`(${error.message})`));
    });
  }

  #send(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // it has ended by itself
    }
  }
}
