/** The sandbox on a disk that fills up: all that it answered is there when it is started again, and it answers nothing behind what failed. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../dev/ports.ts';
import { SmallDisk } from '../../dev/small-disk.ts';
import { sandboxControl } from '../../registry/sandbox/control.ts';
import { openFactStore, type FactStore } from '../../registry/sandbox/store.ts';
import { compiledRegistry, startRegistry } from './compiled.ts';
import { after, closeAll } from './world.ts';

const trouble = SmallDisk.trouble();
const onDisk = trouble === undefined ? test : test.skip;
const why = trouble === undefined ? '' : ` (not here: ${trouble})`;

let folder: string;
let disk: SmallDisk;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backorder-full-'));
  disk = SmallDisk.mount(folder, 16_000_000) as SmallDisk;
});
afterEach(async () => {
  await closeAll();
  disk.unmount();
  rmSync(folder, { recursive: true });
});

const fact = (name: string) => ({ name, happened: [], accepted: [], padding: 'x'.repeat(3_000) });
/** Those of which the saving was answered. */
async function savedOf(store: FactStore, names: string[]): Promise<string[]> {
  const saved = await Promise.allSettled(names.map((name) => store.saveDomain(fact(name))));
  return names.filter((_name, at) => saved[at]?.status === 'fulfilled');
}
const names = (from: string) => Array.from({ length: 20 }, (_each, at) => `${from}${at}.test`);

onDisk(`after a write that failed none is answered, and what was before is there when opened again${why}`, async () => {
  const path = join(folder, 'facts');
  const failures: unknown[] = [];
  const store = await openFactStore(path, (error) => failures.push(error));
  const before = await savedOf(store, names('before'));
  expect(before).toEqual(names('before'));
  expect(failures).toEqual([]);
  disk.fill();
  const during: string[] = [];
  for (const name of names('during')) during.push(...(await savedOf(store, [name])));
  expect(during.length).toBeLessThan(20);
  expect(failures[0]).toMatchObject({ code: 'LEVEL_IO_ERROR' });
  disk.free();
  expect(await savedOf(store, names('behind'))).toEqual([]);
  await store.close();
  const again = await openFactStore(path, () => undefined);
  after(() => again.close());
  expect(again.domains.map(({ name }) => name)).toEqual(expect.arrayContaining([...before, ...during]));
});

onDisk(`the process ends with one line, and started again it knows all that it answered${why}`, async () => {
  const compiled = await compiledRegistry();
  after(compiled.remove);
  const home = join(folder, 'home');
  mkdirSync(home);
  const ports = { EPP_PORT: await freePort(), RDAP_PORT: await freePort() };
  const start = () => startRegistry(compiled.main, { BACKORDER_HOME: home, ...ports });
  const first = start();
  await first.up;
  const control = sandboxControl({ home, port: ports.RDAP_PORT });
  const answered: string[] = [];
  const put = async (name: string) => {
    await control.put(name, {});
    answered.push(name);
  };
  await put('before.test');
  disk.fill();
  await expect(
    (async () => {
      for (let at = 0; ; at++) await put(`during${at}.test`);
    })(),
  ).rejects.toThrow();
  expect(await first.ended).toEqual({
    code: 1,
    said: 'sandbox: its facts can no longer be written (LEVEL_IO_ERROR); free its disk and start it again\n',
  });
  disk.free();
  const second = start();
  await second.up;
  for (const name of answered) expect(await control.get(name)).toMatchObject({ name });
  await control.put('behind.test', {});
  second.child.kill('SIGTERM');
  expect(await second.ended).toEqual({ code: 0, said: '' });
});
