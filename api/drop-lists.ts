/**
 * Loading a drop list, from a request or from a folder: read and stored row by row, complete in one write, and then told to the arbiters
 * of the names it moves. The same file again is the same list.
 */
import { createHash, type Hash } from 'node:crypto';
import { Transform, pipeline, type Readable } from 'node:stream';
import pLimit from 'p-limit';
import type { RegistryEntry } from '../registry/entry.ts';
import { rowsOf, type DropListFormat, type ListRow, type RowFault } from '../registry/drop-list-formats.ts';
import * as store from '../store/drop-lists.ts';
import type { DropListDoc, Entry, NewDropList } from '../store/drop-lists.ts';
import { watchedNames } from '../store/reservation-queries.ts';
import { findSandboxName } from '../store/sandbox-names.ts';
import { furthestClock } from '../store/test-clocks.ts';
import type { RouteDeps } from './deps.ts';
import { randomId } from './ids.ts';
import { TEST_TLD } from './names.ts';
import { problem, Problem } from './problems.ts';
import { underClock } from './under-clock.ts';

export interface ListSource {
  format: DropListFormat;
  /** A TLD, or the id of a registry whose list has several. */
  of: string;
  section?: string;
  published: number;
  by: DropListDoc['by'];
}

export type LoadDeps = Pick<RouteDeps, 'engine' | 'registries' | 'now'>;

type Drop = Extract<ListRow, { kind: 'drop' }>;

const BATCH = 1_000;
const SHOWN_REJECTS = 100;
const TOLD_AT_ONCE = 8;

/** A registry by one of its TLDs, or by its id. */
export function registryNamed(
  registries: readonly RegistryEntry[],
  of: string,
): { entry: RegistryEntry; tlds: string[] } | undefined {
  const byTld = registries.find(({ tlds }) => tlds.includes(of));
  if (byTld) return { entry: byTld, tlds: [of] };
  const byId = registries.find(({ id }) => id === of);
  return byId && { entry: byId, tlds: byId.tlds };
}

/** A list that was read and stored, and does not count yet. */
export interface Staged {
  list: NewDropList;
  counts: Pick<DropListDoc, 'digest' | 'rows' | 'listed' | 'rejected' | 'rejects'>;
}

/** So far ahead another's clock may be; and the day in a file's name begins up to 14 hours earlier, east of UTC. */
const AHEAD_MS = { api: 300_000, folder: 14 * 3_600_000 + 300_000 } as const;

/** Published later than now. Names of the sandbox live by test clocks: the one that is furthest ahead tells now, if it is later. */
async function isAhead({ now }: LoadDeps, { published, by }: ListSource, tlds: readonly string[]): Promise<boolean> {
  const clock = tlds.includes(TEST_TLD) ? await furthestClock() : undefined;
  return published > Math.max(now(), clock ?? -Infinity) + AHEAD_MS[by];
}

/** Reads and stores the file. Throws UnreadableList and ListTooLarge, and has then left nothing. */
export async function stageDropList(deps: LoadDeps, source: ListSource, file: Readable): Promise<Staged | Problem> {
  const named = registryNamed(deps.registries, source.of);
  if (!named) return problem('tld_not_supported', { param: 'of' });
  const { entry, tlds } = named;
  // It would count until then, whatever the registry publishes meanwhile.
  if (await isAhead(deps, source, tlds)) return problem('drop_list_ahead', { param: 'published' });
  const { format, of, section, published, by } = source;
  const list: NewDropList = {
    _id: randomId('dlt'),
    scope: section === undefined ? of : `${of}/${section}`,
    ...{ format, tlds, by, registry: entry.id, section: section ?? null, livemode: !tlds.includes(TEST_TLD) },
    ...{ published: new Date(published), loaded: new Date(deps.now()) },
  };
  await store.beginDropList(list);
  try {
    const hash = createHash('sha256');
    const counts = await storeRows(list, rowsOf(format, hashed(file, hash), tlds));
    if (counts.listed > 0) return { list, counts: { ...counts, digest: hash.digest('hex') } };
    await store.discardDropList(list._id);
    if (counts.rows === 0) return problem('empty_drop_list');
    return problem('malformed_drop_list', { detail: 'No row of the file is of this format and below this TLD.' });
  } catch (error) {
    await store.discardDropList(list._id).catch(() => undefined);
    throw error;
  }
}

