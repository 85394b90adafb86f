/** `node dist/workers/build-bundle.js`: the last step of the build. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildBundle } from './bundle.ts';

await buildBundle(dirname(dirname(fileURLToPath(import.meta.url))));
