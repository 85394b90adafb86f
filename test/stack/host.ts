/** Runs programs of `dist` for Jest's global setups: they print one line that matters, and may stay until their stdin closes. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

export interface Hosted {
  /** The first line of its output that `isIt` takes. */
  line: string;
  stop: () => Promise<void>;
}

/** Prepared as `npm start` is. Throws with what it said when it ended before it printed the line. */
export function host(root: string, program: string[], isIt: (line: string) => boolean): Promise<Hosted> {
  const child = spawn(process.execPath, [join(root, 'dev/npm-run.mjs'), ...program], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let said = '';
    let out = '';
    child.stderr.on('data', (chunk: Buffer) => void (said += chunk.toString()));
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      const line = out.split('\n').slice(0, -1).find(isIt);
      if (line !== undefined) resolve({ line, stop: () => stop(child) });
    });
    child.once('exit', (code) =>
      reject(new Error(`${program[0]} ended with code ${code}: ${said.trim() || out.trim()}`)),
    );
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.stdin?.end();
  await ended;
}
