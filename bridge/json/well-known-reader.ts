/** ProtoJSON input of the well-known types that have a form of their own. */

import { goQuote } from '../go/quote.js';
import { parseTime } from '../go/time.js';
import type { Message, MessageType, Schema, Value } from '../schema.js';
import { present } from '../schema.js';
import { scalarReader } from './scalar-reader.js';
import { Char, type Scanner } from './scanner.js';
import { skipValue } from './skip-value.js';
import { isDurationSeconds, isTimestampSeconds, parseDuration, parseFieldMask } from './time.js';
import { fromFieldForm, hasOwnJson, isWrapper } from './well-known.js';

/** What the readers of well-known types need of the reader they belong to. */
export interface WellKnownContext {
  readonly schema: Schema;
  readonly options: { readonly discardUnknown?: boolean | undefined };
  message(type: MessageType): (scanner: Scanner) => Value;
  fields(type: MessageType, scanner: Scanner, skipTypeUrl: boolean): Message;
}

/** Reader of a type for which {@link hasOwnJson} holds. */
export function wellKnownReader(type: MessageType, context: WellKnownContext): (scanner: Scanner) => Value {
  if (isWrapper(type)) return scalarReader(present(type.fields[0]), context.options.discardUnknown === true);
  switch (type.fullName) {
    case 'google.protobuf.Timestamp':
      return readTimestamp;
    case 'google.protobuf.Duration':
      return readDuration;
    case 'google.protobuf.FieldMask':
      return readFieldMask;
    case 'google.protobuf.Value':
      return readDynamic;
    case 'google.protobuf.Struct':
      return readStruct;
    case 'google.protobuf.ListValue':
      return readList;
    case 'google.protobuf.Any':
      return (scanner) => readAny(scanner, context);
    default:
      return (scanner) => context.fields(type, scanner, false);
  }
}

function readString(scanner: Scanner): string {
  if (scanner.peek() !== Char.QUOTE) throw scanner.unexpected();
  return scanner.string();
}

/** Reads a google.protobuf.Timestamp. */
export function readTimestamp(scanner: Scanner): Value {
  scanner.peek();
  const at = scanner.pos;
  const text = readString(scanner);
  const invalid = () => scanner.error(at, `invalid google.protobuf.Timestamp value ${scanner.token(at)}`);
  let time: ReturnType<typeof parseTime>;
  try {
    time = parseTime(text);
  } catch {
    throw invalid(); // protojson does not pass on what package time says
  }
  if (!isTimestampSeconds(time.seconds)) {
    throw scanner.error(at, `google.protobuf.Timestamp value out of range: ${scanner.token(at)}`);
  }
  if (/\.\d{10,}/.test(text)) throw invalid();
  return time;
}

/** Reads a google.protobuf.Duration. */
export function readDuration(scanner: Scanner): Value {
  scanner.peek();
  const at = scanner.pos;
  const duration = parseDuration(readString(scanner));
  if (!duration) throw scanner.error(at, `invalid google.protobuf.Duration value ${scanner.token(at)}`);
  if (!isDurationSeconds(duration.seconds)) {
    throw scanner.error(at, `google.protobuf.Duration value out of range: ${scanner.token(at)}`);
  }
  return duration;
}

function readFieldMask(scanner: Scanner): Value {
  scanner.peek();
  const at = scanner.pos;
  const mask = parseFieldMask(readString(scanner));
  if ('paths' in mask) return mask.paths;
  throw scanner.error(at, `google.protobuf.FieldMask.paths contains invalid path: ${goQuote(mask.invalid)}`);
}

/** Reads a google.protobuf.Value as plain JavaScript. */
export function readDynamic(scanner: Scanner): Value {
  const code = scanner.peek();
  if (code === Char.OPEN) return readStruct(scanner);
  if (code === Char.OPEN_LIST) return readList(scanner);
  if (code === Char.QUOTE) return scanner.string();
  if (scanner.word('null')) return null;
  if (scanner.word('true')) return true;
  if (scanner.word('false')) return false;
  const at = scanner.pos;
  const text = scanner.number();
  if (text === undefined && (at < scanner.text.length || scanner.depth > 0)) throw scanner.unexpected();
  const number = Number(text);
  if (!Number.isFinite(number)) throw scanner.error(at, `invalid google.protobuf.Value: ${scanner.token(at)}`);
  return number;
}

