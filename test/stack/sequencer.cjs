/** What asks for full collections comes while its process holds little: later each takes seconds. */
const { default: Sequencer } = require('@jest/test-sequencer');

const FIRST = /\/test\/registry\/rdap-hostile\.test\.ts$/;

module.exports = class FirstWhatCollects extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((one, other) => Number(FIRST.test(other.path)) - Number(FIRST.test(one.path)));
  }
};
