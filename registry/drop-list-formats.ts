/**
 * Drop lists as registries publish them, read row by row while they arrive: a .uk list has tens of MB. A row that cannot be used is
 * named and passed over; a file that is not of its format is refused.
 *
 * - `uk_csv`: Nominet, https://registrars.nominet.uk/dragon/data/drop-lists: `roid,domain,drop_time`, the instant in ISO format.
 * - `se_json`: Internetstiftelsen, https://internetstiftelsen.se/en/domains/how-to-register-a-domain-name/se-and-nu-domains-that-may-soon-be-available/:
 *   https://data.internetstiftelsen.se/bardate_domains.json, `{"data": [{"name", "release_at"}]}`, the day of the release in UTC.
 * - `au_csv`: auDA, https://auda.org.au/web/au-domain-names/domain-name-help/official-domain-name-drop-list: date, time in UTC from when on
 *   the next purge may take the name, and name; one file each of expired and of deleted names.
 * - `report_csv`: draft-sattler-domain-drop-list-report-02: `TLD,DOMAIN,EXPIRED,PURGED`, instants as RFC 3339.
 *
 * All read 2026-11-24. Each may be packed with gzip.
 */
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { domainToASCII } from 'node:url';
import { JSONParser } from '@streamparser/json';
import { parse } from 'csv-parse';
import { isInstant } from '../rules/instants.ts';

export const DROP_LIST_FORMATS = ['uk_csv', 'se_json', 'au_csv', 'report_csv'] as const;
export type DropListFormat = (typeof DROP_LIST_FORMATS)[number];

/** Why a row was passed over. */
export const ROW_FAULTS = {
  too_few_fields: 'the row has fewer fields than the format',
  not_a_name: 'there is no domain name where the format has one',
  other_tld: 'the name is not below a TLD of this list',
  not_an_instant: 'there is no date or instant where the format has one',
  listed_twice: 'the list has this name in another row too; of their instants the earliest counts',
} as const;
export type RowFault = keyof typeof ROW_FAULTS;

export type ListRow =
  | { kind: 'drop'; line: number; name: string; at: number; roid?: string }
  | { kind: 'rejected'; line: number; fault: RowFault; name?: string };

/** The file is not of its format, or broke off. The message names no content of it. */
export class UnreadableList extends Error {
  override readonly name = 'UnreadableList';
}

/** The file is larger than any list. */
export class ListTooLarge extends Error {
  override readonly name = 'ListTooLarge';
}

/** As sent; unpacked eight times that. A .uk list has tens of MB unpacked. */
export const MAX_LIST_BYTES = 67_108_864;
const UNPACKED = 8;
const MAX_ROW_BYTES = 4_096;

type Cells = readonly string[];
/** What a format makes of one row. */
interface Shape {
  /** The names of the columns, where the format has a row of them first. */
  header?: Cells;
  /** What their names have in them, where such a row may come first and nobody says how it names them. */
  named?: readonly RegExp[];
  fields: number;
  read(cells: Cells): { name: string; at: number | undefined; roid?: string; tld?: string };
}

const CSV_SHAPES: Record<Exclude<DropListFormat, 'se_json'>, Shape> = {
  uk_csv: {
    header: ['roid', 'domain', 'drop_time'],
    fields: 3,
    read: ([roid = '', name = '', time = '']) => ({ name, at: instantOf(time), ...(roid !== '' && { roid }) }),
  },
  au_csv: {
    named: [/date/i, /time/i, /name|domain/i],
    fields: 3,
    read: ([date = '', time = '', name = '']) => ({ name, at: auInstant(date, time) }),
  },
  report_csv: {
    header: ['tld', 'domain', 'expired', 'purged'],
    fields: 4,
    read: ([tld = '', name = '', , purged = '']) => ({ name, at: instantOf(purged), tld }),
  },
};

/** `tlds`: names below others are not of this list. Throws UnreadableList and ListTooLarge. */
export async function* rowsOf(
  format: DropListFormat,
  file: Readable,
  tlds: readonly string[],
  maxBytes = MAX_LIST_BYTES,
): AsyncGenerator<ListRow> {
  try {
    if (format === 'se_json') yield* jsonRows(unpackedOf(file, maxBytes), tlds);
    else yield* csvRows(CSV_SHAPES[format], unpackedOf(file, maxBytes), tlds);
  } catch (error) {
    if (error instanceof ListTooLarge || error instanceof UnreadableList) throw error;
    if (!isFileFault(error)) throw error;
    throw new UnreadableList('the file breaks off, or is not of its format');
  }
}

/** What the parsers, zlib and a connection that ended early throw. */
const isFileFault = (error: unknown): boolean => {
  const { code = '', name = '' } = error as { code?: string; name?: string };
  return (
    /^(CSV_|Z_|ECONNRESET|ABORT_ERR|ERR_STREAM_PREMATURE_CLOSE)/.test(code) ||
    /^Token|Parser/.test(name) ||
    name === 'Error'
  );
};

