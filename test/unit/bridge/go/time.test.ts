import { expect } from 'chai';
import { parseGoDuration, parseTime } from '../../../../bridge/go/time.js';

describe('parseGoDuration', () => {
  for (const [text, seconds, nanos] of [
    ['10m', 600n, 0],
    ['1h30m', 5400n, 0],
    ['-1.5s', -1n, -500_000_000],
    ['1.5h', 5400n, 0],
    ['0', 0n, 0],
    ['.5us', 0n, 500],
    ['0.33333333333333333h', 1200n, 0],
    ['-9223372036854775808ns', -9223372036n, -854775808],
    ['2562047h47m16.854775807s', 9223372036n, 854775807],
  ] as const) {
    it(`reads ${text}`, () => {
      expect(parseGoDuration(text)).to.deep.equal({ seconds, nanos });
    });
  }

  for (const [text, message] of [
    ['', 'time: invalid duration ""'],
    ['5', 'time: missing unit in duration "5"'],
    ['5x', 'time: unknown unit "x" in duration "5x"'],
    ['.s', 'time: invalid duration ".s"'],
    ['9300000000000000000x', 'time: invalid duration "9300000000000000000x"'],
    ['9223372036854775808ns', 'time: invalid duration "9223372036854775808ns"'],
    ['2562047h47m17s', 'time: invalid duration "2562047h47m17s"'],
    ['1ä"\n', String.raw`time: unknown unit "\xc3\xa4\"\x0a" in duration "1\xc3\xa4\"\x0a"`],
  ] as const) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => parseGoDuration(text))
        .to.throw(Error)
        .with.property('message', message);
    });
  }
});

describe('parseTime', () => {
  for (const [text, seconds, nanos] of [
    ['2020-01-02T03:04:05Z', 1577934245n, 0],
    ['2020-01-02T03:04:05.123456789+01:30', 1577928845n, 123456789],
    ['0001-01-01T00:00:00Z', -62135596800n, 0],
    ['1969-12-31T23:59:59.5Z', -1n, 500_000_000],
  ] as const) {
    it(`reads ${text}`, () => {
      expect(parseTime(text)).to.deep.equal({ seconds, nanos });
    });
  }

  const layout = '"2006-01-02T15:04:05.999999999Z07:00"';
  for (const [text, message] of [
    ['x', `parsing time "x" as ${layout}: cannot parse "x" as "2006"`],
    ['2020-01-01', `parsing time "2020-01-01" as ${layout}: cannot parse "" as "T"`],
    ['2020-13-01T00:00:00Z', 'parsing time "2020-13-01T00:00:00Z": month out of range'],
    ['2021-02-29T00:00:00Z', 'parsing time "2021-02-29T00:00:00Z": day out of range'],
    ['2020-01-01T00:00:00x25:00', 'parsing time "2020-01-01T00:00:00x25:00": time zone offset hour out of range'],
    ['2020-01-01T00:00:00+25:61', 'parsing time "2020-01-01T00:00:00+25:61": time zone offset minute out of range'],
    ['2020-01-01T00:00:00Zx', 'parsing time "2020-01-01T00:00:00Zx": extra text: "x"'],
  ] as const) {
    it(`refuses ${text}`, () => {
      expect(() => parseTime(text))
        .to.throw(Error)
        .with.property('message', message);
    });
  }
});
