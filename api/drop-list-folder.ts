/**
 * Drop lists from a folder: `<format>/<TLD or registry>[/<section>]/<file>`, picked up when a file appears or changes and has been still for
 * one round. The day in its name is when it was published, else its time of change.
 */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Logger } from 'pino';
import { DROP_LIST_FORMATS, ListTooLarge, UnreadableList, type DropListFormat } from '../registry/drop-list-formats.ts';
import { completeDropList, stageDropList, type ListSource, type LoadDeps } from './drop-lists.ts';
import { isOutage } from './outages.ts';
import { Problem } from './problems.ts';

const EVERY_MS = 30_000;
const DAY = /\d{4}-\d\d-\d\d/;

/** One round: undefined where the file is not yet still, or was done before. */
export class DropListFolder {
  readonly #folder: string;
  readonly #deps: LoadDeps;
  readonly #log: Logger;
  /** What each file looked like last round, and what it looked like when it was done. */
  #seen = new Map<string, string>();
  readonly #done = new Map<string, string>();

  constructor(folder: string, deps: LoadDeps, log: Logger) {
    this.#folder = folder;
    this.#deps = deps;
    this.#log = log;
  }

  async round(): Promise<void> {
    const seen = new Map<string, string>();
    for (const file of await filesIn(this.#folder)) {
      const { size, mtimeMs } = await stat(join(this.#folder, file));
      const looks = `${size} ${mtimeMs}`;
      seen.set(file, looks);
      const isStill = this.#seen.get(file) === looks;
      if (isStill && this.#done.get(file) !== looks && (await this.#load(file, mtimeMs))) this.#done.set(file, looks);
    }
    this.#seen = seen;
  }

  /** False: nothing is known to be wrong with the file, and it is tried again. */
  async #load(file: string, mtimeMs: number): Promise<boolean> {
    const source = sourceOf(file, mtimeMs);
    if (!source) {
      this.#log.warn({ file }, 'a drop list must be at <format>/<TLD or registry>[/<section>]/<file>');
      return true;
    }
    try {
      const staged = await stageDropList(this.#deps, source, createReadStream(join(this.#folder, file)));
      const done = staged instanceof Problem ? staged : await completeDropList(this.#deps, staged);
      if (done instanceof Problem) this.#log.warn({ file, code: done.code }, 'a drop list was not taken');
      else if (done.isNew) {
        const { _id: id, listed, rejected, watched, moved } = done.list;
        this.#log.info({ file, id, listed, rejected, watched, moved }, 'a drop list was loaded');
      }
      return true;
    } catch (error) {
      const isFile = error instanceof UnreadableList || error instanceof ListTooLarge;
      if (isFile) this.#log.warn({ file, why: error.message }, 'a drop list was not taken');
      else if (!isOutage(error))
        this.#log.error({ file, type: (error as Error).name }, 'a drop list could not be loaded');
      return isFile;
    }
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map(({ parentPath, name }) => join(parentPath, name).slice(join(folder, sep).length))
    .toSorted();
}

function sourceOf(file: string, mtimeMs: number): ListSource | undefined {
  const [format = '', of, ...rest] = file.split(sep);
  const [section, name] = rest.length === 2 ? rest : [undefined, rest[0]];
  if (!isFormat(format) || of === undefined || name === undefined || rest.length > 2) return undefined;
  const day = DAY.exec(name)?.[0];
  const published = day === undefined ? Number.NaN : Date.parse(day);
  return {
    ...{ format, of: of.toLowerCase(), by: 'folder' },
    published: Number.isNaN(published) ? Math.floor(mtimeMs) : published,
    ...(section !== undefined && { section }),
  };
}

const isFormat = (word: string): word is DropListFormat => (DROP_LIST_FORMATS as readonly string[]).includes(word);

/** Answers a function that ends it. */
export function watchDropLists(folder: string | undefined, deps: LoadDeps, log: Logger): () => void {
  if (folder === undefined) return () => undefined;
  const lists = new DropListFolder(folder, deps, log);
  let running = false;
  const round = () => {
    if (running) return;
    running = true;
    lists
      .round()
      .catch((error: unknown) =>
        log.warn({ code: (error as NodeJS.ErrnoException).code }, 'BACKORDER_DROP_LISTS cannot be read'),
      )
      .finally(() => (running = false));
  };
  round();
  const timer = setInterval(round, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
