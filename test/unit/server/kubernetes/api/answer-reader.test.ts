import { expect } from 'chai';
import { type Answer, AnswerReader } from '../../../../../server/kubernetes/api/answer-reader.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Reads the text in pieces of so many bytes. */
function read(text: string, size = text.length): Answer | undefined {
  const reader = new AnswerReader();
  let answer: Answer | undefined;
  for (let at = 0; at < text.length; at += size) {
    expect(answer, 'was complete before its end').to.equal(undefined);
    answer = reader.take(bytes(text.slice(at, at + size)));
  }
  return answer;
}

const WHOLE = 'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{"a":1}';
const CHUNKED =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n11;name=value\r\n, and a good day.\r\n0\r\nX-Sum: 1\r\n\r\n';

describe('AnswerReader', () => {
  for (const size of [1, 2, 3, 7, 64, 4096]) {
    it(`reads an answer of a known length, in pieces of ${size}`, () => {
      const { statusCode, headers, body, keepsAlive } = read(WHOLE, size) as Answer;
      expect({ statusCode, keepsAlive, body: body.toString() }).to.deep.equal({
        statusCode: 201,
        keepsAlive: true,
        body: '{"a":1}',
      });
      expect(headers['content-type']).to.equal('application/json');
    });

    it(`reads an answer in chunks, in pieces of ${size}`, () => {
      const { body, keepsAlive } = read(CHUNKED, size) as Answer;
      expect(body.toString()).to.equal('hello, and a good day.');
      expect(keepsAlive).to.equal(true);
    });
  }

  it('keeps every value of a header, and the names of headers apart from those of objects', () => {
    const { headers } = read(
      'HTTP/1.1 200 OK\r\nWarning: 299 - "a"\r\nwarning:299 - "b"\r\nWARNING: 299 - "c" \r\n__proto__: x\r\nContent-Length: 0\r\n\r\n',
    ) as Answer;
    expect(headers['warning']).to.deep.equal(['299 - "a"', '299 - "b"', '299 - "c"']);
    expect(Object.keys(headers)).to.deep.equal(['warning', '__proto__', 'content-length']);
  });

  it('passes over what comes before the answer', () => {
    expect(read(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${WHOLE}`, 5)).to.include({
      statusCode: 201,
    });
  });

  it('knows answers that have no body', () => {
    expect(read('HTTP/1.1 204 No Content\r\n\r\n')).to.include({ statusCode: 204, keepsAlive: true });
  });

  it('reads until the end of the connection where no length is told', () => {
    const reader = new AnswerReader();
    expect(reader.take(bytes('HTTP/1.1 200 OK\r\n\r\nhel'))).to.equal(undefined);
    expect(reader.take(bytes('lo'))).to.equal(undefined);
    const answer = reader.end();
    expect(answer?.body.toString()).to.equal('hello');
    expect(answer?.keepsAlive).to.equal(false);
  });

  it('has no answer where the connection ends too early', () => {
    for (const text of ['', WHOLE.slice(0, 30), WHOLE.slice(0, -1), CHUNKED.slice(0, -2)]) {
      const reader = new AnswerReader();
      reader.take(bytes(text));
      expect(reader.end()).to.equal(undefined);
    }
  });

  it('says when the connection cannot be used again', () => {
    expect(read(WHOLE.replace('\r\n', '\r\nConnection: close\r\n'))).to.include({ keepsAlive: false });
    expect(read(`${WHOLE}HTTP/1.1 200 OK`)).to.include({ keepsAlive: false });
  });

  for (const [what, text] of Object.entries({
    'another protocol': 'SSH-2.0-OpenSSH_9.2\r\n\r\n',
    'a length that is none': 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n',
    'two lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    'a chunk without a length': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n',
    'a chunk that is longer than it says': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n',
    'a head without an end': `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`,
    'a line without an end': `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(9000)}`,
  })) {
    it(`refuses ${what}`, () => {
      expect(() => read(text)).to.throw();
    });
  }
});
