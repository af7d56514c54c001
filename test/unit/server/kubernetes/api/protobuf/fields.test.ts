import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { expect } from 'chai';
import { inline, many, one, pairs, readMessage } from '../../../../../../server/kubernetes/api/protobuf/fields.js';

/** A message as a writer makes it. */
function message(write: (writer: BinaryWriter) => BinaryWriter): Buffer {
  return Buffer.from(write(new BinaryWriter()).finish());
}

function text(number: number, value: string): Buffer {
  return message((writer) => writer.tag(number, WireType.LengthDelimited).string(value));
}

function nested(number: number, ...parts: readonly Buffer[]): Buffer {
  return message((writer) => writer.tag(number, WireType.LengthDelimited).bytes(Buffer.concat(parts)));
}

function number(number: number, value: bigint): Buffer {
  return message((writer) => writer.tag(number, WireType.Varint).int64(value));
}

describe('readMessage', () => {
  it('reads texts, numbers and booleans', () => {
    const bytes = Buffer.concat([text(1, 'größer'), number(2, 3n), number(3, 1n), number(4, 0n)]);
    const fields = { 1: one('a', 'text'), 2: one('b', 'number'), 3: one('c', 'boolean'), 4: one('d', 'boolean') };
    expect(readMessage(bytes, fields)).to.deep.equal({ a: 'größer', b: 3, c: true, d: false });
  });

  it('reads numbers of every size', () => {
    const numbers = [0n, 1n, 127n, 128n, 2n ** 31n - 1n, 2n ** 40n, -1n, -(2n ** 31n)];
    const bytes = Buffer.concat(numbers.map((value) => number(1, value)));
    expect(readMessage(bytes, { 1: many('all', 'number') })).to.deep.equal({ all: numbers.map(Number) });
  });

  it('reads times as milliseconds, and none of one that was never set', () => {
    const bytes = Buffer.concat([
      nested(1, number(1, 1_795_743_677n), number(2, 5n)),
      nested(2),
      nested(3, number(1, -1n)),
    ]);
    const fields = { 1: one('at', 'time'), 2: one('never', 'time'), 3: one('before', 'time') };
    expect(readMessage(bytes, fields)).to.deep.equal({ at: 1_795_743_677_000, before: -1000 });
  });

  it('reads maps, with what is empty in them', () => {
    const bytes = Buffer.concat([
      nested(1, text(1, 'a'), text(2, '1')),
      nested(1, text(1, 'b'), text(2, '')),
      nested(1, text(1, 'c')),
    ]);
    const fields = {
      1: one(
        'labels',
        pairs(() => true),
      ),
    };
    expect(readMessage(bytes, fields)).to.deep.equal({ labels: { a: '1', b: '', c: '' } });
  });

  it('reads of maps what is wanted', () => {
    const bytes = Buffer.concat(['a', 'b'].map((key) => nested(1, text(1, key), text(2, '1'))));
    const fields = {
      1: one(
        'labels',
        pairs((name) => name === 'b'),
      ),
    };
    expect(readMessage(bytes, fields)).to.deep.equal({ labels: { b: '1' } });
  });

  it('reads one of the messages that stand in bytes', () => {
    const [before, own] = [text(1, 'before'), text(1, 'own')];
    const bytes = Buffer.concat([before, own, text(1, 'behind')]);
    const fields = { 1: one('a', 'text') };
    const end = before.length + own.length;
    expect(readMessage(bytes, fields, before.length, end)).to.deep.equal({ a: 'own' });
    expect(() => readMessage(bytes, fields, before.length, end - 1)).to.throw('cut off');
  });

  it('reads messages in messages, lists, and what JSON has in the message around it', () => {
    const inner = { 1: one('x', 'text') };
    const bytes = Buffer.concat([nested(1, text(1, 'a')), nested(2, text(1, 'b')), nested(2), nested(3, text(1, 'c'))]);
    const fields = { 1: one('one', inner), 2: many('all', inner), 3: inline({ 1: one('y', 'text') }) };
    expect(readMessage(bytes, fields)).to.deep.equal({ one: { x: 'a' }, all: [{ x: 'b' }, {}], y: 'c' });
  });

  it('leaves empty texts out, as JSON does', () => {
    expect(readMessage(text(1, ''), { 1: one('a', 'text') })).to.deep.equal({});
  });

  it('passes over all that is in no table, whatever it is', () => {
    const other = [
      number(9, 2n ** 62n),
      text(10, 'x'.repeat(300)),
      message((writer) => writer.tag(11, WireType.Bit64).double(1)),
      message((writer) => writer.tag(12, WireType.Bit32).float(1)),
    ];
    const bytes = Buffer.concat([...other, text(1, 'here'), ...other]);
    expect(readMessage(bytes, { 1: one('a', 'text') })).to.deep.equal({ a: 'here' });
  });

  it('throws where a message is cut off, wherever that is', () => {
    const bytes = Buffer.concat([text(2, 'passed'), nested(1, text(1, 'value'))]);
    const fields = { 1: one('inner', { 1: one('x', 'text') }) };
    const whole = [0, text(2, 'passed').length, bytes.length];
    for (let length = 0; length < bytes.length; length += 1) {
      const read = (): unknown => readMessage(bytes.subarray(0, length), fields);
      if (whole.includes(length)) expect(read, `${length} bytes`).not.to.throw();
      else expect(read, `${length} bytes`).to.throw();
    }
  });

  it('throws where a field is of another kind than the table says', () => {
    expect(() => readMessage(text(1, 'three'), { 1: one('count', 'number') })).to.throw('count is no number');
    const bytes = message((writer) => writer.tag(1, WireType.Bit32).float(1));
    expect(() => readMessage(bytes, { 1: one('count', 'number') })).to.throw('field 1 is of no kind');
  });
});
