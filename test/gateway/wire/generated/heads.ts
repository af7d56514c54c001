/** Request lines and header lines, normal and odd. */

import fc, { type Arbitrary } from 'fast-check';
import { mostly } from './parts.js';

/** What is asked for, and the body that it wants. Streams of requests are left to the tables: what Go answers depends on the pieces. */
export const CALLS: readonly (readonly [start: string, body: string])[] = [
  ['GET /v1/overlap/n', ''],
  ['GET /v1/headers', ''],
  ['GET /v1/nowhere', ''],
  ['GET /v1/stream/2', ''],
  ['GET /v1/setheaders', ''],
  ['GET /v1/err/5', ''],
  ['POST /v1/empty', '{}'],
  ['POST /v1/nobody/n', 'xyz'],
  ['POST /v1/body', '{"name":"n"}'],
  ['POST /v1/nowhere', 'xyz'],
  ['PUT /v1/body/n', '{}'],
  ['PATCH /v1/patch/n', '{"amount":5}'],
  ['HEAD /v1/head/n', ''],
  ['DELETE /v1/query', ''],
];
const ODD_STARTS = [
  'OPTIONS *',
  'GET *',
  'BREW /v1/overlap/n',
  'get /v1/overlap/n',
  'G@T /',
  'CONNECT h:80',
  'CONNECT /v1/overlap/n',
  'PRI *',
  'GET',
  '',
  'GET http://h/v1/headers',
  'GET ftp://h:1:2/v1/headers',
  'GET http://h:x/',
  'GET http:',
  'GET //h/x',
  'GET x',
  'GET /%zz',
  'GET /v1/overlap/\xe4',
  'GET /a\x01',
  'GET /a b',
  'GET  /',
  ' GET /',
  'GET\t/',
  'HEAD /v1/nowhere',
  'TRACE /',
];

/** Header lines without their ends. Each leaves the connection in a state that the bytes behind it end. */
export const LINES = [
  'Accept: */*',
  'Accept-Language: de',
  'accept-language:  a b\t',
  'X-A: \xe4',
  'X: a\r\n b',
  'Accept-Language: a\r\n\t',
  'User-Agent: x',
  'X:',
  'Pragma: no-cache',
  'TE: trailers',
  'Connection: close',
  'Connection: keep-alive',
  'Connection: x, Close',
  'connection: upgrade',
  'Expect: 100-continue',
  'Upgrade: h2c',
  'Grpc-Metadata-A: b',
  'Authorization: x',
  'X-Forwarded-For: 1.2.3.4',
  'Trailer: X',
  'Content-Type: application/json',
];
const ODD_LINES = [
  'A b: c',
  'A : b',
  'A\t: b',
  'nonsense',
  ': x',
  'X\x01: y',
  'X\xe4: y',
  'X: \x01',
  'X: \x7f',
  'X: a\rb',
  'Expect: other',
  'Host: y',
  'Host : x',
  ' X: y',
  'Trailer: Content-Length',
  'Content-Length: x',
  'Content-Length: -1',
  'Content-Length: 0',
  'Content-Length:',
  'Transfer-Encoding: gzip',
  'Transfer-Encoding:',
  'Transfer-Encoding: chunked',
  'Content-Length: 2',
];
/** Header lines. */
export const line = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom(...LINES) },
  { weight: 1, arbitrary: fc.constantFrom(...ODD_LINES) },
);
/** Where the request goes. */
export const host = mostly(
  'Host: x',
  'Host:',
  'host: y:80',
  'Host: a/b',
  'Host: a b',
  'X: no host',
  'Host: x\r\nHost: x',
  'Host: \xe4',
);
/** Versions. */
export const version = mostly(
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/1.0',
  'HTTP/1.2',
  'HTTP/2.0',
  'HTTP/0.9',
  'http/1.1',
  'HTTP/1',
  'HTTP/1.1 ',
  '',
);

/** A request line without its version, and the body that belongs to it. */
export interface Start {
  readonly start: string;
  readonly body: string;
}

/** Beginnings of requests. */
export const starts: Arbitrary<Start> = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...CALLS.map(([start, body]) => ({ start, body }))) },
  { weight: 1, arbitrary: fc.constantFrom(...ODD_STARTS).map((start) => ({ start, body: '' })) },
);
