/** Programs of ours as an operator runs them beside the running engine: `npm run verify-ledger` and its like. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';

export interface Ran {
  code: number;
  /** Lines it said, but the last where that is its summary. */
  findings: string[];
  summary: Record<string, number>;
  said: string;
}

export function run(file: string, args: string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  const program = [resolve('dev/npm-run.mjs'), file, ...args];
  return new Promise((done) => {
    execFile(
      process.execPath,
      program,
      { env: { ...process.env, BACKORDER_PREPARED: '1', ...env } },
      (error, stdout, said) => {
        const lines = stdout.trim().split('\n');
        const code = error === null ? 0 : Number(error.code);
        const summary = code < 2 && lines.at(-1)?.startsWith('{') ? JSON.parse(lines.pop() as string) : {};
        done({ code, findings: lines.filter(Boolean), summary, said });
      },
    );
  });
}
