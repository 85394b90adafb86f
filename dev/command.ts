/** Short-lived helpers (pip, mvn, javac): run with a time limit that nothing they start can outlive. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { basename, delimiter, join } from 'node:path';

/** A helper that failed, ran out of time, or is not there. `message` is one line. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/** The file that a shell would run, or undefined. */
export function onPath(name: string): string | undefined {
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`, name] : [name];
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    for (const file of names.map((each) => join(folder, each))) {
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // not in this folder
      }
    }
  }
  return undefined;
}

export interface CommandOptions {
  limitMs: number;
  cwd?: string;
  signal?: AbortSignal;
}

/** Resolves with what it printed. Throws CommandFailed. */
export function command(file: string, args: string[], { limitMs, cwd, signal }: CommandOptions): Promise<string> {
  const name = basename(file);
  return new Promise((resolve, reject) => {
    // A group of its own: pip and mvn start helpers of their own, and the limit is for all of them.
    const child = spawn(file, args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    let ended: string | undefined;
    const end = (why: string): void => {
      ended ??= why;
      killGroup(child.pid);
    };
    const limit = setTimeout(() => end(`took longer than ${Math.round(limitMs / 1000)} s`), limitMs);
    const onAbort = (): void => end('was interrupted');
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    const settle = (): void => {
      clearTimeout(limit);
      signal?.removeEventListener('abort', onAbort);
    };
    const hear = (chunk: Buffer): void => void (said = `${said}${chunk.toString()}`.slice(-20_000));
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', (error) => {
      settle();
      reject(new CommandFailed(`${name}: ${error.message}`));
    });
    child.once('close', (code) => {
      settle();
      if (code === 0 && !ended) return resolve(said);
      reject(new CommandFailed(`${name} ${ended ?? `failed: ${reason(said)}`}`));
    });
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
}

const REASON_LIMIT = 120;

/** The one line of a tool's output that says why, without its colours. */
function reason(said: string): string {
  const lines = said.split('\n').map((line) => line.replace(/\x1b\[[0-9;]*m/g, '').trim());
  const errors = lines.filter((line) => /^\[?error\b/i.test(line));
  const hints = lines.filter((line) => /refused|could not|cannot|no module/i.test(line));
  const line = errors[0] ?? hints[0] ?? lines.filter(Boolean).pop() ?? 'it said nothing';
  return line.replace(/^\[?error[\]:]*\s*/i, '').slice(0, REASON_LIMIT);
}
