import { type Cases, CHUNKED, each, get, HOST, post, request } from './case.js';

const TRAILERS = 'TE: trailers\r\n';
/** A reply of so many bytes. */
const download = (length: number): string =>
  `/v1/download?content_type=a/b&name=${'a'.repeat(length - 'hello '.length)}`;

const TARGETS = [
  '/v1/setheaders',
  '/v1/setheaders?n=5',
  '/v1/setheaders?n=16',
  '/v1/err/1',
  '/v1/err/16?msg=%20%20a%20',
  '/v1/err/16?msg=a%0d%0aX:%20b',
  '/v1/err/16?msg=%09a%01%c3%a4%00%0a',
  '/v1/err/16?msg=%c2%a0a%c2%a0',
  '/v1/err/16?msg=%0b%0ca%0d',
  '/v1/err/99',
  '/v1/err/5?header=1&details=1',
  '/v1/stream/0',
  '/v1/stream/3',
  '/v1/stream/2?code=5&fail_after=1',
  '/v1/stream/2?code=5&fail_after=0',
  '/v1/stream/1?header=1',
  '/v1/stream/0?header=1',
  '/v1/streamrb/2',
  '/v1/download?name=x',
  '/v1/download?name=x&content_type=%20a%0d%0ab%20',
  '/v1/downloadstream?n=2',
  '/v1/downloadstream?n=0',
  '/v1/downloadstream?n=2&name=fail',
  '/v1/downloadstream?n=2&content_type=a/b',
  download(2048),
  download(2049),
  download(70_000),
  '/v1/nowhere',
  '/v1/body',
  '/v1/overlap/n',
];

/** How answers are framed, and what is said in front of them. */
export const answers: Cases = {
  ...each('GET', TARGETS, (target) => [get('', target)]),
  ...each('GET with TE: trailers', TARGETS, (target) => [get(TRAILERS, target)]),
  ...each('GET that ends the connection', TARGETS, (target) => [get('Connection: close\r\n', target)]),
  ...each('GET in 1.0', TARGETS, (target) => [get('', target, '1.0')]),
  ...each('GET in 1.0 with TE: trailers', TARGETS, (target) => [
    get(`${TRAILERS}Connection: keep-alive\r\n`, target, '1.0'),
  ]),
  ...each(
    'HEAD',
    ['/v1/head/n', `/v1/head/${'a'.repeat(3000)}`, '/v1/head/', '/v1/nowhere', '/v1/stream/2', '/'],
    (target) => [request(`HEAD ${target} HTTP/1.1`)],
  ),
  'HEAD with TE: trailers': [request('HEAD /v1/head/n HTTP/1.1', HOST + TRAILERS)],
  'HEAD that ends the connection': [request('HEAD /v1/head/n HTTP/1.1', `${HOST}Connection: close\r\n`)],
  'HEAD of a long answer in 1.0 that stays': [
    request(`HEAD /v1/head/${'a'.repeat(3000)} HTTP/1.0`, `${HOST}Connection: keep-alive\r\n`),
  ],
  'HEAD by override': [
    post(
      'X-HTTP-Method-Override: HEAD\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\n',
      'name=x',
      '/v1/head/n',
    ),
  ],
  'an empty answer': [post('Content-Length: 0\r\n', '', '/v1/uploadraw')],
  'an empty answer in chunks': [post(`${TRAILERS}Content-Length: 0\r\n`, '', '/v1/uploadraw')],
  'a stream to a stream': [post(CHUNKED, '9\r\n{"s":"a"}\r\n9\r\n{"s":"b"}\r\n0\r\n\r\n', '/v1/bidi')],
  'a stream to a stream that fails': [post(CHUNKED, 'c\r\n{"s":"fail"}\r\n0\r\n\r\n', '/v1/bidi')],
  'no stream to a stream': [post('', '', '/v1/bidi')],
};
