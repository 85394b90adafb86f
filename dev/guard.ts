/** The parent's end of guard.mjs: nothing a stack starts outlives the process that started it. */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { root } from './root.ts';

export class Guard {
  readonly #children = new Set<number>();
  #process: ChildProcess | undefined;

  /** `pid` leads a process group. Called in the same tick as its spawn, so that no kill falls between the two. */
  watch(pid: number): void {
    this.#children.add(pid);
    if (this.#process) this.#tell(`+${pid}`);
    else this.#start();
  }

  forget(pid: number): void {
    this.#children.delete(pid);
    this.#tell(`-${pid}`);
  }

  close(): void {
    const guard = this.#process;
    this.#process = undefined;
    guard?.stdin?.end();
  }

  #start(): void {
    const program = join(root(), 'dev', 'guard.mjs');
    const guard = spawn(process.execPath, [program], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    this.#process = guard;
    guard.unref();
    (guard.stdin as Socket | null)?.unref();
    guard.stdin?.on('error', () => undefined);
    guard.once('exit', () => {
      if (this.#process !== guard) return;
      this.#process = undefined;
      if (this.#children.size > 0) this.#start();
    });
    for (const pid of this.#children) this.#tell(`+${pid}`);
  }

  #tell(line: string): void {
    this.#process?.stdin?.write(`${line}\n`);
  }
}
