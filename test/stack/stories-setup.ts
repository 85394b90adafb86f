/**
 * Before the first story: the whole stack as real processes, on free ports, with a home that is thrown away. One for all stories, who
 * run one after another; BACKORDER_STACKS of them where so many run side by side.
 */
import type { Config } from 'jest';
import { host, type Hosted } from './host.ts';

declare global {
  var storyStacks: Hosted[] | undefined;
}

export default async function setup({ rootDir = '.' }: Config): Promise<void> {
  // One that is up already, while a test is being written.
  if (process.env['BACKORDER_TEST_STACK']) return;
  const count = Number(process.env['BACKORDER_STACKS'] ?? 1);
  const isUp = (line: string) => line.startsWith('{"control"');
  globalThis.storyStacks = await Promise.all(
    Array.from({ length: count }, () => host(rootDir, ['dev/stack-host.js'], isUp)),
  );
  process.env['BACKORDER_TEST_STACK'] = globalThis.storyStacks.map(({ line }) => line).join('\n');
}
