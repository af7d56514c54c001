import { type Cases, each, get, HOST, request } from './case.js';

const SHOW = '/v1/headers';

/** Lines of headers that a gateway passes on, or that are none. */
const LINES = [
  'Accept : a',
  'Acc ept: a',
  'Accept\t: a',
  'Accept',
  ': a',
  ':',
  'X\xe4: a',
  'X\x01: a',
  'X\0: a',
  'X(: a',
  'X"Y: a',
  'X:Y: a',
  'X: a\0b',
  'X: a\x01b',
  'X: a\x7fb',
  'X: \r',
  'X: a\rb',
  'X: \x0b',
  'X: a\x0c',
  'X\r: a',
  'Accept-Language: \xe4\xff\x80',
  'Accept-Language: \xc3\xa4',
  'Accept-Language: \t  a b\t ',
  'Accept-Language:a',
  'Accept-Language:',
  'Accept-Language: a\tb',
  "!#$%&'*+-.^_`|~0: a",
  'accept-language: a',
  'ACCEPT-LANGUAGE: a',
  'Accept-Language: a:b',
  'Accept_Language: a',
];

/** Lines that go on in the next one. */
const FOLDED = [
  'Accept-Language: a\r\n  b\r\n\tc ',
  'Accept-Language: a\n b',
  'Accept-Language: a\r\n ',
  'Accept-Language: a\r\n \r\n ',
  'Accept-Language:\r\n a',
  'Accept-Language: a\r\n : b',
  'Accept\r\n : x',
  'Accept-Language: a\r\n\tX: b',
  'Accept-Language: a\r\n \x01',
  'Accept-Language: a\r\n b\r\r\n c',
  'Accept-Language: a\r\n\t \tb',
  'X: a\r\n Host: y',
];

const HOSTS = [
  'a/b',
  'a@b',
  'a b',
  '\xe4',
  'a?b',
  '"',
  "!$%&()*+,-.:;=['_]~aZ0",
  '',
  'a:b:c',
  '[::1',
  'a#b',
  'a<b',
  'a\\b',
  'a|b',
  'a^b',
  'a`b',
  'a{b}',
  'a\tb',
  ' a ',
  '%zz',
  'a\r\n b',
];

/** Lines of headers. */
export const headerLines: Cases = {
  ...each('line', [...LINES, ...FOLDED], (line) => [get(`${line}\r\n`, SHOW)]),
  'a first line that begins with a space': [request(`GET ${SHOW} HTTP/1.1`, ` X: a\r\n${HOST}`)],
  'a first line that begins with a tab': [request(`GET ${SHOW} HTTP/1.1`, `\tX: a\r\n${HOST}`)],
  'a header of several values': [get('Accept-Language: a\r\nX: b\r\nACCEPT-language: c\r\n', SHOW)],
  'many headers': [get('A: b\r\n'.repeat(3000))],
  'a bad line behind a bad name': [get('A b: c\r\nnonsense\r\n')],
  'a bad name and a bad Host': [request('GET / HTTP/1.1', 'Host: a/b\r\nA b: c\r\n')],
  'a bad name and no Host': [request('GET / HTTP/1.1', 'A b: c\r\n')],
  Pragma: [get('Pragma: no-cache\r\n', SHOW)],
};

/** Which host is meant. */
export const hosts: Cases = {
  ...each('Host', HOSTS, (host) => [request(`GET ${SHOW} HTTP/1.1`, `Host: ${host}\r\n`)]),
  'no Host': [request(`GET ${SHOW} HTTP/1.1`, '')],
  'no Host in 1.0': [request(`GET ${SHOW} HTTP/1.0`, '')],
  'no Host in 1.2': [request(`GET ${SHOW} HTTP/1.2`, '')],
  'no Host to CONNECT': [request('CONNECT h:1 HTTP/1.1', '')],
  'no Host, but one in the target': [request(`GET http://h${SHOW} HTTP/1.1`, '')],
  'a Host with a space behind it': [request(`GET ${SHOW} HTTP/1.1`, 'Host : x\r\n')],
  'two Hosts': [request(`GET ${SHOW} HTTP/1.1`, HOST + HOST)],
  'two Hosts in 1.0': [request(`GET ${SHOW} HTTP/1.0`, HOST + HOST)],
  'two Hosts and one in the target': [request(`GET http://h${SHOW} HTTP/1.1`, HOST + HOST)],
  'a bad Host in 1.0': [request(`GET ${SHOW} HTTP/1.0`, 'Host: a/b\r\n')],
  'a bad Host and one in the target': [request(`GET http://h${SHOW} HTTP/1.1`, 'Host: a/b\r\n')],
  'a lower-case Host': [request(`GET ${SHOW} HTTP/1.1`, 'hOST: y\r\n')],
};
