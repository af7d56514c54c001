import { expect } from 'chai';
import { BodyError, ChunkedReader } from '../../../../bridge/http/chunked.js';

/** The data of a body that comes in pieces of so many bytes, and what is behind it. */
function read(text: string, pieceBytes = text.length): { data: string; rest: string | undefined } {
  const reader = new ChunkedReader();
  const bytes = Buffer.from(text, 'latin1');
  let data = '';
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    const piece = bytes.subarray(from, from + pieceBytes);
    const end = reader.take(piece, 0, (chunk) => {
      data += chunk.toString('latin1');
    });
    if (end !== undefined) return { data, rest: bytes.subarray(from + end).toString('latin1') };
  }
  return { data, rest: undefined };
}

describe('ChunkedReader', () => {
  const body = '3;a=b\r\nabc\r\n00A \r\n0123456789\r\n0\r\nX: y\r\n\r\nGET';

  for (const pieceBytes of [1, 2, 3, 7, body.length]) {
    it(`reads a body that comes in pieces of ${pieceBytes} bytes`, () => {
      const { data, rest } = read(body, pieceBytes);
      expect(data).to.equal('abc0123456789');
      expect('GET'.startsWith(rest ?? '-')).to.equal(true);
    });
  }

  it('waits for the end', () => {
    expect(read('3\r\nabc\r\n0\r\n')).to.deep.equal({ data: 'abc', rest: undefined });
  });

  for (const [text, why] of [
    ['\r\n', 'empty hex number for chunk length'],
    [';a\r\n', 'empty hex number for chunk length'],
    ['zz\r\n', 'invalid byte in chunk length'],
    ['2 ;a\r\n', 'invalid byte in chunk length'],
    ['00000000000000001\r\n', 'http chunk length too large'],
    ['2\nab', 'chunked line ends with bare LF'],
    ['2\r \r\n', 'invalid CR in chunked line'],
    ['2\r\nabc\r\n', 'malformed chunked encoding'],
    [`2;${'a'.repeat(4096)}\r\n`, 'header line too long'],
    [`0\r\nA: ${'a'.repeat(4096)}`, 'http: suspiciously long trailer after chunked body'],
    ['0\r\nA\r\n\r\n', 'malformed MIME header: missing colon: "A"'],
    ['0\r\n A: b\r\n\r\n', 'malformed MIME header initial line: " A: b"'],
    ['0\r\nA: \u0001\r\n\r\n', 'malformed MIME header line: "A: \\x01"'],
    [`1;${'a'.repeat(4000)}\r\na\r\n`.repeat(5), 'chunked encoding contains too much non-data'],
  ] as const) {
    it(`refuses ${JSON.stringify(text.slice(0, 24))}: ${why}`, () => {
      expect(() => read(text)).to.throw(BodyError, why);
      expect(() => read(text, 5)).to.throw(BodyError, why);
    });
  }
});
