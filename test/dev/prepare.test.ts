/** What stops a start before it begins: a Node that is too old, a home that another engine uses. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { holdHome } from '../../dev/home-lock.ts';

const ROOT = resolve(__dirname, '../..');
let home: string;
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'backorder-home-'))));
afterEach(() => rmSync(home, { recursive: true }));

test.each([
  ['18.20.4', 'Node 18.20.4 is too old: install Node 20.10 or newer, then try again.'],
  ['20.9.0', 'Node 20.9.0 is too old: install Node 20.10 or newer, then try again.'],
  ['20.10.0', ''],
  ['24.1.0', ''],
])('Node %s: %s', (version, line) => {
  const program = `import('${ROOT}/dev/prepare.mjs').then(({ checkNode }) => {
    try { checkNode('${version}') } catch (error) { process.stdout.write(error.message) } })`;
  expect(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' })).toBe(line);
});

test('a home in use by a living engine is refused in one line', async () => {
  const other = spawn(process.execPath, ['-e', "console.log('up'); setInterval(() => {}, 1000)"]);
  await new Promise((up) => other.stdout.once('data', up));
  writeFileSync(join(home, 'running'), `${other.pid}\n`);
  expect(holdHome(home)).toBe(
    `${home} is in use by process ${other.pid}: stop that one, or set BACKORDER_HOME to another folder.`,
  );
  const ended = new Promise((done) => other.once('exit', done));
  other.kill('SIGKILL');
  await ended;
  expect(holdHome(home)).toBeUndefined();
  expect(existsSync(join(home, 'running'))).toBe(true);
});
