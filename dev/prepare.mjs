/**
 * What must be there before anything of ours can run: a Node that is new enough, the dependencies of the lock file, and
 * `dist` built from the sources as they are. Plain JavaScript, because it runs on a clone that has nothing yet.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

const OLDEST_NODE = [20, 10];
const SOURCES = [
  'activities',
  'api',
  'bench',
  'dev',
  'mail',
  'registry',
  'rules',
  'store',
  'temporal',
  'workers',
  'workflows',
];
const INSTALL_LIMIT_MS = 10 * 60_000;

/** One line, no stack: whoever sees it can act on it. */
export function stopWith(line, code = 1) {
  process.stderr.write(`${line}\n`);
  process.exit(code);
}

/** Throws an Error whose message is one line. `version` is a parameter so that a test can be an old Node. */
export function checkNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Error(`Node ${version} is too old: install Node ${OLDEST_NODE.join('.')} or newer, then try again.`);
}

/** Installs when nothing is there or the lock changed. The copy of the lock says what was installed last. */
export function installDependencies() {
  const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
  const stamp = join(ROOT, 'node_modules', '.backorder-lock');
  const digest = createHash('sha256').update(lock).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  if (existsSync(join(ROOT, 'node_modules', '.package-lock.json')) && isInstalled(JSON.parse(lock))) {
    writeFileSync(stamp, digest);
    return;
  }
  process.stdout.write('Installing dependencies with npm ci (half a minute or more, once) …\n');
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const args = [...npm.slice(1), 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const done = spawnSync(npm[0], args, {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: INSTALL_LIMIT_MS,
    shell: needsShell(npm[0]),
  });
  if (done.status !== 0) {
    const errors = `${done.stdout ?? ''}${done.stderr ?? ''}`
      .split('\n')
      .filter((line) => line.startsWith('npm error '));
    const told =
      errors.find((line) => / reason: |EUSAGE|ENOSPC|EACCES|E4\d\d/.test(line)) ??
      errors[0] ??
      done.error?.message ??
      '';
    const why = told.replace(/^npm error (code )?/, '').slice(0, 160);
    throw new Error(
      `The dependencies could not be installed (${why}). Is the npm registry reachable? \`npm ci\` says more.`,
    );
  }
  writeFileSync(stamp, digest);
}

/** npm's own record of node_modules agrees with the lock: somebody ran `npm ci` or `npm install` by hand. */
function isInstalled(lock) {
  const installed = JSON.parse(readFileSync(join(ROOT, 'node_modules', '.package-lock.json'), 'utf8')).packages;
  return Object.entries(lock.packages).every(
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  );
}

/** npm is a .cmd on Windows, which only a shell can start. */
function needsShell(command) {
  return command === 'npm' && process.platform === 'win32';
}

/** Builds `dist` when a source changed since the last build: compiles, and copies what is not TypeScript beside it. */
export function build() {
  const files = sourceFiles();
  const record = join(ROOT, 'dist', '.built');
  const now = Object.fromEntries(files.map((file) => [file, fingerprint(file)]));
  const before = existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : {};
  if (JSON.stringify(before) === JSON.stringify(now)) return;
  process.stdout.write('Building …\n');
  for (const gone of Object.keys(before).filter((file) => !(file in now)))
    rmSync(join(ROOT, 'dist', built(gone)), { force: true });
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const done = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: ROOT, encoding: 'utf8' });
  for (const asset of files.filter((file) => file.includes('/') && !file.endsWith('.ts'))) {
    const to = join(ROOT, 'dist', asset);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(join(ROOT, asset), to);
  }
  if (done.status !== 0) throw new Error(`The build failed:\n${(done.stdout + done.stderr).trim()}`);
  const bundled = spawnSync(process.execPath, [join(ROOT, 'dist', 'workers', 'build-bundle.js')], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (bundled.status !== 0)
    throw new Error(`Workflow code could not be bundled:\n${(bundled.stdout + bundled.stderr).trim()}`);
  writeFileSync(record, JSON.stringify(now));
}

const built = (file) => file.replace(/\.ts$/, '.js');

/** Size and time, like make: reading every file on each start would cost more than it finds. */
function fingerprint(file) {
  const { size, mtimeMs } = statSync(join(ROOT, file));
  return `${size}:${mtimeMs}`;
}

function sourceFiles() {
  const found = ['config.ts', 'logging.ts', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
  for (const folder of SOURCES.filter((name) => existsSync(join(ROOT, name))))
    for (const entry of readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
      if (entry.isFile() && !/\.(md|mjs|cjs|java)$/.test(entry.name))
        found.push(join(entry.parentPath ?? entry.path, entry.name).slice(ROOT.length + 1));
  return found.filter((file) => existsSync(join(ROOT, file))).sort();
}

/** All three. A parent that has just done it says so, and is believed. */
export function prepare() {
  process.env.BACKORDER_ROOT = ROOT;
  if (process.env.BACKORDER_PREPARED === '1') return;
  try {
    checkNode();
    installDependencies();
    build();
  } catch (error) {
    stopWith(error.message);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) prepare();
