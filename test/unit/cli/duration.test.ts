import { expect } from 'chai';
import { parseDurationSeconds } from '../../../cli/duration.js';

describe('parseDurationSeconds', () => {
  const good: readonly (readonly [text: string, seconds: number])[] = [
    ['0', 0],
    ['45s', 45],
    ['10m', 600],
    ['1h30m', 5400],
    ['1.5h', 5400],
    ['2d', 172_800],
    ['200ms', 0.2],
  ];
  for (const [text, seconds] of good) {
    it(`reads ${text}`, () => {
      expect(parseDurationSeconds(text)).to.equal(seconds);
    });
  }

  for (const text of ['', '10', 'm', '-5m', '5 m', '1x', '5M', '1h30']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(parseDurationSeconds(text)).to.equal(undefined);
    });
  }
});
