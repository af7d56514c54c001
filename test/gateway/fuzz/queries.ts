/** Query strings for a message: every field by either name, at every depth, with values of every kind. */

import fc, { type Arbitrary } from 'fast-check';
import type { Field, Kind, MessageType } from '../../../bridge/schema.js';
import { damaged } from './json-bodies.js';

const integers = fc.constantFrom(
  '0',
  '5',
  '-5',
  '+7',
  '007',
  '7.0',
  '1e3',
  'abc',
  '2147483648',
  '-2147483649',
  '4294967296',
  '9223372036854775807',
  '18446744073709551615',
  '99999999999999999999',
  '0x10',
  '1_000',
  '',
  ' 5',
  '-0',
  '0000000000000000000000000000001',
);
const floats = fc.constantFrom(
  '0',
  '-0',
  '1.5',
  '.5',
  '5.',
  '1e21',
  '1e400',
  '-1e400',
  '3.5e38',
  'NaN',
  'Infinity',
  '-Infinity',
  'Inf',
  '+Infinity',
  'nan',
  '-nan',
  '3.4028235677973366e38',
  '1.000000059604644775390625000000001',
  '0x1p-2',
  '1_0',
  '',
  'x',
  '0.1',
);
const texts = fc.oneof(
  fc.constantFrom('', 'a', 'a b', 'ä', '<&>', '😀', 'a,b', 'a/b', '%', 'a=b', '\u2028', '\u0007'),
  fc.string({ maxLength: 5 }),
);
const VALUES: Readonly<Partial<Record<Kind, Arbitrary<string>>>> = {
  bool: fc.constantFrom('true', 'false', '1', '0', 't', 'F', 'TRUE', 'tRUE', 'yes', ''),
  string: texts,
  bytes: fc.constantFrom('', 'AAE=', 'AAE', '+/8=', '-_8', '-/8=', 'A', '%', 'AA==='),
  enum: fc.constantFrom('RED', 'red', 'GREEN', '1', '77', '-1', '-0', '', '+2', '00000000000002', 'NULL_VALUE'),
  float: floats,
  double: floats,
};
const MESSAGES: Readonly<Record<string, Arbitrary<string>>> = {
  Timestamp: fc.constantFrom(
    '2020-01-02T03:04:05Z',
    '2020-01-02T03:04:05.1234567+01:00',
    '2020-01-02t03:04:05z',
    '2020-01-02',
    '2020-01-02T03:04:60Z',
    '0000-01-01T00:00:00Z',
    '2021-02-29T00:00:00Z',
    '2020-01-02T03:04:05ä',
    '😀"\\\n',
    '2020-13-01T00:00:00Z',
    '2020-01-02T03:04:05+25:61',
    '2020-01-02T03:04:05x25:00',
    '2020-01-02T03:04:05+01:xx',
    '',
  ),
  Duration: fc.constantFrom(
    '1s',
    '1h2m3.5s',
    '5ms',
    '1us',
    '1µs',
    '1ä"',
    '-1.5h',
    '0',
    '1',
    '1d',
    '9223372036s',
    '9223372037s',
    '',
    '+5s',
    '.5s',
    '1.s',
    '0.33333333333333333h',
    '0.000000000000000000001h',
    '-9223372036854775808ns',
    '9300000000000000000x',
  ),
  FieldMask: fc.constantFrom('', 'a', 'a,b.c', 'fooBar', 'foo_bar', 'a,,b', ','),
  Struct: dynamic(fc.constantFrom(' x', ' 1', '{}', '{"a":1}', '[]', 'x', '', '{"a":1}x', '{"2":0,"10":0}')),
  Value: dynamic(fc.constantFrom('null', '1', '"a"', 'true', '[1]', '{"a":null}', 'x', '', '1 2')),
  Empty: fc.constantFrom('', '{}', 'x'),
};

/** JSON that protojson reads without anybody before it: what is broken in it is told in protojson's own words. */
function dynamic(some: Arbitrary<string>): Arbitrary<string> {
  const whole = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value));
  // A number that ends in its exponent has no error of its own here.
  return fc.oneof(some, whole, damaged(whole)).filter((text) => !/\d[eE][-+]?[^-+.\w]/.test(text));
}

function values(field: Field): Arbitrary<string> {
  const { message, kind } = field;
  if (!message) return VALUES[kind] ?? integers;
  const name = message.fullName.replace('google.protobuf.', '');
  const [first] = message.fields;
  const wrapped = name.endsWith('Value') && first ? (VALUES[first.kind] ?? integers) : undefined;
  return MESSAGES[name] ?? wrapped ?? fc.constantFrom('', 'x', '{}');
}

/** A key and the field that it names. Goes into messages, also into those that it may not go into. */
function keys(type: MessageType, depth: number): Arbitrary<readonly [key: string, field: Field]> {
  return fc.constantFrom(...type.fields).chain((field) => {
    const names = fc.constantFrom(field.name, field.name, field.jsonName);
    const here = names.map((name) => [name, field] as const);
    const { message, shape, mapKey, mapValue } = field;
    if (shape === 'map' && mapKey && mapValue) {
      const bracketed = fc.tuple(names, values(mapKey)).map(([name, key]) => [`${name}[${key}]`, mapValue] as const);
      return fc.oneof({ weight: 5, arbitrary: bracketed }, { weight: 1, arbitrary: here });
    }
    if (!message || message.fields.length === 0 || depth > 2) {
      return fc.oneof(
        { weight: 12, arbitrary: here },
        { weight: 1, arbitrary: names.map((name) => [`${name}.x`, field] as const) },
      );
    }
    const inside = fc
      .tuple(names, keys(message, depth + 1))
      .map(([name, [rest, inner]]) => [`${name}.${rest}`, inner] as const);
    return fc.oneof(here, inside);
  });
}

/** One parameter, already escaped. */
function parameter(type: MessageType): Arbitrary<string> {
  const known = keys(type, 0).chain(([key, field]) => fc.tuple(fc.constant(key), values(field)));
  const unknown = fc.tuple(
    fc.constantFrom(
      'zzz',
      'nested.zzz',
      'name.x',
      'Name',
      'zzz[a]',
      'name[a]',
      '.',
      '',
      'nested.',
      '[a]',
      'labels[',
      'labels[a]]',
      'labels[a\nb]',
    ),
    texts,
  );
  const escaped = fc
    .oneof({ weight: 12, arbitrary: known }, { weight: 1, arbitrary: unknown })
    .chain(([key, value]) =>
      fc.constantFrom(encodeURIComponent, plainly).map((encode) => `${encode(key)}=${encode(value)}`),
    );
  const raw = fc.constantFrom(
    '',
    's',
    's=',
    '=',
    's=a;b',
    's=%zz',
    's=%',
    's=%FF',
    's=%2',
    '%73=x',
    's=a+b',
    's=a%2Bb',
    's==',
    's=a%00b',
    ';',
  );
  return fc.oneof({ weight: 15, arbitrary: escaped }, { weight: 1, arbitrary: raw });
}

/** Escapes only what cannot stand in a request line or would mean something else. */
function plainly(text: string): string {
  return text.replace(/[^!-~]|[%&+#;]/gu, (char) => (/\p{Cs}/u.test(char) ? '' : encodeURIComponent(char)));
}

/** A query with a few parameters; some occur twice. */
export function queries(type: MessageType): Arbitrary<string> {
  return fc
    .tuple(fc.array(parameter(type), { maxLength: 3 }), fc.boolean())
    .map(([parameters, twice]) => [...parameters, ...(twice ? parameters.slice(0, 1) : [])].join('&'));
}
