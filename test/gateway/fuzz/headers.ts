/** Request headers that change what the gateway does, and headers that it passes on. */

import fc, { type Arbitrary } from 'fast-check';

/** Names and values, in order; names may occur more than once. */
export type Headers = readonly (readonly [name: string, value: string])[];

const VALUES: Readonly<Record<string, readonly string[]>> = {
  Accept: [
    '*/*',
    'application/json',
    'text/event-stream',
    'application/octet-stream',
    'application/x-protobuf',
    'text/event-stream, */*',
    'text/event-stream;q=1',
    '',
    'TEXT/EVENT-STREAM',
  ],
  'Content-Type': [
    'application/json',
    'text/plain',
    'application/json; charset=utf-8',
    'application/x-protobuf',
    'APPLICATION/JSON',
    'x',
    '',
    'a/b; c',
    'a/',
    '/b',
    'a b',
    'a/b/c',
    'a/b;',
    'a/b;;',
    'a/b; c="d;e"',
    'a/b; c=d; c=e',
    'application/x-www-form-urlencoded; a="x;y"',
    'text/event-stream',
  ],
  'Grpc-Timeout': [
    '1H',
    '10M',
    '99S',
    '0S',
    '0n',
    '1s',
    'S',
    '-1S',
    '99999999999999999999H',
    '18446744073709551616n',
    '1',
    '+5S',
    ' 5S',
    '000000000000000000000001S',
    '\u00e4',
  ],
  TE: ['trailers', 'TRAILERS', 'gzip', 'xtrailersx', 'gzip, trailers'],
  Authorization: ['Bearer x', '', 'b\u00e4r', 'a, b'],
  Cookie: ['a=b', 'c=d; e=f'],
  'X-Forwarded-For': ['1.2.3.4', '1.2.3.4, 5.6.7.8', '', '\u00e4'],
  'X-Forwarded-Host': ['example.org', '', '\u00e4'],
  'Grpc-Metadata-Foo': ['bar', 'b\u00e4r', '', 'a,b'],
  'Grpc-Metadata-Foo-Bin': ['AAE=', 'AAE', '-_8', '!', '', 'YWJj', 'A'],
  'Grpc-Metadata-grpcgateway-Cookie': ['x'],
  'Grpc-Metadata-X-Forwarded-For': ['9.9.9.9'],
  'Grpc-Metadata-Authorization': ['Bearer y'],
  'Grpc-Metadata-Content-Type': ['x'],
  'Grpc-Metadata-Te': ['x'],
  'Grpc-Metadata-Bin': ['YWJj', 'AAE='],
  'Grpc-Metadata-': ['x', '\u00e4'],
  'Grpc-Metadata-a_b.c': ['x'],
  'Grpc-Metadata-a!b': ['x'],
  'X-Request-Id': ['1'],
  'Accept-Language': ['de', 'en;q=0.5'],
  'Accept-Encoding': ['gzip'],
  'User-Agent': ['agent/1'],
  Origin: ['http://example.org'],
  'If-Match': ['"x"', 'W/"y"'],
  Via: ['1.1 a'],
  Forwarded: ['for=1.2.3.4'],
  From: ['a@b'],
  Date: ['Tue, 15 Nov 1994 08:12:31 GMT'],
  Warning: ['199 - x'],
  'Accept-Ranges': ['bytes'],
  'Max-Forwards': ['3'],
  Pragma: ['no-cache'],
  Referer: ['http://x/'],
  Range: ['bytes=0-1'],
};

/** A header of these names. */
function header(names: readonly string[]): Arbitrary<readonly [string, string]> {
  return fc
    .constantFrom(...names)
    .chain((name) => fc.tuple(fc.constantFrom(name, name.toLowerCase()), fc.constantFrom(...(VALUES[name] ?? ['']))));
}

/** Headers of all sorts. */
export const headers: Arbitrary<Headers> = fc.array(header(Object.keys(VALUES)), { maxLength: 4 });

/** Headers that say how bodies are written, and how answers are to be. */
export const formats: Arbitrary<Headers> = fc.array(header(['Accept', 'Content-Type', 'TE']), { maxLength: 2 });

/** What a request says of its body: mostly nothing. */
export const contentTypes: Arbitrary<Headers> = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(header(['Content-Type']), { minLength: 1, maxLength: 2 }) },
);
