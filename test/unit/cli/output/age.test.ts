import { expect } from 'chai';
import { formatSpan, formatSpokenSpan } from '../../../../cli/output/age.js';

describe('formatSpan', () => {
  const SECOND = 1000;
  const MINUTE = 60 * SECOND;
  const HOUR = 60 * MINUTE;
  const cases: readonly (readonly [ms: number, words: string])[] = [
    [-5 * SECOND, '0s'],
    [999, '0s'],
    [119 * SECOND, '119s'],
    [2 * MINUTE, '2m'],
    [3 * MINUTE + 20 * SECOND, '3m20s'],
    [10 * MINUTE + 20 * SECOND, '10m'],
    [179 * MINUTE, '179m'],
    [3 * HOUR + 5 * MINUTE, '3h5m'],
    [47 * HOUR, '47h'],
    [49 * HOUR, '2d1h'],
    [240 * HOUR, '10d'],
  ];
  for (const [ms, words] of cases) {
    it(`says ${words}`, () => {
      expect(formatSpan(ms)).to.equal(words);
    });
  }
});

describe('formatSpokenSpan', () => {
  it('says the same with blanks', () => {
    expect([45_000, 200_000].map(formatSpokenSpan)).to.deep.equal(['45 s', '3 m 20 s']);
  });
});
