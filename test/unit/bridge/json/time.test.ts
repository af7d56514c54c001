import { expect } from 'chai';
import {
  formatDuration,
  formatFieldMask,
  formatTimestamp,
  parseDuration,
  parseFieldMask,
} from '../../../../bridge/json/time.js';

describe('formatTimestamp', () => {
  for (const [seconds, nanos, text] of [
    [0n, 0, '1970-01-01T00:00:00Z'],
    [1n, 5_000_000, '1970-01-01T00:00:01.005Z'],
    [1n, 5_000, '1970-01-01T00:00:01.000005Z'],
    [-1n, 1, '1969-12-31T23:59:59.000000001Z'],
    [-62135596800n, 0, '0001-01-01T00:00:00Z'],
    [253402300799n, 999_999_999, '9999-12-31T23:59:59.999999999Z'],
  ] as const) {
    it(`writes ${text}`, () => {
      expect(formatTimestamp({ seconds, nanos })).to.equal(text);
    });
  }

  it('writes times in any order, on both sides of midnight and of 1970', () => {
    for (let seconds = -5n * 86_400n; seconds <= 5n * 86_400n; seconds += 12_345n) {
      for (const one of [seconds, -seconds, seconds + 1_795_719_493n, seconds - 3_000_000_000n]) {
        const text = new Date(Number(one) * 1000).toISOString().replace('.000', '');
        expect(formatTimestamp({ seconds: one, nanos: 0 })).to.equal(text);
      }
    }
  });

  it('refuses what has no text', () => {
    expect(() => formatTimestamp({ seconds: 253402300800n, nanos: 0 })).to.throw('seconds out of range 253402300800');
    expect(() => formatTimestamp({ seconds: 0n, nanos: -1 })).to.throw('nanos out of range -1');
  });
});

describe('a Duration', () => {
  for (const [seconds, nanos, text] of [
    [0n, 0, '0s'],
    [3n, 500_000_000, '3.500s'],
    [0n, -1, '-0.000000001s'],
    [-315576000000n, 0, '-315576000000s'],
  ] as const) {
    it(`is ${text} both ways`, () => {
      expect(formatDuration({ seconds, nanos })).to.equal(text);
      expect(parseDuration(text)).to.deep.equal({ seconds, nanos });
    });
  }

  for (const text of ['', 's', '-s', '1', '1h', '01s', '1.1234567890s', ' 1s', '1e3s']) {
    it(`is not ${JSON.stringify(text)}`, () => {
      expect(parseDuration(text)).to.equal(undefined);
    });
  }

  it('may be a lone point, as in Go', () => {
    expect(parseDuration('.s')).to.deep.equal({ seconds: 0n, nanos: 0 });
  });

  it('has one sign and a limit', () => {
    expect(() => formatDuration({ seconds: 1n, nanos: -1 })).to.throw('signs of seconds and nanos do not match');
    expect(() => formatDuration({ seconds: 315576000001n, nanos: 0 })).to.throw('seconds out of range');
    expect(() => formatDuration({ seconds: 0n, nanos: 1_000_000_000 })).to.throw('nanos out of range');
  });
});

describe('a FieldMask', () => {
  it('is camel case in JSON', () => {
    expect(formatFieldMask(['a', 'foo_bar.b_c'])).to.equal('a,fooBar.bC');
    expect(parseFieldMask(' a,fooBar.bC ')).to.deep.equal({ paths: ['a', 'foo_bar.b_c'] });
    expect(parseFieldMask('')).to.deep.equal({ paths: [] });
  });

  it('refuses what would come back another', () => {
    expect(() => formatFieldMask(['fooBar'])).to.throw('contains irreversible value "fooBar"');
    expect(() => formatFieldMask(['a b'])).to.throw('contains invalid path: "a b"');
    expect(parseFieldMask('a,foo_bar')).to.deep.equal({ invalid: 'foo_bar' });
  });
});
