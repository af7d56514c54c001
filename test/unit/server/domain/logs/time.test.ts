import { expect } from 'chai';
import { parseTimeNs } from '../../../../../server/domain/logs/time.js';

describe('parseTimeNs', () => {
  const second = BigInt(Date.parse('2026-11-23T05:23:00Z')) * 1_000_000n;
  for (const [text, ns] of [
    ['2026-11-23T05:23:00Z', second],
    ['2026-11-23T05:23:00.5Z', second + 500_000_000n],
    ['2026-11-23T05:23:00.000000001Z', second + 1n],
    ['2026-11-23T07:23:00.123456789+02:00', second + 123_456_789n],
    ['2026-11-23T05:23:00.1234567890Z', undefined],
    ['2026-13-23T05:23:00Z', undefined],
    ['2026-11-23 05:23:00Z', undefined],
    ['', undefined],
  ] as const) {
    it(`of "${text}" is ${ns}`, () => {
      expect(parseTimeNs(text)).to.equal(ns);
    });
  }
});
