/** Where things are. The bootstraps say it in BACKORDER_ROOT; `import.meta` would not survive Jest's CommonJS. */
import { resolve } from 'node:path';

/** The checkout: what holds `dist`, `node_modules` and `dev`. */
export const root = (): string => resolve(process.env['BACKORDER_ROOT'] ?? '.');

/** Fetched servers, shared by every home, so that a test with a throwaway home does not fetch again. */
export const serversCache = (): string => resolve(root(), process.env['BACKORDER_SERVERS'] ?? '.data/servers');
