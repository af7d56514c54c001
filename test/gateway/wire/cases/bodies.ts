import { type Cases, CHUNKED, each, get, HOST, NEXT, post, request } from './case.js';

/** So much of a body that nobody wants is read, so that the connection may stay. */
const KEEP = 256 * 1024;
const sized = (length: number, target: string, headers = ''): string =>
  post(`${headers}Content-Length: ${length}\r\n`, 'x'.repeat(length), target);
const chunked = (length: number, target: string, headers = ''): string =>
  post(headers + CHUNKED, `${length.toString(16)}\r\n${'x'.repeat(length)}\r\n0\r\n\r\n`, target);
const notJson = (length: number): string =>
  post(`Content-Length: ${length}\r\n`, `x${' '.repeat(length - 1)}`, '/v1/body');
const options = (headers: string, body: string): string => request('OPTIONS * HTTP/1.1', HOST + headers, body);

/** Above this a head is refused. */
const HEAD_LIMIT = 1024 * 1024 + 4096;

/** A request whose head is so long. */
function headOf(length: number, body = ''): string {
  const start = `POST /v1/empty HTTP/1.1\r\n${HOST}Content-Length: ${body.length}\r\nA: `;
  return `${start}${'a'.repeat(length - start.length - 4)}\r\n\r\n${body}`;
}

/** Bodies that nobody reads, and what is too long. */
export const bodies: Cases = {
  ...each('nobody reads of a length', ['10', `${KEEP - 1}`, `${KEEP}`, `${KEEP + 1}`, `${4 * KEEP}`], (length) => [
    sized(Number(length), '/v1/nowhere'),
  ]),
  ...each('nobody reads in chunks', ['10', `${KEEP - 1}`, `${KEEP}`, `${KEEP + 1}`, `${4 * KEEP}`], (length) => [
    chunked(Number(length), '/v1/nowhere'),
  ]),
  ...each('nobody reads before the end of the connection', ['10', `${KEEP - 1}`, `${KEEP + 1}`], (length) => [
    sized(Number(length), '/v1/nowhere', 'Connection: close\r\n'),
  ]),
  ...each('read where there is no body', ['10', `${KEEP - 1}`, `${KEEP}`, `${4 * KEEP}`], (length) => [
    sized(Number(length), '/v1/nobody/n'),
  ]),
  ...each('no JSON', ['1000', `${KEEP}`, `${KEEP + 511}`], (length) => [notJson(Number(length))]),
  ...each('OPTIONS * with', ['10', '4096'], (length) => [
    options(`Content-Length: ${length}\r\n`, 'x'.repeat(Number(length))),
  ]),
  'OPTIONS * with chunks': [options(CHUNKED, '1\r\nx\r\n0\r\n\r\n')],
  'OPTIONS * with bad chunks': [options(CHUNKED, 'zz\r\n')],
  'a body that comes behind its head': [post('Content-Length: 1000\r\n', '', '/v1/nowhere'), 'x'.repeat(1000)],
  'chunks that come behind their head': [post(CHUNKED, '', '/v1/nowhere'), '0\r\n\r\n'],
  'a value and more': [post('Content-Length: 4\r\n', '{}xx')],
  'no body where one may be': [post('', '', '/v1/body')],
  'an empty body in chunks': [post(CHUNKED, '0\r\n\r\n', '/v1/body')],
  ...each('a head of its limit and', ['-1', '0', '1', '2', '4096', '9000'], (more) => [
    headOf(HEAD_LIMIT + Number(more)),
  ]),
  'a head of its limit and a body': [headOf(HEAD_LIMIT, '{}')],
  'a head without an end': [headOf(HEAD_LIMIT + 5000).slice(0, HEAD_LIMIT)],
  'a request line without an end': ['x'.repeat(HEAD_LIMIT)],
  'a long request line': [get('', `/${'x'.repeat(HEAD_LIMIT - 200)}`)],
  'a bad line in a head that is too long': [`GET / HTTP/1.1\r\nnonsense\r\nA: ${'a'.repeat(HEAD_LIMIT)}`],
  'a head that is too long in a row': [NEXT + headOf(HEAD_LIMIT + 9000)],
};
