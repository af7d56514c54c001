/** Paths of the conformance service: most lead to a method, with every kind of escape in what is variable. */

import fc, { type Arbitrary } from 'fast-check';

const segments = fc.oneof(
  fc.constantFrom(
    'a',
    '',
    '5',
    '-5',
    '+5',
    '007',
    '7.0',
    '99999999999',
    'true',
    'T',
    'RED',
    '1',
    '99',
    'AAE=',
    'AAE',
    '-_8',
    '1.5',
    'NaN',
    '1e3',
    'a,b',
    '1,2',
    '1,x',
    'RED,2',
  ),
  fc.constantFrom(
    'a%2Fb',
    'a%2fb',
    'a%252Fb',
    'a%20%3F%23%2Bb%25',
    'a+b',
    '%6Fne',
    '%C3%A4',
    'a%3Apeek',
    'a:peek',
    'a:b:cancel',
    ':peek',
    '.',
    '..',
    'a;b',
    'a=b',
    'a%00b',
    "!$&'()*",
    '%2A',
    'a%26b',
    '@',
    '~',
    '%7E',
    '%2E%2E',
  ),
  fc.constantFrom('2020-01-02T03:04:05Z', '2020-01-02T03:04:05.5%2B01:00', '1s', '1h', '1.5s', '%221s%22'),
  fc.constantFrom('%zz', '%2', '%', '%FF', '%C3', '%E4b'),
  fc.stringMatching(/^[a-z0-9._~-]{1,5}$/),
);

const TYPED = [
  'i32',
  'i64',
  'u32',
  'u64',
  'f',
  'd',
  'b',
  'data',
  'color',
  'strs',
  'nums',
  'colors',
  'ts',
  'dur',
  'ws',
  'wi64',
  'opti32',
  'cstr',
  'custom',
];

/** Templates of the service; `*` stands for one segment, `**` for any number. */
const TEMPLATES = [
  '/v1/query',
  '/v1/one/*',
  '/v1/shelves/*/books/*',
  '/v1/deep/**',
  '/v1/deept/**/tail',
  '/v1/files/**',
  '/v1/verb/*:cancel',
  '/v1/verb/*:peek',
  '/v1/verb/*',
  '/v1/wild/*/x/*',
  '/v1/np/*/*',
  '/v1/overlap/*',
  '/v1/overlap/literal',
  '/v1/body',
  '/v1/body/*',
  '/v1/body/*/*',
  '/v1/nobody/*',
  '/v1/patch/*',
  '/v1/head/*',
  '/v1/empty',
  '/',
  '/v1/setheaders',
  '/v1/headers',
  '/healthz',
  ...TYPED.map((name) => `/v1/t/${name}/*`),
];

/** A path of one template. */
function filled(template: string): Arbitrary<string> {
  const pieces = template.split(/(\*\*?)/).map((piece) => {
    if (piece === '*') return segments;
    return piece === '**' ? fc.array(segments, { maxLength: 3 }).map((parts) => parts.join('/')) : fc.constant(piece);
  });
  return fc.tuple(...pieces).map((parts) => parts.join(''));
}

/** Something done to a path that may lead elsewhere. */
function bent(path: Arbitrary<string>): Arbitrary<string> {
  const ways: ((text: string) => string)[] = [
    (text) => `${text}/`,
    (text) => text.replace('/', '//'),
    (text) => text.toUpperCase(),
    (text) => text.replace('v1', '%76%31'),
    (text) => text.slice(0, text.lastIndexOf('/')),
    (text) => `${text}:peek`,
    (text) => `http://elsewhere${text}`,
    (text) => `http://who:word@elsewhere${text}`,
    (text) => `http://who@word@elsewhere:80${text}`,
    (text) => `http://elsewhere:x${text}`,
    (text) => `http://[::1]:80${text}`,
    (text) => `http://[::1${text}`,
    (text) => `http://else%41where${text}`,
    (text) => text.replace('/v1', '/v1/.'),
    (text) => `${text}#x`,
    (text) => text.replace(/^\//, ''),
    (text) => text.replaceAll('/', '%2F'),
  ];
  return fc.tuple(path, fc.constantFrom(...ways)).map(([text, way]) => way(text));
}

/** A path, escaped, without a query. */
export const paths: Arbitrary<string> = fc.constantFrom(...TEMPLATES).chain((template) => {
  const path = filled(template);
  return fc.oneof({ weight: 6, arbitrary: path }, { weight: 1, arbitrary: bent(path) });
});
