/** `npm start`: the whole engine on this machine, from a clone that has nothing yet. What it starts is in start.ts. */
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { prepare, ROOT } from './prepare.mjs';

prepare();
await import(pathToFileURL(join(ROOT, 'dist', 'dev', 'start.js')).href);
