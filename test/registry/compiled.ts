/** The registry as plain JavaScript in a folder of its own, for tests that need it as a process: Node 20 runs no TypeScript. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { transform } from '@swc/core';
import { after } from './world.ts';

const ROOT = resolve(__dirname, '../..');

/** Under node_modules, so that packages are found from there. The caller removes it. */
export async function compiledRegistry(): Promise<{ main: string; remove: () => Promise<void> }> {
  const cache = join(ROOT, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'registry-'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const sources = ['config.ts', 'logging.ts'].map((file) => join(ROOT, file));
  for (const part of ['registry', 'rules']) {
    const listed = await readdir(join(ROOT, part), { recursive: true });
    sources.push(...listed.filter((path) => path.endsWith('.ts')).map((path) => join(ROOT, part, path)));
  }
  for (const source of sources) {
    const { code } = await transform(await readFile(source, 'utf8'), {
      filename: source,
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'es6' },
    });
    const target = join(folder, relative(ROOT, source).replace(/\.ts$/, '.js'));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, code.replace(/(from\s+["']\.[^"']*)\.ts(["'])/g, '$1.js$2'));
  }
  return { main: join(folder, 'registry/sandbox/main.js'), remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Ended after the test, if not before. `up` is the line that says so; `said` is what came on stderr. */
export function startRegistry(
  main: string,
  env: Record<string, string | number>,
): {
  child: ChildProcess;
  up: Promise<object>;
  ended: Promise<{ code: number | null; said: string }>;
} {
  const variables = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, String(value)]));
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env['PATH'], ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  after(() => child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, said }));
  const up = new Promise<object>((resolve, reject) => {
    createInterface({ input: child.stdout }).on(
      'line',
      (line) => line.includes('is up') && resolve(JSON.parse(line) as object),
    );
    void ended.then(({ said: why }) => reject(new Error(`the sandbox ended: ${why}`)));
  });
  // Not every test waits for it to be up.
  up.catch(() => undefined);
  return { child, up, ended };
}
