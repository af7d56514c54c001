import { expect } from 'chai';
import { framingOf } from '../../../../bridge/http/framing.js';
import { type Head, HeadReader } from '../../../../bridge/http/head.js';
import { Refusal } from '../../../../bridge/http/refusal.js';

/** Reads a head out of one piece of text. */
function read(text: string): Head {
  const { head } = new HeadReader().take(text);
  if (!head) throw new Error('the head is not complete');
  return head;
}

/** What is answered to a head that is refused. */
function refusalOf(text: string): string {
  try {
    framingOf(read(text));
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
  throw new Error('it is not refused');
}

function fieldsOf(lines: string): readonly string[] {
  return read(`GET / HTTP/1.1\r\n${lines}\r\n`).fields;
}

describe('HeadReader', () => {
  it('reads a request line and fields, and leaves what is behind them', () => {
    const text = 'POST /a?b HTTP/1.0\r\nHost: h\r\nX-Odd:\t one \r\n\r\nGET';
    const { taken, head } = new HeadReader().take(text);
    expect(text.slice(taken)).to.equal('GET');
    expect(head).to.deep.equal({
      method: 'POST',
      rawTarget: '/a?b',
      target: { host: '', path: '/a', query: 'b' },
      version: 10,
      fields: ['host', 'h', 'x-odd', 'one'],
    });
  });

  it('reads what comes byte by byte as if it came at once', () => {
    const text = 'BREW /%41 HTTP/1.1\nA: b\n c\r\nHost: h\r\n\r\n';
    const reader = new HeadReader();
    let waiting = '';
    let found: Head | undefined;
    for (const byte of text) {
      waiting += byte;
      const { taken, head } = reader.take(waiting);
      waiting = waiting.slice(taken);
      found ??= head;
    }
    expect(waiting).to.equal('');
    expect(found).to.deep.equal(read(text));
  });

  for (const [lines, value] of [
    ['A: b\r\n c\r\n\td \r\n', 'b c d'],
    ['A:\r\n 2\r\n', '2'],
    ['A: b\r\n \r\n', 'b '],
    ['A: \u00e4\tb\r\n', '\u00e4\tb'],
    ['A:\n', ''],
  ] as const) {
    it(`takes ${JSON.stringify(value)} from ${JSON.stringify(lines)}`, () => {
      expect(fieldsOf(lines)).to.deep.equal(['a', value]);
    });
  }

  it('skips up to four line ends behind a POST, and none behind anything else', () => {
    const request = 'GET / HTTP/1.1\r\n\r\n';
    const reader = new HeadReader();
    reader.reset('POST');
    expect(reader.take(`\r\n\r\n${request}`).head?.method).to.equal('GET');
    for (const [previous, text] of [
      ['POST', `\r\n\r\n\n${request}`],
      ['GET', `\r\n${request}`],
    ] as const) {
      reader.reset(previous);
      expect(() => reader.take(text)).to.throw(Refusal);
    }
  });

  for (const head of [
    'GET /\r\n\r\n',
    'GET  / HTTP/1.1\r\n\r\n',
    ' GET / HTTP/1.1\r\n\r\n',
    'GET / HTTP/1.1 \r\n\r\n',
    'GET / http/1.1\r\n\r\n',
    'G@T / HTTP/1.1\r\n\r\n',
    'GET / HTTP/1.1\r\n A: b\r\n\r\n',
    'GET / HTTP/1.1\r\nA\r\n\r\n',
    'GET / HTTP/1.1\r\n: b\r\n\r\n',
    'GET / HTTP/1.1\r\nA\t: b\r\n\r\n',
    'GET / HTTP/1.1\r\nA: b\rc\r\n\r\n',
    'GET / HTTP/1.1\r\nA: b\0\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\r\n',
    '\r\nGET / HTTP/1.1\r\n\r\n',
    'GET /\u0001 HTTP/1.1\r\n\r\n',
  ]) {
    it(`refuses ${JSON.stringify(head)}`, () => {
      expect(refusalOf(head)).to.equal(
        'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request',
      );
    });
  }
});

describe('framingOf', () => {
  const framing = (lines: string, version = '1.1') =>
    framingOf(read(`POST / HTTP/${version}\r\nHost: h\r\n${lines}\r\n`));

  for (const [lines, length] of [
    ['', 0],
    ['Content-Length: 007\r\n', 7],
    ['Content-Length: 5\r\nContent-Length: 5\r\n', 5],
    ['Transfer-Encoding: Chunked\r\n', undefined],
    ['Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', undefined],
    ['Content-Length : 5\r\n'.replace(' :', ':'), 5],
  ] as const) {
    it(`finds a body of ${length ?? 'chunks'} in ${JSON.stringify(lines)}`, () => {
      expect(framing(lines).length).to.equal(length);
    });
  }

  it('knows no chunks in HTTP/1.0', () => {
    expect(framing('Transfer-Encoding: gzip\r\nContent-Length: 3\r\n', '1.0').length).to.equal(3);
  });

  for (const [lines, version, closes, keeps] of [
    ['', '1.1', false, false],
    ['Connection: a, Close\r\n', '1.1', true, false],
    ['Connection: a\r\nConnection: close\r\n', '1.1', true, false],
    ['Connection: closed\r\n', '1.1', false, false],
    ['', '1.0', true, false],
    ['Connection: Keep-Alive\r\n', '1.0', false, true],
    ['', '1.7', false, false],
  ] as const) {
    it(`HTTP/${version} with ${JSON.stringify(lines)} ${closes ? 'ends' : 'keeps'} the connection`, () => {
      expect(framing(lines, version)).to.include({ closes, keeps });
    });
  }

  for (const [lines, answer] of [
    ['Content-Length: 5, 5\r\n', '400 Bad Request'],
    ['Content-Length: +5\r\n', '400 Bad Request'],
    ['Content-Length:\r\n', '400 Bad Request'],
    ['Content-Length: 5\r\nContent-Length: 05\r\n', '400 Bad Request'],
    ['Content-Length: 9223372036854775808\r\n', '400 Bad Request'],
    ['Host: h\r\n', '400 Bad Request'],
    ['Transfer-Encoding: gzip, chunked\r\n', 'Unsupported transfer encoding'],
    ['Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', 'Unsupported transfer encoding'],
    ['Transfer-Encoding: chunked\r\nTrailer: a, Content-Length\r\n', '400 Bad Request'],
    ['A b: c\r\n', '400 Bad Request: invalid header name'],
  ] as const) {
    it(`refuses ${JSON.stringify(lines)}`, () => {
      const body = refusalOf(`POST / HTTP/1.1\r\nHost: h\r\n${lines}\r\n`).split('\r\n\r\n')[1];
      expect(body).to.equal(answer);
    });
  }
});
