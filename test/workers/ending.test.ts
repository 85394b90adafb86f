/** Told to end while it is still loading: a supervisor that changes its mind sees an orderly end, not a process that was killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const DIST = resolve(__dirname, '../../dist');

/** In the process, before anything of ours: as soon as somebody listens, it says what is loaded by then, and tells it to end. */
const AT_ONCE = `import { createRequire } from 'node:module';
const { cache } = createRequire('file:///');
process.once('newListener', function said(event) {
  if (event !== 'SIGTERM') return void process.once('newListener', said);
  process.stdout.write(String(Object.keys(cache).length) + ' modules are loaded');
  process.kill(process.pid, 'SIGTERM');
});`;

test.each(['workers/main.js', 'workers/catcher.js'])(
  '%s listens for the end before it loads what it works with, and then ends with 0',
  async (program) => {
    const home = mkdtempSync(join(tmpdir(), 'backorder-ending-'));
    const env = {
      BACKORDER_HOME: home,
      MONGODB_URI: 'mongodb://127.0.0.1:9/none',
      TEMPORAL_ADDRESS: '127.0.0.1:9',
      LOG_LEVEL: 'silent',
    };
    const preload = `data:text/javascript,${encodeURIComponent(AT_ONCE)}`;
    const child = spawn(process.execPath, ['--import', preload, join(DIST, program)], { env });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => void (said += chunk.toString()));
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    rmSync(home, { recursive: true, force: true });
    expect([code, signal, said]).toEqual([0, null, '0 modules are loaded']);
  },
);
