/**
 * The last step of finding a server: the download its makers offer. The libraries that know it cannot be interrupted,
 * so they run in a process of their own (official-download.ts), which the limit ends.
 */
import { join } from 'node:path';
import { command } from './command.ts';
import type { Step } from './find-server.ts';
import { root, serversCache } from './root.ts';

export type Official = 'temporal' | 'temporal-test-server' | 'mongod';

const LIMIT_MS = 90_000;

export function officialStep(what: Official, signal?: AbortSignal): Step {
  return {
    from: 'the official download',
    find: async () => {
      const program = join(root(), 'dist', 'dev', 'official-download.js');
      const options = { limitMs: LIMIT_MS, ...(signal ? { signal } : {}) };
      const folder = join(serversCache(), `${what}-official`);
      const said = await command(process.execPath, [program, what, folder], options).catch(refused);
      return said.trim().split('\n').pop();
    },
  };
}

/** What the library said names its own inner workings; to whoever reads it only that it failed, or took too long, matters. */
function refused(error: unknown): never {
  const slow = error instanceof Error && error.message.includes('longer than');
  throw new Error(slow ? 'took too long' : 'could not be had');
}