async function* csvRows(
  { header, named, fields, read }: Shape,
  file: AsyncIterable<Buffer>,
  tlds: readonly string[],
): AsyncGenerator<ListRow> {
  const options = { bom: true, trim: true, info: true, skip_empty_lines: true, relax_column_count: true };
  const parser = pipeline(Readable.from(file), parse({ ...options, max_record_size: MAX_ROW_BYTES }), ignored);
  let isFirst = true;
  for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
    const first = isFirst;
    isFirst = false;
    if (first && header) {
      if (header.join() !== record.slice(0, fields).join().toLowerCase())
        throw new UnreadableList(`the first row is not ${header.join()}`);
      continue;
    }
    if (first && named?.every((word, column) => word.test(record[column] ?? ''))) continue;
    const { lines: line } = info;
    if (record.length < fields) yield { kind: 'rejected', line, fault: 'too_few_fields' };
    else yield rowFrom(line, read(record), tlds);
  }
  if (header && isFirst) throw new UnreadableList('the file is empty');
}

/** Of `data` each entry as it is read; its place in the list is its line. */
async function* jsonRows(file: AsyncIterable<Buffer>, tlds: readonly string[]): AsyncGenerator<ListRow> {
  const parser = new JSONParser({ paths: ['$.data', '$.data.*'], keepStack: false, stringBufferSize: MAX_ROW_BYTES });
  let read: ListRow[] = [];
  let isList = false;
  let line = 0;
  parser.onValue = ({ value, key, parent }) => {
    if (key === 'data') isList ||= Array.isArray(value);
    if (key === 'data' || !Array.isArray(parent)) return;
    line += 1;
    read.push(jsonRow(line, value, tlds));
    // Nothing is gained by holding what was read.
    parent.length = 0;
  };
  for await (const part of file) {
    parser.write(part);
    const rows = read;
    read = [];
    yield* rows;
  }
  if (!parser.isEnded || !isList) throw new UnreadableList('the file is not {"data": […]}');
}

function jsonRow(line: number, value: unknown, tlds: readonly string[]): ListRow {
  const { name, release_at: day } = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  if (typeof name !== 'string') return { kind: 'rejected', line, fault: 'not_a_name' };
  const at = typeof day === 'string' && /^\d{4}-\d\d-\d\d$/.test(day) ? instantOf(`${day}T00:00:00Z`) : undefined;
  return rowFrom(line, { name, at }, tlds);
}

const MAX_NAME = 253;
const NAME = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/;

function rowFrom(line: number, row: ReturnType<Shape['read']>, tlds: readonly string[]): ListRow {
  const { at, roid } = row;
  const written = row.name.toLowerCase().replace(/\.$/, '');
  const name = written.length <= MAX_NAME ? domainToASCII(written) : '';
  if (!NAME.test(name)) return { kind: 'rejected', line, fault: 'not_a_name' };
  const ownTld = row.tld === undefined || name.endsWith(`.${domainToASCII(row.tld.toLowerCase())}`);
  if (!ownTld || !tlds.some((tld) => name.endsWith(`.${tld}`)))
    return { kind: 'rejected', line, fault: 'other_tld', name };
  if (at === undefined) return { kind: 'rejected', line, fault: 'not_an_instant', name };
  return { kind: 'drop', line, name, at, ...(roid !== undefined && { roid: roid.slice(0, 89) }) };
}

const ISO = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/i;

function instantOf(text: string): number | undefined {
  // Date.parse takes the 31st of February for a day of March.
  const [year, month, day] = text.slice(0, 10).split('-').map(Number) as [number, number, number];
  const isDay = day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
  const at = ISO.test(text) && isDay ? Date.parse(text) : Number.NaN;
  return isInstant(at) ? at : undefined;
}

/** `16/12/2021` or `2021-12-16`, and `15:04:50`, in UTC. */
function auInstant(date: string, time: string): number | undefined {
  const [, day, month, year] = /^(\d\d?)\/(\d\d?)\/(\d{4})$/.exec(date) ?? [];
  const iso = year === undefined ? date : `${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}`;
  return /^\d\d?:\d\d:\d\d$/.test(time) ? instantOf(`${iso}T${time.padStart(8, '0')}Z`) : undefined;
}

/** Bounded as sent and unpacked; gzip is told by its first bytes, whatever a header says. */
async function* unpackedOf(file: Readable, maxBytes: number): AsyncGenerator<Buffer> {
  const sent = bounded(file, maxBytes);
  const first = await sent.next();
  if (first.done) return;
  const whole = Readable.from(startingWith(first.value, sent));
  const isPacked = first.value[0] === 0x1f && first.value[1] === 0x8b;
  yield* bounded(isPacked ? pipeline(whole, createGunzip(), ignored) : whole, maxBytes * UNPACKED);
}

/** Of a pipeline what goes wrong is thrown to who reads its end. */
const ignored = () => undefined;

async function* startingWith(first: Buffer, others: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* others;
}

async function* bounded(file: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const part of file) {
    bytes += part.length;
    if (bytes > maxBytes) throw new ListTooLarge('the file is larger than any list');
    yield part;
  }
}
