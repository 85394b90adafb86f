/**
 * Every server is looked for in the same order: PATH, the cache, a package, the maker's own download. Each step answers,
 * passes or says in a few words why not, within its limit; together they say in one line what a person should do.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { onPath } from './command.ts';
import { serversCache } from './root.ts';

/** No step had the server. `message` is one line: what was tried, and what to do. */
export class ServerMissing extends Error {
  override readonly name = 'ServerMissing';
}

/** Throws when it should have had it and could not get it; its message becomes part of the line. */
export interface Step {
  from: string;
  find: () => Promise<string | undefined>;
}

export interface Found {
  path: string;
  /** In words: `PATH`, `cache`, the package's name. */
  from: string;
}

export async function find(what: string, steps: Step[], advice: string): Promise<Found> {
  const tried: string[] = [];
  for (const { from, find: look } of steps) {
    try {
      const path = await look();
      if (path !== undefined) return { path, from };
      tried.push(`not in ${from}`);
    } catch (error) {
      tried.push(`${from}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new ServerMissing(`${what} could not be found or fetched. ${advice} (Tried: ${tried.join('; ')}.)`);
}

export const pathStep = (name: string): Step => ({ from: 'PATH', find: () => Promise.resolve(onPath(name)) });

export const cacheStep = (folder: string, file: string): Step => ({
  from: 'cache',
  find: () => {
    const path = join(serversCache(), folder, file);
    return Promise.resolve(existsSync(path) ? path : undefined);
  },
});

/** Fills a folder of the cache all or not at all: two that fetch at once, or a kill in between, leave nothing half. */
export async function intoCache(folder: string, fill: (empty: string) => Promise<void>): Promise<string> {
  const final = join(serversCache(), folder);
  const empty = `${final}.${process.pid}-${randomBytes(3).toString('hex')}`;
  await mkdir(empty, { recursive: true });
  try {
    await fill(empty);
    await mkdir(dirname(final), { recursive: true });
    await rename(empty, final).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(final)) throw error;
    });
    return final;
  } finally {
    await rm(empty, { recursive: true, force: true });
  }
}
