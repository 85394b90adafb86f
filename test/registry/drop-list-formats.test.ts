/** Drop lists in the formats that registries publish: what is read of them, which rows are named as bad, and what is no list at all. */
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import {
  ListTooLarge,
  rowsOf,
  UnreadableList,
  type DropListFormat,
  type ListRow,
} from '../../registry/drop-list-formats.ts';

async function rowsIn(
  format: DropListFormat,
  parts: string | Buffer | Iterable<Buffer>,
  tlds: string[],
): Promise<ListRow[]> {
  const chunks = typeof parts === 'string' || Buffer.isBuffer(parts) ? [Buffer.from(parts)] : parts;
  const rows: ListRow[] = [];
  for await (const row of rowsOf(format, Readable.from(chunks), tlds)) rows.push(row);
  return rows;
}

const drop = (line: number, name: string, at: string, roid?: string): ListRow => ({
  ...{ kind: 'drop', line, name, at: Date.parse(at) },
  ...(roid !== undefined && { roid }),
});

/** As their publishers show them, or as their fields are described. */
const UK = `roid,domain,drop_time
1234567-UK,example.co.uk,2022-10-05T13:42:17Z
1234568-UK,example.uk,2022-10-05T13:42:18Z
`;
const SE = JSON.stringify({
  data: [
    { name: 'exempel.se', release_at: '2026-12-01' },
    { name: 'xn--rksmrgs-5wao1o.se', release_at: '2027-01-24' },
  ],
});
const AU = `Date,Eligible purge time,Domain name
16/12/2021,15:04:50,deletedexample.net.au
17/12/2021,1:04:50,other.com.au
`;
const REPORT = `TLD,DOMAIN,EXPIRED,PURGED
example,test1.example,2018-11-20T08:49:48Z,2018-11-25T08:49:48Z
example,test2.example,2018-11-20T08:49:50Z,2018-11-25T08:49:50Z
example,xn--4gqvdy3r.example,2018-11-20T18:05:09Z,2018-11-25T18:05:09Z
`;

test.each<[DropListFormat, string, string[], ListRow[]]>([
  [
    'uk_csv',
    UK,
    ['uk'],
    [
      drop(2, 'example.co.uk', '2022-10-05T13:42:17Z', '1234567-UK'),
      drop(3, 'example.uk', '2022-10-05T13:42:18Z', '1234568-UK'),
    ],
  ],
  [
    'se_json',
    SE,
    ['se'],
    [drop(1, 'exempel.se', '2026-12-01T00:00:00Z'), drop(2, 'xn--rksmrgs-5wao1o.se', '2027-01-24T00:00:00Z')],
  ],
  [
    'au_csv',
    AU,
    ['au'],
    [drop(2, 'deletedexample.net.au', '2021-12-16T15:04:50Z'), drop(3, 'other.com.au', '2021-12-17T01:04:50Z')],
  ],
  [
    'report_csv',
    REPORT,
    ['example'],
    [
      drop(2, 'test1.example', '2018-11-25T08:49:48Z'),
      drop(3, 'test2.example', '2018-11-25T08:49:50Z'),
      drop(4, 'xn--4gqvdy3r.example', '2018-11-25T18:05:09Z'),
    ],
  ],
])('a list in the format %s, plain, packed, and in any pieces', async (format, text, tlds, rows) => {
  expect(await rowsIn(format, text, tlds)).toEqual(rows);
  expect(await rowsIn(format, gzipSync(text), tlds)).toEqual(rows);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 40 }), async (size) => {
      const whole = Buffer.from(text);
      const parts = Array.from({ length: Math.ceil(whole.length / size) }, (_, n) =>
        whole.subarray(n * size, (n + 1) * size),
      );
      expect(await rowsIn(format, parts, tlds)).toEqual(rows);
    }),
    { numRuns: 20 },
  );
});

test('a list with a byte order mark, Windows lines, quotes, capitals, a dot at the end and Unicode', async () => {
  const text = '\uFEFFROID,Domain,Drop_Time\r\n"1-UK","BÜCHER.uk.","2022-10-05T14:42:17+01:00"\r\n\r\n';
  expect(await rowsIn('uk_csv', text, ['uk'])).toEqual([drop(2, 'xn--bcher-kva.uk', '2022-10-05T13:42:17Z', '1-UK')]);
});

test('days are auDA’s, in either spelling; a list of theirs may have no row of names', async () => {
  expect(await rowsIn('au_csv', '2021-12-16,15:04:50,one.id.au\n16/12/2021,15:04:50,two.au\n', ['au'])).toEqual([
    drop(1, 'one.id.au', '2021-12-16T15:04:50Z'),
    drop(2, 'two.au', '2021-12-16T15:04:50Z'),
  ]);
});

