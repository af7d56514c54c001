/** JSON texts for messages: mostly right, often in unusual spelling, sometimes wrong. */

import fc, { type Arbitrary } from 'fast-check';
import { hasOwnJson } from '../../../bridge/json/well-known.js';
import type { Field, Kind, MessageType } from '../../../bridge/schema.js';

const integers = fc.oneof(
  fc.constantFrom('0', '1', '-1', '"5"', '5.0', '5e0', '0.5e1', '-0', '2147483647', '-2147483648', '4294967295'),
  fc.constantFrom('9007199254740993', '"9223372036854775807"', '18446744073709551615', '9223372036854775808', '1e30'),
  fc.constantFrom('0.00000000000000000000005e23', '50e-1', '0e99', '1e0'),
  fc.integer({ min: -1000, max: 1000 }).map(String),
);
const floats = fc.oneof(
  fc.constantFrom(
    '0',
    '-0',
    '0.1',
    '1e21',
    '1e-7',
    '"NaN"',
    '"Infinity"',
    '"-Infinity"',
    '"1.5"',
    '1e400',
    '3.5e38',
    '16777217',
    '3.4028235677973366e38',
    '1.000000059604644775390625000000001',
  ),
  fc.double({ noDefaultInfinity: true, noNaN: true }).map(String),
  fc.float({ noDefaultInfinity: true, noNaN: true }).map(String),
);
/** JSON strings, some with escapes that nobody needs. */
const strings: Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '""',
    '"a"',
    '"RED"',
    '"\\u00e4"',
    '"\\ud83d\\ude00"',
    '"<&>\\u2028"',
    '"\\/\\b\\f\\n\\r\\t"',
    '"\\u0000\\u007f"',
    '"5"',
  ),
  fc.string({ maxLength: 6 }).map((text) => JSON.stringify(text)),
  fc.string({ unit: 'grapheme', maxLength: 4 }).map((text) => JSON.stringify(text)),
  fc.constantFrom('"\\ud800"', '"\\x"', '"\\u12"', '"a\tb"', '"open'),
);
const bytes = fc.constantFrom(
  '""',
  '"AAE="',
  '"AAE"',
  '"+/8="',
  '"-_8="',
  '"-/8="',
  '"A"',
  '"AA==="',
  '"A\\nAE="',
  '"%"',
);
const bools = fc.constantFrom('true', 'false', '"true"', '1', 'True');
const enums = fc.constantFrom(
  '"RED"',
  '"GREEN"',
  '"NEG"',
  '"red"',
  '"1"',
  '1',
  '-1',
  '77',
  '2.0',
  '1e0',
  '""',
  '3000000000',
  'null',
);
const anything = fc.constantFrom('null', 'true', '1', '"x"', '[]', '{}', '[null]', '{"a":1}', '[1,"a"]');

const WELL_KNOWN: Readonly<Record<string, Arbitrary<string>>> = {
  Timestamp: fc.constantFrom(
    '"2020-01-02T03:04:05Z"',
    '"2020-01-02T03:04:05.1Z"',
    '"2020-01-02T03:04:05.123456789+01:30"',
    '"1969-12-31T23:59:59.5Z"',
    '"0001-01-01T00:00:00Z"',
    '"0000-01-01T00:00:00Z"',
    '"9999-12-31T23:59:59.999999999Z"',
    '"2020-02-30T00:00:00Z"',
    '"2020-01-02t03:04:05Z"',
    '"2020-01-02T03:04:60Z"',
    '"2020-01-02T03:04:05.1234567891Z"',
    '""',
    '5',
  ),
  Duration: fc.constantFrom(
    '"1s"',
    '"3.500s"',
    '"-0.5s"',
    '"+1s"',
    '".5s"',
    '"1.s"',
    '"1h"',
    '"315576000000s"',
    '"315576000001s"',
    '"0.0000000001s"',
    '""',
  ),
  FieldMask: fc.constantFrom('""', '"a"', '"fooBar,b.cD"', '"foo_bar"', '"a,,b"', '" a "', '"1"', 'null'),
  Struct: fc.constantFrom('{}', '{"b":1,"a":[null,{"c":"<"}]}', '{"2":1,"10":2}', '{"a":1,"a":2}', '[]', 'null'),
  Value: anything,
  ListValue: fc.constantFrom('[]', '[1,null,{}]', '{}', 'null', '[NaN]'),
  Empty: fc.constantFrom('{}', '{"a":1}', 'null', '[]'),
  Any: fc.constantFrom(
    '{}',
    '{"@type":"type.googleapis.com/gwconf.v1.Item","i":1}',
    '{"i":1,"@type":"type.googleapis.com/gwconf.v1.Item","s":"<"}',
    '{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}',
    '{"@type":"x/google.protobuf.Empty"}',
    '{"a":1}',
    '{"@type":"type.googleapis.com/nope"}',
    '{"@type":""}',
    '{"@type":1}',
    '{"@type":"gwconf.v1.Item"}',
    '{"@type":"type.googleapis.com/google.protobuf.StringValue"}',
    '{"@type":"type.googleapis.com/google.protobuf.Any","value":{}}',
  ),
};

