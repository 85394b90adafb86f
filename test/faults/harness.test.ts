/** Each fault does what it says, and is over when it is mended: else the tests that rely on them would prove nothing. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessName } from '../../dev/stack.ts';
import { attachStack, diskTrouble, type AttachedStack } from '../stack/stack.ts';

let stack: AttachedStack;
beforeAll(async () => {
  stack = await attachStack();
});
afterEach(() => stack.faults.mend());

interface Ready {
  status: number;
  unavailable: string[];
  tookMs: number;
}

async function ready(limitMs = 5_000): Promise<Ready> {
  const startedAt = performance.now();
  const response = await fetch(`${stack.urls.api}/readyz`, { signal: AbortSignal.timeout(limitMs) });
  const { unavailable } = (await response.json()) as { unavailable: string[] };
  return { status: response.status, unavailable, tookMs: performance.now() - startedAt };
}

async function untilReady(): Promise<void> {
  const giveUpAt = Date.now() + 15_000;
  for (;;) {
    const { status, unavailable } = await ready();
    if (status === 200) return;
    if (Date.now() > giveUpAt) throw new Error(`the API is not ready: ${unavailable.join(', ')}`);
  }
}

test.each([
  ['mongo', 'store'],
  ['temporal', 'temporal'],
  ['sandbox', 'sandbox'],
] as const)('the API cut off from %s says so, and is ready again once they are joined', async (to, missing) => {
  await stack.faults.cut('api', to);
  expect(await ready()).toMatchObject({ status: 503, unavailable: [missing] });
  await stack.faults.heal('api', to);
  await untilReady();
});

test.each([
  ['mongo', 'store'],
  ['temporal', 'temporal'],
  ['sandbox', 'sandbox'],
] as const)('a connection from the API to %s on which no byte passes is an outage as well', async (to, missing) => {
  await stack.faults.blackHole('api', to);
  expect(await ready()).toMatchObject({ status: 503, unavailable: [missing] });
  await stack.faults.heal('api', to);
  await untilReady();
});

test('a slow connection takes as long as it was told to, there and back', async () => {
  expect((await ready()).tookMs).toBeLessThan(400);
  await stack.faults.slow('api', 'temporal', { latencyMs: 500 });
  const { status, tookMs } = await ready();
  expect(status).toBe(200);
  expect(tookMs).toBeGreaterThanOrEqual(500);
  await stack.faults.heal('api', 'temporal');
  await untilReady();
  expect((await ready()).tookMs).toBeLessThan(400);
});

test('a frozen process answers nobody and goes on where it was once thawed', async () => {
  const before = await stack.faults.status('api');
  await stack.faults.freeze('api');
  await expect(ready(300)).rejects.toThrow('timeout');
  await stack.faults.thaw('api');
  expect(await ready()).toMatchObject({ status: 200 });
  expect(await stack.faults.status('api')).toEqual(before);
});

const EVERY: ProcessName[] = ['temporal', 'mongo', 'mail', 'sandbox', 'workers', 'catcher', 'api'];

test('every process killed at once is gone, and each comes back as another one', async () => {
  const pids = async () => Promise.all(EVERY.map(async (name) => (await stack.faults.status(name)).pid));
  const before = await pids();
  await Promise.all(EVERY.map((name) => stack.faults.kill(name)));
  expect(await pids()).toEqual(EVERY.map(() => null));
  await expect(ready()).rejects.toThrow('fetch failed');
  await stack.faults.mend();
  await untilReady();
  for (const [at, pid] of (await pids()).entries()) expect(pid).not.toBe(before[at]);
});

const onDisk = diskTrouble() === null ? test : test.skip;
const why = diskTrouble() === null ? '' : ` (not here: ${diskTrouble()})`;

onDisk(`a full disk takes not one byte more, until it is freed${why}`, async () => {
  const file = join(stack.home, 'one-more');
  await stack.faults.fillDisk();
  expect(() => writeFileSync(file, 'x'.repeat(5_000))).toThrow('ENOSPC');
  await stack.faults.freeDisk();
  writeFileSync(file, 'x'.repeat(5_000));
  rmSync(file);
});

onDisk(`on a read-only disk nothing starts, and all of it does once it is writable${why}`, async () => {
  await stack.faults.readOnly();
  expect(() => mkdirSync(join(stack.home, 'folder'))).toThrow('EROFS');
  await expect(stack.faults.start('mongo')).rejects.toThrow('EROFS');
  await stack.faults.writable();
  await stack.faults.mend();
  await untilReady();
});
