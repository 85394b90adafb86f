/** The hostile RDAP server, as a process of its own for the tests of one file. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Answers where it listens, once the tests run. */
export function useHostileRdap(): () => string {
  let hostile: ReturnType<typeof fork>;
  let base = '';
  beforeAll(async () => {
    hostile = fork(join(import.meta.dirname, 'rdap-hostile.mjs'), { execArgv: [] });
    const [{ port }] = (await once(hostile, 'message')) as [{ port: number }];
    base = `http://127.0.0.1:${port}`;
  });
  afterAll(async () => {
    hostile.disconnect();
    await once(hostile, 'exit');
  });
  return () => base;
}
