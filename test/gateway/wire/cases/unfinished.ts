import { FIN, type Step } from '../conversation.js';
import { type Cases, CHUNKED, get, NEXT, post, request } from './case.js';

const UNARY_READERS = ['/v1/body', '/v1/nobody/n', '/v1/nowhere'];
const READERS = [...UNARY_READERS, '/v1/cstream'];

/** Where a body in chunks breaks off. */
const CHUNKS = [
  '',
  '2',
  '2\r',
  '2\r\n',
  '5\r\n{}',
  '2\r\n{}',
  '2\r\n{}\r',
  '2\r\n{}\r\n',
  '1\r\n{\r\n',
  '2\r\n{}\r\n0',
  '2\r\n{}\r\n0\r\n',
  '2\r\n{}\r\n0\r\n\r',
  '2\r\n{}\r\n0\r\nA: b\r\n',
  '2\r\n{}\r\n0\r\nA',
  '9\r\n{"s":"b"}\r\n2\r\n{}\r\n',
];
/** The same, of 5 bytes. */
const BYTES = ['', '{', '{}', '{}  ', '1234'];

/** Where a head breaks off. */
const HEADS = [
  '',
  'G',
  'GET',
  'GET /v1',
  'hello',
  'GET /v1/overlap/n HTTP/1.1',
  'GET /v1/overlap/n HTTP/1.1\r',
  'GET /v1/overlap/n HTTP/1.1\r\n',
  'GET /v1/overlap/n HTTP/1.1\r\nHost',
  'GET /v1/overlap/n HTTP/1.1\r\nHost: x',
  'GET /v1/overlap/n HTTP/1.1\r\nHost: x\r',
  'GET /v1/overlap/n HTTP/1.1\r\nHost: x\r\n',
  'GET /v1/overlap/n HTTP/1.1\r\nHost: x\r\n ',
  'GET /v1/overlap/n HTTP/1.1\r\nHost: x\r\n\r',
  '\r',
  'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n',
  'GET / HTTP/2.0\r\n',
];

const ANSWERED = /"first:next"/;

function brokenBodies(headers: string, bodies: readonly string[], targets: readonly string[]): Cases {
  return Object.fromEntries(
    bodies.flatMap((body) =>
      targets.map((target): [string, Step[]] => [
        `${headers.trim()}: ${JSON.stringify(body)} to ${target}`,
        [post(headers, body, target), FIN],
      ]),
    ),
  );
}

/** Requests that break off, and callers that close their half of the connection. */
export const unfinished: Cases = {
  ...brokenBodies(CHUNKED, CHUNKS, READERS),
  ...brokenBodies('Content-Length: 5\r\n', BYTES, READERS),
  // A stream of requests says something else first.
  ...brokenBodies(CHUNKED, ['1\r\nx\r\n'], UNARY_READERS),
  ...brokenBodies('Content-Length: 5\r\n', ['x', '"ab"'], UNARY_READERS),
  // What was answered before the body broke off is a matter of time where the answer is a stream.
  ...brokenBodies(CHUNKED, ['', '2', '5\r\n{', '1\r\n{\r\n'], ['/v1/bidi']),
  ...brokenBodies('Content-Length: 5\r\n', ['', '{'], ['/v1/bidi']),
  ...brokenBodies('Expect: 100-continue\r\nContent-Length: 5\r\n', ['', '{', '{}'], READERS),
  ...Object.fromEntries(HEADS.map((head): [string, Step[]] => [`a head: ${JSON.stringify(head)}`, [head, FIN]])),
  ...Object.fromEntries(
    HEADS.map((head): [string, Step[]] => [`a second head: ${JSON.stringify(head)}`, [NEXT, ANSWERED, head, FIN]]),
  ),
  'a body of GET': [`${get('Content-Length: 5\r\n')}ab`, FIN],
  'a body of a stream': [post(CHUNKED, '7\r\n{"n":1}', '/v1/stream'), FIN],
  'a body of 1.0': [post('Content-Length: 5\r\n', '{}', '/v1/body', '1.0'), FIN],
  'a body of PATCH': [request('PATCH /v1/patch/n HTTP/1.1', 'Host: x\r\nContent-Length: 5\r\n', '{}'), FIN],
  'a form': [post('Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n', 's=a', '/v1/query'), FIN],
  'the body of the last connection': [post('Connection: close\r\nContent-Length: 5\r\n', '{}', '/v1/body'), FIN],
  'the caller of a call that goes on': [get('', '/v1/sleep/60000'), FIN],
  'the caller of a stream that goes on': [get('', '/v1/stream/2?sleep_ms=60000'), /m0/, FIN],
  'the caller of what is not found': [get('', '/v1/nowhere'), /Not Found"/, FIN],
};
