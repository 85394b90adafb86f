/**
 * One embedded MongoDB for all test files of a run, on a free port with a throwaway folder. It starts when the first of them asks
 * MONGO_ON_DEMAND for its address: most need none.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mongoServer } from '../../dev/fetch-mongo.ts';
import { freePort } from '../../dev/ports.ts';

declare global {
  var endMongo: (() => Promise<void>) | undefined;
}

export default async function setup(): Promise<void> {
  let started: Promise<{ uri: string; stop: () => Promise<void> }> | undefined;
  const door = createServer((_request, response) => {
    started ??= start();
    started.then(
      ({ uri }) => response.end(uri),
      (error: unknown) => response.writeHead(503).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => void door.listen(0, '127.0.0.1', resolve));
  process.env['MONGO_ON_DEMAND'] = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
  globalThis.endMongo = async () => {
    door.close();
    // One that could not start has told so whoever asked for it.
    await (await started?.catch(() => undefined))?.stop();
  };
}

async function start() {
  const { command } = await mongoServer();
  const folder = await mkdtemp(join(tmpdir(), 'backorder-mongo-'));
  const port = await freePort();
  const [file, ...args] = command('127.0.0.1', port, folder);
  const child = spawn(file, args, { stdio: 'ignore' });
  const ended = once(child, 'exit');
  return {
    uri: `mongodb://127.0.0.1:${port}`,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
