/** Text of path and query parameters -> field values, with the gateway's rules and error texts. */

import { base64Error, parseBase64 } from '../json/base64.js';
import { goQuote } from '../go/quote.js';
import { parseBool, parseFloat, parseInteger } from '../go/strconv.js';
import { parseGoDuration, parseTime } from '../go/time.js';
import { isTimestampSeconds } from '../json/time.js';
import { parseWhole } from '../json/parse.js';
import { isWrapper } from '../json/well-known.js';
import { readDuration, readDynamic, readStruct, readTimestamp } from '../json/well-known-reader.js';
import type { EnumType, Field, Kind, MessageType, Value } from '../schema.js';
import { present } from '../schema.js';

function parseBytes(text: string): Buffer {
  const bytes = parseBase64(text);
  if (typeof bytes === 'number') throw new Error(base64Error(bytes));
  return bytes;
}

const SCALARS: Readonly<Partial<Record<Kind, (text: string) => Value>>> = {
  bool: parseBool,
  int32: (text) => Number(parseInteger(text, 32, true)),
  sint32: (text) => Number(parseInteger(text, 32, true)),
  sfixed32: (text) => Number(parseInteger(text, 32, true)),
  uint32: (text) => Number(parseInteger(text, 32, false)),
  fixed32: (text) => Number(parseInteger(text, 32, false)),
  int64: (text) => parseInteger(text, 64, true),
  sint64: (text) => parseInteger(text, 64, true),
  sfixed64: (text) => parseInteger(text, 64, true),
  uint64: (text) => parseInteger(text, 64, false),
  fixed64: (text) => parseInteger(text, 64, false),
  float: (text) => parseFloat(text, 32),
  double: (text) => parseFloat(text, 64),
  string: (text) => text,
  bytes: parseBytes,
};

function enumNumber(type: EnumType, text: string): number | undefined {
  const named = type.numberOf.get(text);
  if (named !== undefined) return named;
  try {
    const number = Number(parseInteger(text, 32, true));
    return type.nameOf.has(number) ? number : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a single value of a query parameter. Throws an Error with the gateway's text for it. */
export function parseQueryValue(field: Field, text: string): Value {
  if (field.message) return parseQueryMessage(field.message, text);
  if (field.enumType) {
    const number = enumNumber(field.enumType, text);
    if (number === undefined) throw new Error(`${goQuote(text)} is not a valid value`);
    return number;
  }
  return present(SCALARS[field.kind])(text);
}

function parseQueryMessage(type: MessageType, text: string): Value {
  if (isWrapper(type)) return present(SCALARS[present(type.fields[0]).kind])(text);
  switch (type.fullName) {
    case 'google.protobuf.Timestamp': {
      const time = parseTime(text);
      if (!isTimestampSeconds(time.seconds)) throw new Error(`${text} before 0001-01-01`);
      return time;
    }
    case 'google.protobuf.Duration':
      return parseGoDuration(text);
    case 'google.protobuf.FieldMask':
      return text === '' ? [] : text.split(',');
    case 'google.protobuf.Value':
      return parseWhole(text, readDynamic);
    case 'google.protobuf.Struct':
      return parseWhole(text, readStruct);
    case 'google.protobuf.Empty':
      if (text !== '' && text !== '{}') throw new Error(`expected an empty value or "{}", got ${goQuote(text)}`);
      return type.create();
    default:
      throw new Error(`unsupported message type: ${goQuote(type.fullName)}`);
  }
}

/**
 * Reads the value of a path parameter bound to a top-level field; `separator` stands between those of a list. Throws an Error with
 * the gateway's text for it.
 */
export function parsePathValue(field: Field, text: string, separator: string): Value {
  if (field.shape === 'list') return text.split(separator).map((one) => parsePathSingle(field, one));
  return parsePathSingle(field, text);
}

function parsePathSingle(field: Field, text: string): Value {
  const { message, enumType } = field;
  if (enumType) {
    const number = enumNumber(enumType, text);
    if (number === undefined) throw new Error(`${text} is not valid`);
    return number;
  }
  if (!message) return present(SCALARS[field.kind])(text);
  if (isWrapper(message)) return present(SCALARS[present(message.fields[0]).kind])(text);
  // Unlike in a query, times in a path are read as ProtoJSON has them.
  const read = message.fullName === 'google.protobuf.Timestamp' ? readTimestamp : readDuration;
  return parseWhole(goQuote(withoutQuotes(text)), read);
}

function withoutQuotes(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && text[start] === '"') start++;
  while (end > start && text[end - 1] === '"') end--;
  return text.slice(start, end);
}

/** Whether a path variable can be bound to the field. */
export function isBindable(field: Field): boolean {
  const { message } = field;
  if (field.shape === 'map') return false;
  return !message || isWrapper(message) || /^google\.protobuf\.(Timestamp|Duration)$/.test(message.fullName);
}

/** The key of a map entry in a body that is a map field. Throws an Error with the gateway's text for it. */
export function parseMapKey(field: Field, text: string): Value {
  return present(SCALARS[field.kind])(text);
}
