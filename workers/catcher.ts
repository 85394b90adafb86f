/** The catcher worker's process. */
import { toldToEnd } from './told-to-end.ts';

const end = toldToEnd();
const { runCatcher } = await import('./catching.ts');
await runCatcher(end);
