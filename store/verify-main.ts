/**
 * `npm run verify-timelines [-- --heads FILE | --print-heads]`: whether any timeline was changed since it was written. Starts nothing
 * and writes nothing. One line a finding, then one of JSON. Exit code 0: whole; 1: findings; 2: the store is out of reach.
 */
import { open } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { loadConfig } from '../config.ts';
import { DAMAGE } from '../rules/timeline.ts';
import { openToRead } from './connection.ts';
import { readHeads } from './heads.ts';
import { currentHeads, verifyHeads, verifyTimelines, type TimelineFinding } from './timelines.ts';
import { EXIT, runToExit, say } from './verify-program.ts';

async function printHeads(): Promise<number> {
  for await (const { reservation, seq, hash } of currentHeads()) say(`${reservation} ${seq} ${hash}`);
  return EXIT.whole;
}

async function verify(headsFile: string | undefined): Promise<number> {
  const noted = headsFile === undefined ? undefined : await open(headsFile);
  const summary = { timelines: 0, events: 0, heads: 0, findings: 0 };
  const told = new Set<string>();
  const tell = async (findings: AsyncIterable<TimelineFinding>) => {
    for await (const { reservation, seq, what } of findings) {
      const line = `${reservation} ${seq} ${what}: ${DAMAGE[what]}`;
      // A head may find what the reservation itself told.
      if (told.has(line)) continue;
      told.add(line);
      summary.findings += 1;
      say(line);
    }
  };
  await tell(verifyTimelines(summary));
  if (noted) await tell(verifyHeads(readHeads(noted.readLines(), () => (summary.heads += 1))));
  say(JSON.stringify(summary));
  return summary.findings === 0 ? EXIT.whole : EXIT.findings;
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

await runToExit(main);
