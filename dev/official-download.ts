/** `official-download.js <what> <folder>`: lets the library that knows the official download fetch it, and prints its path. */
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Official } from './official.ts';

async function download(what: Official, folder: string): Promise<string> {
  if (what === 'mongod') {
    const { MongoBinary } = await import('mongodb-memory-server-core');
    return MongoBinary.getPath({ downloadDir: folder, version: '7.0.24' });
  }
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const executable = { type: 'cached-download' as const, downloadDir: folder };
  const environment =
    what === 'temporal'
      ? await TestWorkflowEnvironment.createLocal({ server: { executable } })
      : await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  await environment.teardown();
  const file = readdirSync(folder).find((name) => name.startsWith('temporal'));
  if (!file) throw new Error('nothing was downloaded');
  chmodSync(join(folder, file), 0o755);
  return join(folder, file);
}

const [what = '', folder = ''] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
download(what as Official, folder).then(
  (path) => {
    process.stdout.write(`${path}\n`);
    process.exit(0);
  },
  (error: unknown) => {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
