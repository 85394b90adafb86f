/**
 * What asks for full collections comes while its process holds little: later each takes seconds. And the longest of all stories comes
 * before the others, so that none of them waits for it alone.
 */
const { default: Sequencer } = require('@jest/test-sequencer');

const FIRST = /\/test\/(registry\/rdap-hostile|stories\/killed)\.test\.ts$/;

module.exports = class ThoseFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((one, other) => Number(FIRST.test(other.path)) - Number(FIRST.test(one.path)));
  }
};
