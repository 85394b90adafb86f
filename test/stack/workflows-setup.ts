/**
 * Before the first workflow test: fetches Temporal's time-skipping server when it is not there; TEMPORAL_TEST_SERVER names it. What runs
 * that is prepared first, so that the build's own bundle of workflow code is there and no test bundles anew.
 */
import { join } from 'node:path';
import type { Config } from 'jest';
import { host } from './host.ts';

export default async function setup({ rootDir = '.' }: Config): Promise<void> {
  if (process.env['TEMPORAL_TEST_SERVER']) return;
  const { line, stop } = await host(rootDir, ['dev/fetch.js', 'test'], (each) => each.includes('temporal'));
  process.env['TEMPORAL_TEST_SERVER'] = line;
  process.env['WORKFLOW_BUNDLE'] = join(rootDir, 'dist', 'workflow-bundle.js');
  await stop();
}
