/** `node dev/npm-run.mjs dev/demo.js …`: a program of `dist`, prepared as `npm start` is. It runs in this very process. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, ROOT, stopWith } from './prepare.mjs';

const [program = ''] = process.argv.splice(2, 1);
prepare();
const file = join(ROOT, 'dist', program);
if (program === '' || !existsSync(file))
  stopWith(`There is no ${program || 'program named'}: node dev/npm-run.mjs <file of dist> [arguments]`, 64);
process.argv[1] = file;
await import(pathToFileURL(file).href);
