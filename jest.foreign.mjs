/** Tests against servers that take minutes to build once: `npm run test:foreign`. */
import config from './jest.config.mjs';

const [unit] = config.projects;

export default { ...unit, displayName: 'foreign', testMatch: ['<rootDir>/test/**/*-foreign.ts'], testTimeout: 60_000 };
