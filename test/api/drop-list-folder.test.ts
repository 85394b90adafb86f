/** Drop lists from a folder, with a store: what is picked up, when, and what a list that replaces another takes back. */
import { appendFile, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { DropListFolder } from '../../api/drop-list-folder.ts';
import { listDropLists, listedDrop } from '../../store/drop-lists.ts';
import { useEmptyStore } from '../store/mongo.ts';
import { fakeEngine, registryEntry } from './world.ts';

useEmptyStore();

const UK = 'roid,domain,drop_time\n';
const AT = '2026-12-05T13:42:17Z';
let home = '';
let lines: string[] = [];
let folder: DropListFolder;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'backorder-lists-'));
  lines = [];
  const registries = [registryEntry('nominet', ['uk', 'co.uk']), registryEntry('auda', ['au'])];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  folder = new DropListFolder(
    home,
    { engine: fakeEngine(), registries, now: () => Date.parse('2026-11-24T12:00:00Z') },
    log,
  );
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function put(file: string, content: string, changed = '2026-11-24T04:00:00Z'): Promise<void> {
  const path = join(home, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  await utimes(path, new Date(changed), new Date(changed));
}
const loaded = async () => (await listDropLists(undefined, 10)).map(({ scope, listed }) => `${scope}: ${listed}`);

test('a file is loaded once it was still for a round, and again when it changed', async () => {
  await put('uk_csv/uk/uk.csv', `${UK}1-UK,first.uk,${AT}\n`);
  await folder.round();
  expect(await loaded()).toEqual([]);
  for (let n = 0; n < 3; n++) await folder.round();
  expect(await loaded()).toEqual(['uk: 1']);
  expect(await listedDrop('first.uk')).toMatchObject({ at: Date.parse(AT), roid: '1-UK' });
  // The next day's list no longer has the name.
  await put('uk_csv/uk/uk.csv', `${UK}2-UK,second.uk,${AT}\n`, '2026-11-24T10:00:00Z');
  for (let n = 0; n < 3; n++) await folder.round();
  expect(await loaded()).toEqual(['uk: 1', 'uk: 1']);
  expect([await listedDrop('first.uk'), (await listedDrop('second.uk'))?.at]).toEqual([undefined, Date.parse(AT)]);
});

test('sections of a list stand beside each other, and an older file takes nothing back', async () => {
  await put('au_csv/au/expired/2026-11-24.csv', '24/11/2026,15:04:50,one.com.au\n');
  await put('au_csv/au/deleted/2026-11-24.csv', '24/11/2026,15:04:50,two.com.au\n');
  for (let n = 0; n < 2; n++) await folder.round();
  expect((await loaded()).toSorted()).toEqual(['au/deleted: 1', 'au/expired: 1']);
  await put('au_csv/au/expired/2026-11-23.csv', '23/11/2026,15:04:50,old.com.au\n');
  for (let n = 0; n < 2; n++) await folder.round();
  expect([await listedDrop('old.com.au'), (await listedDrop('one.com.au')) !== undefined]).toEqual([undefined, true]);
});

test('what is wrong with a file is said once, and leaves nothing', async () => {
  await put('uk_csv/uk/uk.csv', '<!doctype html>');
  await put('uk_csv/zz/zz.csv', UK);
  await put('lying-about.csv', UK);
  await put('uk_csv/uk/other/uk.csv', `${UK}1-X,only.com,${AT}\n`);
  await put('uk_csv/uk/ahead/2026-11-26.csv', `${UK}1-X,ahead.uk,${AT}\n`);
  for (let n = 0; n < 4; n++) await folder.round();
  const said = lines.map((line) => JSON.parse(line) as { file: string; code?: string; why?: string; msg: string });
  expect(said.map(({ file, code, why }) => [file, code ?? why])).toEqual([
    ['lying-about.csv', undefined],
    ['uk_csv/uk/ahead/2026-11-26.csv', 'drop_list_ahead'],
    ['uk_csv/uk/other/uk.csv', 'malformed_drop_list'],
    ['uk_csv/uk/uk.csv', 'the first row is not roid,domain,drop_time'],
    ['uk_csv/zz/zz.csv', 'tld_not_supported'],
  ]);
  expect(await loaded()).toEqual([]);
  await appendFile(join(home, 'lying-about.csv'), 'x');
  for (let n = 0; n < 2; n++) await folder.round();
  expect(lines).toHaveLength(6);
});

test('where the sun rises first it is the next day already', async () => {
  await put('au_csv/au/2026-11-25.csv', '25/11/2026,15:04:50,one.com.au\n');
  for (let n = 0; n < 2; n++) await folder.round();
  expect(await loaded()).toEqual(['au: 1']);
});

test('a list of many batches is stored as it is read', async () => {
  const rows = Array.from({ length: 2_500 }, (_, n) => `${n}-UK,name-${n}.uk,${AT}`);
  await put('uk_csv/nominet/uk.csv', `${UK}${rows.join('\n')}\n`);
  for (let n = 0; n < 2; n++) await folder.round();
  expect(await loaded()).toEqual(['nominet: 2500']);
  expect((await listedDrop('name-2499.uk'))?.at).toBe(Date.parse(AT));
});
