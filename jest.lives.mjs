/** What takes minutes: the lives of all names under all TLDs, any answers in any order, what is done by hand, what polling costs: `npm run test:lives`. */
import config from './jest.config.mjs';

const workflows = config.projects.find(({ displayName }) => displayName === 'workflows');

export default {
  ...workflows,
  displayName: 'lives',
  testMatch: ['<rootDir>/test/workflows/*-of-all.ts'],
  testTimeout: config.testTimeout,
};
