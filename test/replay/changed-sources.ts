/** A copy of the workflow sources with one thing changed, to be bundled beside the true ones. The tree itself is never touched. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Change {
  file: string;
  from: string;
  to: string;
}

/** Below the checkout, so that packages are found. */
export async function changedSources<T>(
  root: string,
  changes: Change[],
  act: (workflows: string) => Promise<T>,
): Promise<T> {
  mkdirSync(join(root, '.data'), { recursive: true });
  const copy = mkdtempSync(join(root, '.data', 'changed-'));
  try {
    for (const folder of ['workflows', 'rules']) cpSync(join(root, folder), join(copy, folder), { recursive: true });
    for (const { file, from, to } of changes) {
      const before = readFileSync(join(copy, file), 'utf8');
      if (!before.includes(from)) throw new Error(`${file} no longer says: ${from}`);
      writeFileSync(join(copy, file), before.replace(from, to));
    }
    return await act(join(copy, 'workflows', 'index.ts'));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
