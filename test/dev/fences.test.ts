/** The architecture's arrows are enforced: each forbidden import and name is refused by the linter, each allowed one passes. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backorder-fences-'));
  copyFileSync(join(ROOT, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The lines that the linter refuses in a file at `path`, by number. */
function refused(path: string, lines: string[]): number[] {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${lines.join('\n')}\n`);
  const said = lint();
  const at = [...said.matchAll(/^[^\s:]+:(\d+):\d+: .*no-restricted/gm)].map((match) => Number(match[1]));
  return [...new Set(at)].sort((a, b) => a - b);
}

function lint(): string {
  const args = [join(ROOT, 'node_modules/oxlint/bin/oxlint'), '-f', 'unix'];
  try {
    return execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

test('rules import nothing of ours and know no time, chance or network', () => {
  const lines = [
    "export { a } from './money.ts';",
    "export { b } from '../rules/money.ts';",
    "export { c } from '../store/ledger.ts';",
    "export type { d } from '../workflows/messages.ts';",
    "export { readFileSync } from 'node:fs';",
    "export { Client } from '@temporalio/client';",
    "export { model } from 'mongoose';",
    'export const now = () => Date.now();',
    'export const wait = () => setTimeout(() => undefined, 1);',
    "export const ask = () => fetch('x');",
    'export const chance = () => Math.random();',
  ];
  expect(refused('rules/queue.ts', lines)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test('workflows import rules, themselves and types of activities; time comes from their clock', () => {
  const lines = [
    "export { a } from '../rules/money.ts';",
    "export { now } from './clock.ts';",
    "import type { Activities } from '../activities/index.ts';",
    "export { createActivities } from '../activities/index.ts';",
    "export { b } from '../store/ledger.ts';",
    "export { Worker } from '@temporalio/worker';",
    "export { createHash } from 'node:crypto';",
    "import { sleep } from '@temporalio/workflow';",
    'export const at = (): number => Date.now();',
    'export type Both = [Activities, typeof sleep];',
  ];
  expect(refused('workflows/domain.ts', lines)).toEqual([4, 5, 6, 7, 8, 9]);
  expect(
    refused('workflows/clock.ts', [
      "export { sleep } from '@temporalio/workflow';",
      'export const at = () => Date.now();',
    ]),
  ).toEqual([4, 5, 6, 7, 8, 9]);
});

test.each([
  ['registry/epp/client.ts', '../../store/claims.ts'],
  ['store/claims.ts', '../mail/transport.ts'],
  ['mail/transport.ts', '../store/claims.ts'],
  ['activities/tell.ts', '../api/app.ts'],
  ['activities/tell.ts', '../temporal/target.ts'],
  ['temporal/target.ts', '../rules/money.ts'],
  ['activities/tell.ts', '../workflows/domain.ts'],
  ['api/routes/tlds.ts', '../../workers/main.ts'],
  ['api/routes/tlds.ts', '../../workflows/domain.ts'],
  ['workers/main.ts', '../api/app.ts'],
  ['workers/main.ts', '../dev/stack.ts'],
])('%s may not import %s', (file, target) => {
  expect(refused(file, [`export { a } from '${target}';`])).toEqual([1]);
});

test.each([
  ['registry/epp/client.ts', '../../rules/names.ts'],
  ['store/claims.ts', '../rules/queue.ts'],
  ['activities/tell.ts', '../store/claims.ts'],
  ['activities/tell.ts', '../workflows/messages.ts'],
  ['api/routes/tlds.ts', '../../activities/deps.ts'],
  ['api/routes/tlds.ts', '../../workflows/messages.ts'],
  ['workers/main.ts', '../activities/index.ts'],
  ['workers/main.ts', '../temporal/target.ts'],
  ['temporal/target.ts', '../config.ts'],
])('%s may import %s', (file, target) => {
  expect(refused(file, [`export { a } from '${target}';`])).toEqual([]);
});