function scalar(kind: Kind): Arbitrary<string> {
  if (kind === 'string') return strings;
  if (kind === 'bytes') return bytes;
  if (kind === 'bool') return bools;
  if (kind === 'enum') return enums;
  return kind === 'double' || kind === 'float' ? floats : integers;
}

/** JSON of one value of a field's type. */
function single(field: Field, depth: number): Arbitrary<string> {
  const { message, kind } = field;
  if (!message) return scalar(kind);
  const name = message.fullName.replace('google.protobuf.', '');
  const own = hasOwnJson(message) ? (WELL_KNOWN[name] ?? scalar(message.fields[0]?.kind ?? 'string')) : undefined;
  return own ?? (depth > 2 ? fc.constant('{}') : messageText(message, depth + 1));
}

/** JSON of a whole field; one in a dozen is of the wrong type. */
export function fieldText(field: Field, depth = 0): Arbitrary<string> {
  const right =
    field.shape === 'map' ? mapText(field, depth) : field.shape === 'list' ? list(field, depth) : single(field, depth);
  return fc.oneof({ weight: 11, arbitrary: right }, { weight: 1, arbitrary: anything });
}

function list(field: Field, depth: number): Arbitrary<string> {
  return fc.array(single(field, depth), { maxLength: 3 }).map((items) => `[${items.join(',')}]`);
}

function mapText({ mapKey, mapValue }: Field, depth: number): Arbitrary<string> {
  if (!mapKey || !mapValue) throw new Error('a map has a key and a value');
  const keys = { string: strings, bool: fc.constantFrom('"true"', '"false"', '"True"') } as Partial<
    Record<Kind, Arbitrary<string>>
  >;
  const key =
    keys[mapKey.kind] ??
    fc.constantFrom('"1"', '"10"', '"9"', '"-1"', '"x"', '"+2"', '"01"', '"0000000000000000000000001"');
  return fc
    .array(fc.tuple(key, single(mapValue, depth)), { maxLength: 3 })
    .map((entries) => `{${entries.map((entry) => entry.join(':')).join(',')}}`);
}

/** JSON of a message with a few of its fields, under either of their names, and now and then one that it has not. */
function messageText(type: MessageType, depth = 0): Arbitrary<string> {
  if (type.fields.length === 0) return fc.constantFrom('{}', '{"zzz":1}');
  const known = fc.constantFrom(...type.fields).chain((field) =>
    fc.tuple(
      fc.constantFrom(field.name, field.jsonName).map((name) => JSON.stringify(name)),
      fieldText(field, depth),
    ),
  );
  const unknown = fc.tuple(fc.constantFrom('"zzz"', '"name "', '"@type"', '"__proto__"', '"Name"'), anything);
  const member = fc.oneof({ weight: 20, arbitrary: known }, { weight: 1, arbitrary: unknown });
  return fc
    .tuple(fc.array(member, { maxLength: 4 }), fc.constantFrom('', '', '', ' ', '\n'))
    .map(
      ([members, space]) =>
        `{${space}${members.map((one) => one.join(`${space}:${space}`)).join(`${space},`)}${space}}`,
    );
}

/** A text with something broken: a piece missing, put in, or put behind. */
export function damaged(text: Arbitrary<string>): Arbitrary<string> {
  const pieces = fc.constantFrom(
    '',
    '{',
    '}',
    '[',
    ']',
    '"',
    ',',
    ':',
    'null',
    'nul',
    '\\',
    '0',
    '-',
    '.',
    ' ',
    '\u0001',
    'ä',
    '\ufeff',
  );
  return fc.tuple(text, fc.nat(200), fc.nat(2), pieces).map(([whole, at, length, piece]) => {
    const from = at % (whole.length + 1);
    return whole.slice(0, from) + piece + whole.slice(from + length);
  });
}

/** Bodies that should be a message: most of them are one. */
export function bodies(type: MessageType): Arbitrary<string> {
  const right = messageText(type);
  return fc.oneof(
    { weight: 6, arbitrary: right },
    { weight: 2, arbitrary: damaged(right) },
    { weight: 1, arbitrary: fc.constantFrom('', ' ', 'null', '[]', '{} junk', '{}{}', '1', '"a"') },
  );
}
