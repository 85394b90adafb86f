/** Before the first story: the whole stack as real processes, on free ports, with a home that is thrown away. Once for all stories. */
import type { Config } from 'jest';
import { host, type Hosted } from './host.ts';

declare global {
  var storyStack: Hosted | undefined;
}

export default async function setup({ rootDir }: Config): Promise<void> {
  // One that is up already, while a test is being written.
  if (process.env['BACKORDER_TEST_STACK']) return;
  globalThis.storyStack = await host(rootDir ?? '.', ['dev/stack-host.js'], (line) => line.startsWith('{"control"'));
  process.env['BACKORDER_TEST_STACK'] = globalThis.storyStack.line;
}
