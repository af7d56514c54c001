import { expect } from 'chai';
import {
  RecordClock,
  RecordEncoder,
  headerLength,
  maxContentLength,
  timeLength,
} from '../../../../../cluster/node/logs/record.js';

describe('log records', () => {
  it('have a header of fixed width', () => {
    const encoder = new RecordEncoder('stdout', new RecordClock(() => Date.UTC(2026, 0, 2, 3, 4, 5, 678)));
    const text = Buffer.concat(encoder.encode(Buffer.from('one\ntwo\n'))).toString();
    expect(text).to.equal('2026-01-02T03:04:05.678000000Z stdout F one\n2026-01-02T03:04:05.678000001Z stdout F two\n');
    expect(text.indexOf('one')).to.equal(headerLength);
    expect(text[timeLength]).to.equal(' ');
  });

  it('keep what follows the last newline until the line goes on or the stream ends', () => {
    const encoder = new RecordEncoder('stderr', new RecordClock(() => 0));
    expect(encoder.encode(Buffer.from('no'))).to.deep.equal([]);
    expect(Buffer.concat(encoder.encode(Buffer.from('w\nrest'))).toString()).to.match(/ stderr F now\n$/);
    expect(Buffer.concat(encoder.finish()).toString()).to.match(/ stderr P rest\n$/);
    expect(encoder.finish()).to.deep.equal([]);
  });

  it('split lines that are longer than a record may be', () => {
    const encoder = new RecordEncoder('stdout', new RecordClock(() => 0));
    const line = Buffer.alloc(2 * maxContentLength + 5, 'x');
    const records = Buffer.concat(encoder.encode(Buffer.concat([line, Buffer.from('\n')])))
      .toString()
      .trimEnd()
      .split('\n');
    expect(records.map((record) => record[timeLength + 8])).to.deep.equal(['P', 'P', 'F']);
    expect(records.map((record) => record.length - headerLength)).to.deep.equal([
      maxContentLength,
      maxContentLength,
      5,
    ]);
  });
});

describe('RecordClock', () => {
  it('never gives a time twice nor goes back, whatever the clock of the machine does', () => {
    const times = [1000, 1000, 999, 5, 1001];
    const clock = new RecordClock(() => times.shift() ?? 0);
    const given = times.slice().map(() => clock.next());
    expect(given.toSorted()).to.deep.equal(given);
    expect(new Set(given).size).to.equal(given.length);
    expect(given[0]).to.equal('1970-01-01T00:00:01.000000000Z');
    expect(given[2]).to.equal('1970-01-01T00:00:01.000000002Z');
    expect(given[4]).to.equal('1970-01-01T00:00:01.001000000Z');
  });
});
