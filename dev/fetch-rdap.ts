/**
 * A foreign RDAP server to be tested against: ICANN's own, in memory, built from its crate. Building takes minutes, so it
 * belongs to `npm run test:foreign` and not to `npm test`.
 */
import { join } from 'node:path';
import { command, onPath } from './command.ts';
import { cacheStep, find, intoCache, pathStep, type Found } from './find-server.ts';

/** The last that Rust before 1.97 builds. */
const VERSION = '0.0.24';
const FOLDER = `icann-rdap-srv-${VERSION}`;
const CARGO_LIMIT_MS = 40 * 60_000;

/** Throws ServerMissing. */
export function rdapServer(signal?: AbortSignal): Promise<Found> {
  return find(
    "ICANN's RDAP server",
    [
      pathStep('rdap-srv'),
      cacheStep(FOLDER, 'bin/rdap-srv'),
      { from: `the crate icann-rdap-srv`, find: () => built(signal) },
    ],
    'Install Rust with cargo and the OpenSSL headers, or put rdap-srv on PATH.',
  );
}

async function built(signal?: AbortSignal): Promise<string> {
  const cargo = onPath('cargo');
  if (!cargo) throw new Error('no cargo found');
  const folder = await intoCache(FOLDER, async (empty) => {
    // Unoptimised: it answers a dozen requests, and optimising it takes longer than all of them.
    const args = ['install', '--quiet', '--locked', '--debug', '--bin', 'rdap-srv', '--root', empty];
    await command(cargo, [...args, '--version', VERSION, 'icann-rdap-srv'], {
      limitMs: CARGO_LIMIT_MS,
      ...(signal ? { signal } : {}),
    });
  });
  return join(folder, 'bin', 'rdap-srv');
}
