/**
 * `npm test`: everything that must hold before a change lands, from a clone that has nothing yet. Each check counts as one
 * test; arguments go to Jest. The last line is `N passed, N failed`. `--checks-only` leaves out Jest.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, checkNode, installDependencies, ROOT, stopWith } from './prepare.mjs';

/** Jest prints its summary and ends; when a test left something open it would not, and CI would hang. */
const JEST_EXIT_LIMIT_MS = 20_000;
/** On which stories run side by side. */
const STACKS = 3;
const FETCH_LIMIT_MS = 8 * 60_000;

const args = process.argv.slice(2).filter((arg) => arg !== '--checks-only');
const checksOnly = process.argv.includes('--checks-only');
const count = { passed: 0, failed: 0 };

const bin = (path) => [process.execPath, join(ROOT, 'node_modules', path)];

function tell(name, ok, startedAt, said = '') {
  count[ok ? 'passed' : 'failed'] += 1;
  process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)\n`);
  if (!ok && said) process.stdout.write(`${said.trim().replace(/^/gm, '  ')}\n`);
}

function run([file, ...rest], limitMs) {
  return new Promise((resolve) => {
    const child = spawn(file, rest, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limitMs,
      env: { ...process.env, NO_COLOR: '1' },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    child.once('error', (error) => resolve({ ok: false, said: error.message }));
    child.once('close', (code) => resolve({ ok: code === 0, said }));
  });
}

async function check(name, command, limitMs) {
  const startedAt = Date.now();
  const { ok, said } = await run(command, limitMs);
  tell(name, ok, startedAt, said);
  return ok;
}

/**
 * Side by side: the stories, on stacks of their own, mostly wait, and leave the cores to what computes. The longer faults are a command
 * of their own.
 */
async function allTests() {
  if (args.length > 0) return jest(args);
  await Promise.all([
    jest(['--selectProjects', 'stories', `--maxWorkers=${STACKS}`], {
      atOnce: true,
      env: { BACKORDER_STACKS: String(STACKS) },
    }),
    // What a worker has loaded for its test files stays for a while; a new one loads and compiles all anew, so not at every few files.
    jest(['--selectProjects', 'unit', 'workflows', '--maxWorkers=100%', '--workerIdleMemoryLimit=1200MB'], {
      atOnce: true,
    }),
  ]);
}

/**
 * Jest with its own output, `atOnce` when it has ended, so that two do not mix. What it counted comes from its report, so that a suite
 * that could not run counts too.
 */
async function jest(options, { atOnce = false, env = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'backorder-jest-'));
  const report = join(folder, 'report.json');
  const read = () => JSON.parse(readFileSync(report, 'utf8'));
  const [file, script] = bin('jest/bin/jest.js');
  const child = spawn(file, [script, '--json', `--outputFile=${report}`, ...options], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['inherit', 'ignore', atOnce ? 'pipe' : 'inherit'],
  });
  let said = '';
  child.stderr?.on('data', (chunk) => (said += chunk));
  let hung = false;
  const watch = setInterval(() => {
    try {
      read();
    } catch {
      return;
    }
    clearInterval(watch);
    setTimeout(() => (hung = child.kill('SIGKILL')), JEST_EXIT_LIMIT_MS).unref();
  }, 1_000);
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(watch);
  process.stderr.write(said);
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = read();
    count.passed += numPassedTests;
    count.failed += numFailedTests + numRuntimeErrorTestSuites;
    if (hung) tell('Jest ends by itself: a test left something open', false, Date.now() - JEST_EXIT_LIMIT_MS);
    else if (code !== 0 && numFailedTests + numRuntimeErrorTestSuites === 0) count.failed += 1;
  } catch {
    tell('Jest starts', false, Date.now(), `it ended with code ${code} and no report`);
  }
  rmSync(folder, { recursive: true, force: true });
}

async function buildCheck() {
  const startedAt = Date.now();
  try {
    build();
    tell('build', true, startedAt);
  } catch (error) {
    tell('build', false, startedAt, error.message);
  }
}

try {
  checkNode();
  installDependencies();
} catch (error) {
  stopWith(error.message);
}
// Whatever these start finds everything done, or is to go on with what there is.
process.env.BACKORDER_ROOT = ROOT;
process.env.BACKORDER_PREPARED = '1';

await buildCheck();
const [fetched] = await Promise.all([
  // In advance and with a limit of its own, so that no test waits for a download and takes it for a failure.
  checksOnly || check('embedded servers', [process.execPath, join(ROOT, 'dist/dev/fetch.js')], FETCH_LIMIT_MS),
  check('types', [...bin('typescript/bin/tsc'), '--noEmit']),
  check('lint', [...bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings']),
  check('format', [...bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']),
]);
if (!checksOnly && (fetched || args.length > 0)) await allTests();
process.stdout.write(`${count.passed} passed, ${count.failed} failed\n`);
process.exitCode = count.failed === 0 ? 0 : 1;
