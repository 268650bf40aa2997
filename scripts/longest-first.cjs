// What begins last is waited for by everybody, so what takes long begins first. Jest knows how
// long the last run took, but not on a clean checkout: tests that may take long say so, `}, 120_000);`, and those on real
// components wait for them.
const { readFileSync } = require('node:fs');
const { default: Sequencer } = require('@jest/test-sequencer');

const mayTakeMs = ({ path }) =>
  [...readFileSync(path, 'utf8').matchAll(/^ *\}, (\d+)_000\);$/gm)].reduce(
    (sum, [, seconds]) => sum + Number(seconds) * 1_000,
    path.endsWith('.real.test.ts') ? 60_000 : 0,
  );

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const ms = new Map(sorted.map((test) => [test, test.duration === undefined ? mayTakeMs(test) : 0]));
    return sorted.sort((one, other) => ms.get(other) - ms.get(one));
  }
};
