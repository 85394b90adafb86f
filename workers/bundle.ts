/** Builds the one file of workflow code that every engine worker loads, so that a worker starts without a bundler. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';

/** Where the build leaves it, beside the compiled workers. */
export const bundlePath = (dist: string): string => join(dist, 'workflow-bundle.js');

/** `dist` holds the compiled sources. Throws when workflow code reaches for what it must not import. */
export async function buildBundle(dist: string): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(dist, 'workflows', 'index.js'),
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error },
  });
  await writeFile(bundlePath(dist), code);
}
