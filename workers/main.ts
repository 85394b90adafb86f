/** The engine worker's process. */
import { toldToEnd } from './told-to-end.ts';

const end = toldToEnd();
const { runEngine } = await import('./engine.ts');
await runEngine(end);
