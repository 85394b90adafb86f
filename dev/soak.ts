/**
 * `npm run soak -- --seed N --minutes 2`: random faults over fifty names, on test clocks and in real time. Then all is healed, time runs
 * to the end of every life, and the books of registry, store, Temporal, API, mail and ledger must agree.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError } from '../config.ts';
import { SmallDisk } from './small-disk.ts';
import { soak } from './soak/run.ts';
import { startStack } from './stack.ts';
import { throwawayEnvironment } from './throwaway.ts';

const EX_USAGE = 64;
/** More than a run writes, and filled in a moment. */
const DISK_BYTES = 384 * 1024 * 1024;
const begun = Date.now();
const say = (line: string): void =>
  void process.stdout.write(`[${((Date.now() - begun) / 1_000).toFixed(1).padStart(6)} s] ${line}\n`);

function settings(): { seed: number; minutes: number } {
  const { values } = parseArgs({
    options: { seed: { type: 'string' }, minutes: { type: 'string', default: '2' } },
  });
  const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed);
  const minutes = Number(values.minutes);
  if (!Number.isSafeInteger(seed) || !(minutes > 0)) throw new ConfigError('npm run soak -- [--seed N] [--minutes M]');
  return { seed, minutes };
}

async function main(): Promise<void> {
  const { seed, minutes } = settings();
  say(`seed ${seed}, ${minutes} minute(s) of faults`);
  const home = mkdtempSync(join(tmpdir(), 'backorder-soak-'));
  const mounted = SmallDisk.mount(home, DISK_BYTES);
  const disk = mounted instanceof SmallDisk ? mounted : undefined;
  if (typeof mounted === 'string') say(`no full disks: ${mounted}`);
  const env = await throwawayEnvironment(home);
  let agreed = false;
  const died: { heard?: (name: string, how: string) => void } = {};
  const stack = await startStack({ env, faults: true, onDeath: (dead, how) => died.heard?.(dead.name, how) });
  try {
    const { violations, figures } = await soak(stack, { seed, durationMs: minutes * 60_000, disk, say, died });
    agreed = violations.length === 0;
    for (const violation of violations) say(`VIOLATION ${violation}`);
    say(agreed ? 'the books agree' : `the books do not agree: seed ${seed}; logs and data are kept in ${home}.kept`);
    const seconds = Math.round((Date.now() - begun) / 1_000);
    await stack.stop();
    process.stdout.write(`${JSON.stringify({ seed, agreed, violations: violations.length, ...figures, seconds })}\n`);
  } finally {
    await stack.kill();
    if (!agreed) cpSync(home, `${home}.kept`, { recursive: true });
    disk?.unmount();
    rmSync(home, { recursive: true, force: true });
  }
  process.exitCode = agreed ? 0 : 1;
}

main().catch((error: unknown) => {
  const isUsage = error instanceof ConfigError;
  process.stderr.write(`${isUsage ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = isUsage ? EX_USAGE : 1;
});