test('only names of columns are passed over: a row in another order is a bad row, wherever it stands', async () => {
  const row = 'example.net.au,16/12/2021,15:04:50';
  const faults = async (text: string) =>
    (await rowsIn('au_csv', text, ['au'])).map((each) => 'fault' in each && each.fault);
  expect(await faults(`${row}\n`)).toEqual(['not_a_name']);
  expect(await faults(`Domain name,Date,Time\n${row}\n`)).toEqual(['not_a_name', 'not_a_name']);
  expect(await faults('Domain name,Date,Time\n16/12/2021,15:04:50,example.net.au\n')).toEqual(['not_a_name', false]);
  expect(await faults('DATE,Purge Time,Domain\n')).toEqual([]);
});

test('bad rows are named, and the others are read', async () => {
  const text = `roid,domain,drop_time
1-UK,good.uk,2022-10-05T13:42:17Z
2-UK,bad.uk,soon
3-UK,bad.uk,2022-02-31T00:00:00Z
4-UK,other.com,2022-10-05T13:42:17Z
5-UK,not a name,2022-10-05T13:42:17Z
6-UK
7-UK,${'a'.repeat(64)}.uk,2022-10-05T13:42:17Z
8-UK,uk,2022-10-05T13:42:17Z
9-UK,also.uk,2022-10-05T13:42:17Z
`;
  const rejected = (line: number, fault: string, name?: string) => ({
    kind: 'rejected',
    line,
    fault,
    ...(name && { name }),
  });
  expect(await rowsIn('uk_csv', text, ['uk'])).toEqual([
    drop(2, 'good.uk', '2022-10-05T13:42:17Z', '1-UK'),
    rejected(3, 'not_an_instant', 'bad.uk'),
    rejected(4, 'not_an_instant', 'bad.uk'),
    rejected(5, 'other_tld', 'other.com'),
    rejected(6, 'not_a_name'),
    rejected(7, 'too_few_fields'),
    rejected(8, 'not_a_name'),
    rejected(9, 'not_a_name'),
    drop(10, 'also.uk', '2022-10-05T13:42:17Z', '9-UK'),
  ]);
  const odd = {
    data: [
      1,
      null,
      { name: 'a.se' },
      { name: 'b.se', release_at: '2026-13-01' },
      { name: 'c.nu', release_at: '2026-12-01' },
    ],
  };
  expect((await rowsIn('se_json', JSON.stringify(odd), ['se'])).map((row) => 'fault' in row && row.fault)).toEqual([
    ...['not_a_name', 'not_a_name', 'not_an_instant', 'not_an_instant', 'other_tld'],
  ]);
  expect(
    await rowsIn('report_csv', `${REPORT.split('\n')[0]}\nexample,a.other,,2018-11-25T08:49:48Z`, ['other', 'example']),
  ).toEqual([rejected(2, 'other_tld', 'a.other')]);
});

test('a list of nothing has no rows', async () => {
  expect(await rowsIn('uk_csv', 'roid,domain,drop_time\n', ['uk'])).toEqual([]);
  expect(await rowsIn('se_json', '{"data": []}', ['se'])).toEqual([]);
});

test.each<[string, DropListFormat, string | Buffer]>([
  ['nothing', 'uk_csv', ''],
  ['nothing', 'se_json', ''],
  ['a page that says who you are not', 'uk_csv', '<!doctype html><title>Sign in</title>'],
  ['another list', 'report_csv', UK],
  ['another list', 'se_json', UK],
  ['another list', 'uk_csv', SE],
  ['a list without data', 'se_json', '{"message": "not today"}'],
  ['a list whose data is no list', 'se_json', '{"data": {"name": "a.se"}}'],
  ['a list that breaks off', 'se_json', SE.slice(0, -10)],
  ['a packed list that breaks off', 'uk_csv', gzipSync(UK).subarray(0, 60)],
  ['what only begins like a packed list', 'uk_csv', Buffer.from([0x1f, 0x8b, 1, 2, 3, 4])],
  ['a line without an end', 'uk_csv', `roid,domain,drop_time\n${'x'.repeat(1_000_000)}`],
  ['a quote that is never closed', 'uk_csv', `roid,domain,drop_time\n"${'x\n'.repeat(100_000)}`],
  ['a name without an end', 'se_json', `{"data": [{"name": "${'x'.repeat(1_000_000)}`],
  ['brackets without an end', 'se_json', `{"data": ${'['.repeat(200_000)}`],
])('%s is no list in the format %s', async (_what, format, text) => {
  await expect(rowsIn(format, text, ['uk', 'se'])).rejects.toThrow(UnreadableList);
});

test('a file larger than any list, packed or not, is given up', async () => {
  const large = Buffer.alloc(1_000_000, 'a,b,c\n');
  const read = async (file: Buffer) => {
    for await (const _ of rowsOf('au_csv', Readable.from([file]), ['au'], 100_000));
  };
  await expect(read(large)).rejects.toThrow(ListTooLarge);
  await expect(read(gzipSync(large))).rejects.toThrow(ListTooLarge);
});
