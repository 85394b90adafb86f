/** Stories share one stack, and some kill its processes: one file at a time, after all other projects. */
const { default: TestRunner } = require('jest-runner');

module.exports = class SerialRunner extends TestRunner {
  isSerial = true;
};
