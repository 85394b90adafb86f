/** Histories as they are kept: a life that was lived, readable in a diff, and what its workflow did in it. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from './replay.ts';

export interface StoredHistory {
  /** The file without its ending, for example `domain-queue-of-three`. */
  name: string;
  /** What happens in it, in one line. */
  story: string;
  workflowType: string;
  workflowId: string;
  history: { events: object[] };
  expected: Account;
}

export const historiesFolder = (root: string): string => join(root, 'test', 'replay', 'histories');

export function readHistories(folder: string): StoredHistory[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as StoredHistory);
}

/** `all`: files that no history goes by any more are removed. */
export function writeHistories(folder: string, histories: StoredHistory[], all: boolean): void {
  if (all) for (const file of readdirSync(folder)) if (file.endsWith('.json')) rmSync(join(folder, file));
  for (const stored of histories) writeFileSync(join(folder, `${stored.name}.json`), inLines(stored));
}

/** One event and one task a line: a diff then shows which. */
function inLines({ history, expected, ...about }: StoredHistory): string {
  const list = (items: object[]) => `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`;
  const { tasks, ...end } = expected;
  const lines = [
    ...Object.entries(about).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`),
    `"history": { "events": ${list(history.events)} }`,
    `"expected": { "tasks": ${list(tasks)},\n  ${JSON.stringify(end).slice(1)}`,
  ];
  return `{\n  ${lines.join(',\n  ')}\n}\n`;
}
