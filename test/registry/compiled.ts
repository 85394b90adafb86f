/** The registry as plain JavaScript in a folder of its own, for tests that need it as a process: Node 20 runs no TypeScript. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { transform } from '@swc/core';

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
