/** What programs that verify the store have in common: they only read, say one line a finding, and end with the same codes. */
import { ConfigError } from '../config.ts';
import { WrongHeads } from './heads.ts';

export const EXIT = {
  whole: 0,
  findings: 1,
  unreachable: 2,
  usage: 64,
  noInput: 66,
  software: 70,
  config: 78,
} as const;

export const say = (line: string): void => void process.stdout.write(`${line}\n`);

function failure(error: unknown): { line: string; code: number } {
  const { name, message, code, stack } = error as Error & { code?: unknown };
  if (error instanceof ConfigError) return { line: message, code: EXIT.config };
  if (error instanceof WrongHeads || String(code).startsWith('ERR_PARSE_ARGS'))
    return { line: message, code: EXIT.usage };
  if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR') return { line: message, code: EXIT.noInput };
  // A driver's own text names hosts and may hold a password.
  if (name.startsWith('Mongo'))
    return { line: `the store cannot be reached (${name}): check MONGODB_URI`, code: EXIT.unreachable };
  return { line: stack ?? message, code: EXIT.software };
}

/** Runs to the end, and leaves its code to the process. */
export async function runToExit(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    const { line, code } = failure(error);
    process.stderr.write(`${line}\n`);
    process.exitCode = code;
  }
}
