/** Stories share a stack, and some kill its processes: one file at a time, or as many as there are stacks. */
const { default: TestRunner } = require('jest-runner');

module.exports = class OneFileForAStack extends TestRunner {
  isSerial = !process.env.BACKORDER_STACKS;
};
