/** Nothing that a stack starts outlives the process that started it, however that ended. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';

const GUARD = join(resolve(__dirname, '../..'), 'dev/guard.mjs');
const stubborn = `process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)`;
const polite = `console.log('up'); setInterval(() => {}, 1000)`;

/** A parent that starts the guard and one child, tells the guard of it, and prints the child's pid. */
const parent = (child: string): string => `
  const { spawn } = require('node:child_process');
  const guard = spawn(process.execPath, [${JSON.stringify(GUARD)}], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  const child = spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  guard.stdin.write('+' + child.pid + '\\n');
  child.stdout.once('data', () => console.log(child.pid));
  process.on('message', () => { guard.stdin.write('-' + child.pid + '\\n', () => process.send('told')); });
`;

function start(child: string): { process: ChildProcess; childPid: Promise<number> } {
  const started = spawn(process.execPath, ['-e', parent(child)], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  return {
    process: started,
    childPid: new Promise((done) => started.stdout?.once('data', (chunk: Buffer) => done(Number(chunk.toString())))),
  };
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function goneWithin(pid: number, limitMs: number): Promise<boolean> {
  for (const deadline = Date.now() + limitMs; Date.now() < deadline; await new Promise((done) => setTimeout(done, 50)))
    if (!alive(pid)) return true;
  return false;
}

test.each([
  ['ends on SIGTERM', polite],
  ['ignores SIGTERM', stubborn],
])(
  'a child that %s is gone after kill -9 of its parent',
  async (_how, child) => {
    const { process: started, childPid } = start(child);
    const pid = await childPid;
    expect(alive(pid)).toBe(true);
    started.kill('SIGKILL');
    expect(await goneWithin(pid, 10_000)).toBe(true);
  },
  20_000,
);

test('a process the parent has let go of is left alone', async () => {
  const { process: started, childPid } = start(polite);
  const pid = await childPid;
  const told = new Promise((done) => started.once('message', done));
  started.send('forget');
  await told;
  started.kill('SIGKILL');
  expect(await goneWithin(pid, 1_000)).toBe(false);
  process.kill(pid, 'SIGKILL');
});
