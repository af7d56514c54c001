import { type Cases, CHUNKED, each, get, HOST, NEXT, post, request } from './case.js';

const TOKENS = [
  'close',
  'Close',
  'CLOSE',
  'keep-alive',
  'Keep-Alive',
  'x, close',
  'close, x',
  'keep-alive, close',
  'close, keep-alive',
  'x',
  '',
  'upgrade',
  'closed',
  ' close ',
  '"close"',
  'close;q=1',
  'a close',
  'close a',
  ',close',
  'a,\tclose',
  'keep-alive x',
  'x keep-alive',
  'keep-alive;q=1',
  '\xe4, close',
  'x\r\nConnection: close',
  'keep-alive\r\nConnection: close',
  'x\r\nConnection: keep-alive',
  'close\r\nConnection: x',
  'x\r\n close',
];

const EXPECT = 'Expect: 100-continue\r\n';
const EXPECTATIONS = [
  '100-continue',
  '100-CONTINUE',
  'x, 100-continue',
  '100-continue, x',
  '100-continue;a=b',
  '100-continue foo',
  '100-continued',
  'x100-continue',
  'other',
  '',
  '"100-continue"',
  '100-continue\r\nExpect: other',
  'other\r\nExpect: 100-continue',
  '100\r\n -continue',
  '\r\nExpect: other',
];

const CONTINUE = /100 Continue\r\n\r\n/;
const READERS = ['/v1/empty', '/v1/cstream', '/v1/nobody/n'];
const waiting = (headers: string, target: string): string => post(EXPECT + headers, '', target);

/** Who closes a connection, and when. */
export const connections: Cases = {
  ...each('Connection', TOKENS, (tokens) => [get(`Connection: ${tokens}\r\n`)]),
  ...each('Connection in 1.0', TOKENS, (tokens) => [get(`Connection: ${tokens}\r\n`, '/v1/overlap/n', '1.0')]),
  'HTTP/1.0': [get('', '/v1/overlap/n', '1.0')],
  'Proxy-Connection in 1.0': [get('Proxy-Connection: keep-alive\r\n', '/v1/overlap/n', '1.0')],
  ...each(
    'in 1.0 that stays',
    ['/v1/nowhere', '/v1/stream/2', '/v1/stream/0', '/v1/setheaders', '/v1/err/5'],
    (target) => [get('Connection: keep-alive\r\n', target, '1.0')],
  ),
  ...each('in 1.0', ['/v1/nowhere', '/v1/stream/2', '/v1/stream/0', '/v1/stream/1?code=5&fail_after=0'], (target) => [
    get('', target, '1.0'),
  ]),
  'a stream of requests in 1.0': [post('Content-Length: 9\r\n', '{"s":"a"}', '/v1/bidi', '1.0')],
  'a length in 1.0 that stays': [post('Connection: keep-alive\r\nContent-Length: 2\r\n', '{}', '/v1/empty', '1.0')],
  'no length in 1.0 that stays': [post('Connection: keep-alive\r\n', '{}', '/v1/empty', '1.0')],
  'HEAD in 1.0 that stays': [request('HEAD /v1/head/n HTTP/1.0', `${HOST}Connection: keep-alive\r\n`)],
  'a close in the middle': [NEXT + get('Connection: close\r\n') + NEXT],
  'an Upgrade': [get('Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n')],
  'an Upgrade to HTTP/2': [
    get('Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n'),
  ],
  'requests of all sorts in a row': [
    [
      get('', '/v1/nowhere'),
      post('Content-Length: 2\r\n', '{}'),
      request('HEAD /v1/head/n HTTP/1.1'),
      request('BREW / HTTP/1.1'),
      get('', '/v1/stream/2'),
      request('OPTIONS * HTTP/1.1'),
      post(CHUNKED, '2\r\n{}\r\n0\r\n\r\n', '/v1/cstream'),
      get('TE: trailers\r\n', '/v1/setheaders'),
    ].join(''),
  ],
  ...each('in a row with', ['no Host', 'nonsense'], (what) => [
    NEXT + NEXT + request('GET / HTTP/1.1', what === 'no Host' ? '' : 'nonsense\r\n') + NEXT,
  ]),
};

/** Callers that wait for the word to go on. */
export const expectations: Cases = {
  ...each('Expect', EXPECTATIONS, (value) => [post(`Expect: ${value}\r\nContent-Length: 2\r\n`, '{}')]),
  ...each('waits with a length', READERS, (target) => [waiting('Content-Length: 2\r\n', target), CONTINUE, '{}']),
  ...each('waits with chunks', READERS, (target) => [waiting(CHUNKED, target), CONTINUE, '2\r\n{}\r\n0\r\n\r\n']),
  'waits with chunks of which the second is bad': [waiting(CHUNKED, '/v1/cstream'), CONTINUE, '2\r\n{}\r\n', 'zz\r\n'],
  'nobody reads': [waiting('Content-Length: 2\r\n', '/v1/nowhere'), /Not Found"/, '{}'],
  'nobody reads what was sent': [post(`${EXPECT}Content-Length: 2\r\n`, '{}', '/v1/nowhere')],
  'nobody reads chunks that were sent': [post(EXPECT + CHUNKED, '2\r\n{}\r\n0\r\n\r\n', '/v1/nowhere')],
  'a length of 0': [post(`${EXPECT}Content-Length: 0\r\n`, '')],
  'no length': [post(EXPECT, '')],
  'in 1.0': [post(`${EXPECT}Content-Length: 2\r\n`, '{}', '/v1/empty', '1.0')],
  'in 1.0 that stays': [post(`${EXPECT}Connection: keep-alive\r\nContent-Length: 2\r\n`, '{}', '/v1/empty', '1.0')],
  'something else in 1.0': [get('Expect: other\r\n', '/v1/overlap/n', '1.0')],
  'something else of HEAD': [request('HEAD /v1/head/n HTTP/1.1', `${HOST}Expect: other\r\n`)],
  'something else of what is not found': [get('Expect: other\r\n', '/v1/nowhere')],
  'something else in a row': [NEXT + get('Expect: other\r\n') + NEXT],
  'a body that is no JSON': [post(`${EXPECT}Content-Length: 10\r\n`, 'nojson    ', '/v1/body')],
  'more than one value': [post(`${EXPECT}Content-Length: 10\r\n`, '{}      {}', '/v1/body')],
  'of GET': [`${get(`${EXPECT}Content-Length: 2\r\n`)}{}`],
  'of OPTIONS *': [request('OPTIONS * HTTP/1.1', `${HOST}${EXPECT}Content-Length: 1\r\n`, 'x')],
};
