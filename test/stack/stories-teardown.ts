/** After the last story: ends the stacks and removes their homes. */
import './stories-setup.ts';

export default async function teardown(): Promise<void> {
  await Promise.all((globalThis.storyStacks ?? []).map(({ stop }) => stop()));
  globalThis.storyStacks = undefined;
}
