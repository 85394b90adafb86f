/** A disk of its own for a data folder, small enough to be filled. A tmpfs, so it takes root and Linux. */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHUNKS = [1_048_576, 4_096].map((bytes) => Buffer.alloc(bytes));

export class SmallDisk {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Why there can be none on this machine; undefined where there can. */
  static trouble(): string | undefined {
    const folder = mkdtempSync(join(tmpdir(), 'backorder-disk-'));
    const mounted = SmallDisk.mount(folder, 4_096);
    if (mounted instanceof SmallDisk) mounted.unmount();
    rmSync(folder, { recursive: true });
    return typeof mounted === 'string' ? mounted : undefined;
  }

  /** Mounts it on `folder`, which exists. A string says why that cannot be. */
  static mount(folder: string, bytes: number): SmallDisk | string {
    if (process.platform !== 'linux') return 'only Linux has tmpfs';
    if (process.getuid?.() !== 0) return 'mounting takes root';
    const refused = run('mount', '-t', 'tmpfs', '-o', `size=${bytes},mode=700`, 'backorder', folder);
    return refused === undefined ? new SmallDisk(folder) : `mount: ${refused}`;
  }

  get #ballast(): string {
    return join(this.folder, 'ballast');
  }

  /** Not a block is left. What is freed by those who write there is free again. */
  fill(): void {
    const file = openSync(this.#ballast, 'a');
    try {
      for (const chunk of CHUNKS) while (hasRoomFor(file, chunk));
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(this.#ballast, { force: true });
  }

  get full(): boolean {
    return existsSync(this.#ballast);
  }

  /** Refused by the kernel while any file there is open for writing: those who write must have ended. */
  setReadOnly(readOnly: boolean): void {
    const refused = run('mount', '-o', `remount,${readOnly ? 'ro' : 'rw'}`, this.folder);
    if (refused !== undefined) throw new Error(`remount: ${refused}`);
  }

  /** Whatever still runs there keeps what it has open. */
  unmount(): void {
    run('umount', '--lazy', this.folder);
  }
}

function hasRoomFor(file: number, chunk: Buffer): boolean {
  try {
    return writeSync(file, chunk) === chunk.length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}

/** Undefined when it worked, else why not. */
function run(file: string, ...args: string[]): string | undefined {
  const { status, stderr, error } = spawnSync(file, args, { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}