/** Reads a google.protobuf.Struct as a plain object. */
export function readStruct(scanner: Scanner): Value {
  const entries = new Map<string, Value>();
  if (scanner.open(Char.OPEN, Char.CLOSE)) {
    do {
      scanner.peek();
      const at = scanner.pos;
      const name = scanner.fieldName();
      if (entries.has(name)) throw scanner.error(at, `duplicate map key ${scanner.token(at)}`);
      entries.set(name, readDynamic(scanner));
    } while (scanner.more(Char.CLOSE));
  }
  return Object.fromEntries(entries);
}

function readList(scanner: Scanner): Value {
  const list: Value[] = [];
  if (scanner.open(Char.OPEN_LIST, Char.CLOSE_LIST)) {
    do list.push(readDynamic(scanner));
    while (scanner.more(Char.CLOSE_LIST));
  }
  return list;
}

function readAny(scanner: Scanner, context: WellKnownContext): Value {
  if (scanner.peek() !== Char.OPEN) throw scanner.unexpected();
  const start = scanner.pos;
  const { found, at, empty } = findTypeUrl(scanner);
  if (found === undefined) {
    if (empty || context.options.discardUnknown) return { typeUrl: '', value: Buffer.alloc(0) };
    throw scanner.error(start, 'missing "@type" field');
  }
  const type = context.schema.find(found.slice(found.lastIndexOf('/') + 1));
  if (!type) throw scanner.error(at, `unable to resolve ${scanner.token(at)}: "not found"`);
  scanner.pos = start;
  const message = hasOwnJson(type) ? readAnyValue(scanner, type, context) : context.fields(type, scanner, true);
  return { typeUrl: found, value: Buffer.from(type.codec.encode(fromFieldForm(type, message)).finish()) };
}

/** Reads the whole object for its `@type`; `at` is where its value stands. */
function findTypeUrl(scanner: Scanner): { found: string | undefined; at: number; empty: boolean } {
  let found: string | undefined;
  let typeAt = 0;
  if (!scanner.open(Char.OPEN, Char.CLOSE)) return { found, at: typeAt, empty: true };
  do {
    scanner.peek();
    const at = scanner.pos;
    const name = scanner.fieldName();
    scanner.peek();
    if (name !== '@type') {
      skipValue(scanner);
      continue;
    }
    if (found !== undefined) throw scanner.error(at, 'duplicate "@type" field');
    typeAt = scanner.pos;
    if (scanner.text.charCodeAt(typeAt) !== Char.QUOTE) {
      throw scanner.error(typeAt, `@type field value is not a string: ${scanner.token(typeAt)}`);
    }
    found = scanner.string();
    if (found === '') throw scanner.error(typeAt, '@type field contains empty value');
  } while (scanner.more(Char.CLOSE));
  return { found, at: typeAt, empty: false };
}

/** Reads `{"@type": ..., "value": ...}`. */
function readAnyValue(scanner: Scanner, type: MessageType, context: WellKnownContext): Value {
  const read = context.message(type);
  let value: Value;
  let seen = false;
  scanner.open(Char.OPEN, Char.CLOSE); // never empty: it has an @type
  for (let more = true; more; ) {
    scanner.peek();
    const at = scanner.pos;
    const name = scanner.fieldName();
    scanner.peek();
    if (name === 'value') {
      if (seen) throw scanner.error(at, 'duplicate "value" field');
      value = read(scanner);
      seen = true;
    } else if (name === '@type' || context.options.discardUnknown) skipValue(scanner);
    else throw scanner.error(at, `unknown field ${scanner.token(at)}`);
    const closing = scanner.peek() === Char.CLOSE ? scanner.pos : -1;
    more = scanner.more(Char.CLOSE);
    if (!more && !seen) {
      if (type.fullName === 'google.protobuf.Empty') return type.create();
      throw scanner.error(closing, 'missing "value" field');
    }
  }
  return value;
}
