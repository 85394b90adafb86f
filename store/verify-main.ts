/**
 * `npm run verify-timelines [-- --heads FILE | --print-heads]`: whether any timeline was changed since it was written. Starts nothing
 * and writes nothing. One line a finding, then one of JSON. Exit code 0: whole; 1: findings; 2: the store is out of reach.
 */
import { open } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ConfigError, loadConfig } from '../config.ts';
import { DAMAGE } from '../rules/timeline.ts';
import { openToRead } from './connection.ts';
import { readHeads, WrongHeads } from './heads.ts';
import { currentHeads, verifyHeads, verifyTimelines, type TimelineFinding } from './timelines.ts';

const EXIT = { whole: 0, findings: 1, unreachable: 2, usage: 64, noInput: 66, software: 70, config: 78 } as const;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function printHeads(): Promise<number> {
  for await (const { reservation, seq, hash } of currentHeads()) say(`${reservation} ${seq} ${hash}`);
  return EXIT.whole;
}

async function verify(headsFile: string | undefined): Promise<number> {
  const noted = headsFile === undefined ? undefined : await open(headsFile);
  const summary = { timelines: 0, events: 0, heads: 0, findings: 0 };
  const tell = async (findings: AsyncIterable<TimelineFinding>) => {
    for await (const { reservation, seq, what } of findings) {
      summary.findings += 1;
      say(`${reservation} ${seq} ${what}: ${DAMAGE[what]}`);
    }
  };
  await tell(verifyTimelines(summary));
  if (noted) await tell(verifyHeads(readHeads(noted.readLines(), () => (summary.heads += 1))));
  say(JSON.stringify(summary));
  return summary.findings === 0 ? EXIT.whole : EXIT.findings;
}

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

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { heads: { type: 'string' }, 'print-heads': { type: 'boolean' } } });
  const store = await openToRead(loadConfig().mongoUri);
  try {
    return await (values['print-heads'] ? printHeads() : verify(values.heads));
  } finally {
    await store.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  const { line, code } = failure(error);
  process.stderr.write(`${line}\n`);
  process.exitCode = code;
}
