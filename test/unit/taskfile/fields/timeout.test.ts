import { expect } from 'chai';
import { problemsOf, specOf } from '../outcome.js';

describe('timeout and fail_fast', () => {
  for (const [text, seconds] of [
    ['90', 90],
    ['90s', 90],
    ['5m', 300],
    ['1h30m', 5400],
    ['2d', 172_800],
    ['"60s"', 60],
    ['', undefined],
  ] as const) {
    it(`takes ${text || 'nothing'} as ${seconds} seconds`, () => {
      expect(specOf(`run: a\ntimeout: ${text}`).timeoutSeconds).to.equal(seconds);
    });
  }

  for (const [text, shown] of [
    ['0', '0'],
    ['-5', '-5'],
    ['1.5h', '"1.5h"'],
    ['soon', '"soon"'],
    ['400d', '"400d"'],
    ['[1]', 'a list'],
  ] as const) {
    it(`refuses ${text}`, () => {
      expect(problemsOf(`run: a\ntimeout: ${text}`)).to.deep.equal([
        `line 2, column 10: timeout: must be from 1s to 365d, not ${shown}; write a span such as 90s, 30m, 1h30m or 2d`,
      ]);
    });
  }

  it('stops the other nodes of a failed one unless it says no', () => {
    expect(specOf('run: a').failFast).to.equal(true);
    expect(specOf('run: a\nfail_fast: no').failFast).to.equal(false);
    expect(problemsOf('run: a\nfail_fast: 5')).to.deep.equal([
      'line 2, column 12: fail_fast: must be true or false, not 5; write false to let the others go on',
    ]);
  });
});
