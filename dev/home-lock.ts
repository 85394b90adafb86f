/** One stack per home: two Temporal servers on one database file would each believe it theirs. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Takes `home` until this process ends. One line when another living process has it, else undefined. */
export function holdHome(home: string): string | undefined {
  const file = join(home, 'running');
  mkdirSync(home, { recursive: true });
  const holder = readPid(file);
  if (holder !== undefined && holder !== process.pid && isOurs(holder))
    return `${home} is in use by process ${holder}: stop that one, or set BACKORDER_HOME to another folder.`;
  writeFileSync(file, `${process.pid}\n`);
  process.once('exit', () => {
    if (readPid(file) === process.pid) rmSync(file, { force: true });
  });
  return undefined;
}

function readPid(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

/** A file left by kill -9 may name a number that something else has by now; where /proc tells, only a Node counts. */
function isOurs(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('node');
  } catch {
    return true;
  }
}
