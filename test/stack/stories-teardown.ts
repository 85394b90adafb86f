/** After the last story: ends the stack and removes its home. */
import './stories-setup.ts';

export default async function teardown(): Promise<void> {
  await globalThis.storyStack?.stop();
  globalThis.storyStack = undefined;
}