const hashed = (file: Readable, hash: Hash): Readable =>
  pipeline(
    file,
    new Transform({
      transform(part: Buffer, _encoding, done) {
        hash.update(part);
        done(null, part);
      },
    }),
    () => undefined,
  );

async function storeRows(list: NewDropList, rows: AsyncIterable<ListRow>): Promise<Omit<Staged['counts'], 'digest'>> {
  const counts = { rows: 0, listed: 0, rejected: 0, rejects: [] as DropListDoc['rejects'] };
  const reject = (line: number, reason: RowFault, name?: string) => {
    counts.rejected += 1;
    if (counts.rejects.length < SHOWN_REJECTS)
      counts.rejects.push({ line, reason, ...(name !== undefined && { name }) });
  };
  let batch: Drop[] = [];
  const storeBatch = async () => {
    const again = batch.length > 0 ? await store.addEntries(list, batch) : [];
    counts.listed += batch.length - again.length;
    for (const { line, name } of again.map((place) => batch[place] as Drop)) reject(line, 'listed_twice', name);
    batch = [];
  };
  for await (const row of rows) {
    counts.rows += 1;
    if (row.kind === 'rejected') reject(row.line, row.fault, row.name);
    else batch.push(row);
    if (batch.length === BATCH) await storeBatch();
  }
  await storeBatch();
  return { ...counts, rejects: counts.rejects.toSorted((a, b) => a.line - b.line) };
}

export const discard = ({ list }: Staged): Promise<void> => store.discardDropList(list._id);

/** Makes a staged list count, unless it is there already or older than the one that is. Arbiters of names it moves look at once. */
export async function completeDropList(
  deps: LoadDeps,
  { list, counts }: Staged,
): Promise<{ list: DropListDoc; isNew: boolean } | Problem> {
  const before = await store.currentDropList(list.scope);
  const isAgain = before?.digest === counts.digest && before.published.getTime() === list.published.getTime();
  if (before && isAgain) {
    await store.discardDropList(list._id);
    return { list: before.moved === null ? await tellArbiters(deps, before, null) : before, isNew: false };
  }
  if (before && before.published > list.published) {
    await store.discardDropList(list._id);
    return problem('drop_list_outdated');
  }
  await store.completeDropList(list._id, counts);
  const complete = { ...list, ...counts, state: 'complete', watched: 0, moved: null, expires: new Date(0) } as const;
  const told = await tellArbiters(deps, complete, before);
  if (before) await store.dropEntries(before._id);
  return { list: told, isNew: true };
}

/** Those whose drop is another by this list than by the one before; all it has where nobody knows who was told of that one. */
async function tellArbiters(deps: LoadDeps, list: DropListDoc, before: DropListDoc | null): Promise<DropListDoc> {
  const atOnce = pLimit(TOLD_AT_ONCE);
  let [watched, moved] = [0, 0];
  for await (const names of watchedNames(list.tlds, BATCH)) {
    const now = await store.entriesOf(list._id, names);
    const then = before ? await store.entriesOf(before._id, names) : new Map<string, Entry>();
    watched += now.size;
    const wasTold = before === null || before.moved !== null;
    const changed = names.filter((name) => !wasTold || now.get(name)?.at !== then.get(name)?.at);
    moved += changed.length;
    await Promise.all(changed.map((name) => atOnce(() => look(deps, name))));
  }
  await store.noteMoved(list._id, { watched, moved });
  return { ...list, watched, moved };
}

/** A clock that is moving makes its names look anyway. */
async function look({ engine }: LoadDeps, name: string): Promise<void> {
  const isTest = name.endsWith(`.${TEST_TLD}`);
  const clock = isTest ? ((await findSandboxName(name))?.test_clock ?? undefined) : undefined;
  await underClock(engine, clock, name, async (tick) => {
    const sent = await engine.check(name, tick);
    return sent === 'gone' ? problem('domain_not_found') : sent;
  });
}
