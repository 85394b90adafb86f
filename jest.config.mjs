/** Three kinds of tests: quick ones in parallel, workflows on the time-skipping server, stories and faults against the real processes. */
const swc = [
  '@swc/jest',
  {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];
const common = {
  rootDir: import.meta.dirname ?? process.cwd(),
  testEnvironment: 'node',
  // Jest runs CommonJS: a dependency that is an ES module alone is compiled like our own.
  transform: { '^.+\\.ts$': swc, '/node_modules/(canonicalize|cuss)/.+\\.js$': swc },
  transformIgnorePatterns: ['/node_modules/(?!canonicalize/|cuss/)'],
  moduleNameMapper: { '^canonicalize$': '<rootDir>/node_modules/canonicalize/lib/canonicalize.js' },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/'],
};

/** One after another on a stack: what they do to it would be trouble for the others. */
const onStack = (displayName) => ({
  ...common,
  displayName,
  testMatch: [`<rootDir>/test/${displayName}/**/*.test.ts`],
  globalSetup: '<rootDir>/test/stack/stories-setup.ts',
  globalTeardown: '<rootDir>/test/stack/stories-teardown.ts',
  runner: '<rootDir>/test/stack/stack-runner.cjs',
});

export default {
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['<rootDir>/test/(workflows|stories|faults)/', '/node_modules/'],
      globalSetup: '<rootDir>/test/stack/unit-setup.ts',
      globalTeardown: '<rootDir>/test/stack/unit-teardown.ts',
    },
    {
      ...common,
      displayName: 'workflows',
      testMatch: ['<rootDir>/test/workflows/**/*.test.ts'],
      globalSetup: '<rootDir>/test/stack/workflows-setup.ts',
    },
    onStack('stories'),
    onStack('faults'),
  ],
  testSequencer: '<rootDir>/test/stack/sequencer.cjs',
  testTimeout: 180_000,
};
