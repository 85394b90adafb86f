/** Toxiproxy, the TCP proxy that faults are made with: where to find it. Only tests need it. */
import { existsSync } from 'node:fs';
import { writeFile, chmod, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { command, onPath } from './command.ts';
import { cacheStep, find, intoCache, pathStep, type Found, type Step } from './find-server.ts';

/** The newest that Go's module proxy lists; what is used of it has not changed since. */
const VERSION = '2.5.0';
const FOLDER = `toxiproxy-${VERSION}`;
const BINARY = 'toxiproxy-server';
const GO_LIMIT_MS = 240_000;
const DOWNLOAD_LIMIT_MS = 60_000;

/** Throws ServerMissing. */
export function toxiproxy(signal?: AbortSignal): Promise<Found> {
  return find(
    'Toxiproxy',
    [pathStep(BINARY), cacheStep(FOLDER, BINARY), goStep(signal), downloadStep(signal)],
    `Install Go, or put ${BINARY} on PATH.`,
  );
}

function goStep(signal?: AbortSignal): Step {
  return {
    from: 'Go',
    find: async () => {
      const go = onPath('go');
      if (!go) throw new Error('no go found');
      const folder = await intoCache(FOLDER, async (empty) => {
        const module = `github.com/Shopify/toxiproxy/v2/cmd/server@v${VERSION}`;
        // `go install` takes its target from the environment alone.
        await command('env', [`GOBIN=${empty}`, go, 'install', module], {
          limitMs: GO_LIMIT_MS,
          ...(signal ? { signal } : {}),
        });
        if (!existsSync(join(empty, 'server'))) throw new Error('go built nothing');
        await rename(join(empty, 'server'), join(empty, BINARY));
      });
      return join(folder, BINARY);
    },
  };
}

const ARCHITECTURES: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };

function downloadStep(signal?: AbortSignal): Step {
  return {
    from: 'the official download',
    find: async () => {
      const file = `${BINARY}-${process.platform}-${ARCHITECTURES[process.arch] ?? process.arch}`;
      const url = `https://github.com/Shopify/toxiproxy/releases/download/v${VERSION}/${file}`;
      const limit = AbortSignal.timeout(DOWNLOAD_LIMIT_MS);
      const folder = await intoCache(FOLDER, async (empty) => {
        const answer = await fetch(url, { signal: signal ? AbortSignal.any([signal, limit]) : limit }).catch(
          () => null,
        );
        if (!answer?.ok) throw new Error('could not be had');
        await writeFile(join(empty, BINARY), Buffer.from(await answer.arrayBuffer()));
        await chmod(join(empty, BINARY), 0o755);
      });
      return join(folder, BINARY);
    },
  };
}
