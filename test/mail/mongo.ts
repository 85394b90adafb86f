/** A MongoDB for store tests: the one of MONGODB_URI, else the embedded one on a free port with a throwaway folder. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mongoServer } from '../../dev/fetch-mongo.ts';

export interface TestMongo {
  uri: string;
  stop(): Promise<void>;
}

export async function startMongo(): Promise<TestMongo> {
  const given = process.env['MONGODB_URI'];
  if (given) return { uri: given, stop: () => Promise.resolve() };
  const { command } = await mongoServer();
  const folder = await mkdtemp(join(tmpdir(), 'backorder-mongo-'));
  const port = await freePort();
  const [file, ...args] = command('127.0.0.1', port, folder);
  const child = spawn(file, args, { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    uri: `mongodb://127.0.0.1:${port}/test`,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
