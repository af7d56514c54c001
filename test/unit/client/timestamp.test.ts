import { expect } from 'chai';
import { formatTimestamp, formatTimestampNanos, timestampMs } from '../../../client/timestamp.js';

describe('timestamps', () => {
  const seconds = 1_700_000_000n;
  const cases: readonly (readonly [nanos: number, text: string])[] = [
    [0, '2023-11-14T22:13:20Z'],
    [500_000_000, '2023-11-14T22:13:20.500Z'],
    [1_000, '2023-11-14T22:13:20.000001Z'],
    [1, '2023-11-14T22:13:20.000000001Z'],
    [120_000_000, '2023-11-14T22:13:20.120Z'],
  ];
  for (const [nanos, text] of cases) {
    it(`writes ${nanos} ns as ${text}`, () => {
      expect(formatTimestamp({ seconds, nanos })).to.equal(text);
    });
  }

  it('writes nine digits when columns have to align', () => {
    expect(formatTimestampNanos({ seconds, nanos: 0 })).to.equal('2023-11-14T22:13:20.000000000Z');
  });

  it('cuts to milliseconds', () => {
    expect(timestampMs({ seconds: 1n, nanos: 1_999_999 })).to.equal(1001);
  });
});
