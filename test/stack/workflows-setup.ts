/** Before the first workflow test: fetches Temporal's time-skipping server when it is not there; TEMPORAL_TEST_SERVER names it. */
import type { Config } from 'jest';
import { host } from './host.ts';

export default async function setup({ rootDir }: Config): Promise<void> {
  if (process.env['TEMPORAL_TEST_SERVER']) return;
  const { line, stop } = await host(rootDir ?? '.', ['dev/fetch.js', 'test'], (each) => each.includes('temporal'));
  process.env['TEMPORAL_TEST_SERVER'] = line;
  await stop();
}
