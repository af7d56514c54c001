/**
 * Bodies that are one field of the request. Messages are ProtoJSON; everything else the gateway reads with Go's
 * encoding/json into the Go type of the field, which is stricter: a 64-bit integer is a number, an enum too.
 */

import { goQuote } from '../go/quote.js';
import { parseBase64 } from '../json/base64.js';
import { toInteger } from '../json/numbers.js';
import type { JsonReader } from '../json/reader.js';
import { integerRange } from '../json/scalar-reader.js';
import { Char, JsonError, Scanner } from '../json/scanner.js';
import { toFieldForm } from '../json/well-known.js';
import type { Field, Kind, Value } from '../schema.js';
import { present } from '../schema.js';
import { parseMapKey } from './values.js';

type Read = (scanner: Scanner) => Value;

/** Reader of a body that becomes the field; undefined stands for "leave it unset". */
export function fieldBodyReader(field: Field, json: JsonReader): Read {
  if (field.shape === 'map') return mapReader(field, json);
  const one = singleReader(field, json);
  return field.shape === 'list' ? listReader(one) : one;
}

/** What an empty body makes of the field: an empty message is there, anything else is unset. */
export function emptyFieldBody(field: Field): Value {
  const { message } = field;
  return message && field.shape === 'singular' ? toFieldForm(message, message.create()) : undefined;
}

function singleReader(field: Field, json: JsonReader): Read {
  if (field.message) return json.message(field.message);
  return field.kind === 'enum' ? enumReader(field) : scalarReader(field.kind);
}

function mismatch(scanner: Scanner, goType: string, number = ''): JsonError {
  const code = scanner.peek();
  const what =
    code === Char.OPEN
      ? 'object'
      : code === Char.OPEN_LIST
        ? 'array'
        : code === Char.QUOTE
          ? 'string'
          : wordOrNumber(scanner);
  return new JsonError(`json: cannot unmarshal ${what}${number} into Go value of type ${goType}`);
}

function wordOrNumber(scanner: Scanner): string {
  return /^(true|false)$/.test(scanner.token(scanner.pos)) ? 'bool' : 'number';
}

const GO_TYPES: Readonly<Partial<Record<Kind, string>>> = {
  double: 'float64',
  float: 'float32',
  bytes: '[]uint8',
  sint32: 'int32',
  sfixed32: 'int32',
  fixed32: 'uint32',
  sint64: 'int64',
  sfixed64: 'int64',
  fixed64: 'uint64',
};

function scalarReader(kind: Kind): Read {
  const goType = GO_TYPES[kind] ?? kind;
  return (scanner) => {
    const code = scanner.peek();
    if (scanner.word('null')) return undefined;
    if (kind === 'string' && code === Char.QUOTE) return scanner.string();
    if (kind === 'bytes' && code === Char.QUOTE) return readBytes(scanner);
    if (kind === 'bool' && scanner.word('true')) return true;
    if (kind === 'bool' && scanner.word('false')) return false;
    const start = scanner.pos;
    const number = /^(string|bytes|bool)$/.test(kind) ? undefined : scanner.number();
    const value = number === undefined ? undefined : toNumber(kind, number);
    if (value !== undefined) return value;
    scanner.pos = start;
    throw mismatch(scanner, goType, number === undefined ? '' : ` ${number}`);
  };
}

function toNumber(kind: Kind, text: string): Value {
  if (kind === 'double' || kind === 'float') {
    const value = kind === 'float' ? Math.fround(Number(text)) : Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  const value = /[.eE]/.test(text) ? undefined : toInteger(text);
  const { min, max } = integerRange(kind);
  if (value === undefined || value < min || value > max) return undefined;
  return kind.endsWith('64') ? value : Number(value);
}

function readBytes(scanner: Scanner): Buffer {
  const text = scanner.string();
  const bytes = text.length % 4 === 0 && !/[-_]/.test(text) ? parseBase64(text) : undefined;
  if (bytes) return bytes;
  const bad = text.search(/[^A-Za-z0-9+/]/);
  throw new JsonError(`illegal base64 data at input byte ${bad < 0 ? text.length - (text.length % 4) : bad}`);
}

function enumReader(field: Field): Read {
  const name = field.enumType?.fullName ?? '';
  return (scanner) => {
    if (scanner.peek() === Char.QUOTE) {
      throw new JsonError(`unmarshaling of symbolic enum ${goQuote(scanner.string())} not supported: ${name}`);
    }
    const text = scanner.number();
    if (text === undefined) throw new JsonError(`cannot assign ${scanner.token(scanner.pos)} into Go type ${name}`);
    const value = Number(text);
    if (!Number.isInteger(value) || Math.abs(value + 0.5) > 0x7fffffff + 0.5) {
      throw new JsonError(`${text} is not a valid value for enum ${name}`);
    }
    return value;
  };
}

/** Reads an element with positions that count from its own beginning. */
function readApart(scanner: Scanner, read: Read): Value {
  const apart = new Scanner(scanner.text, scanner.pos, false);
  const value = read(apart);
  scanner.pos = apart.pos;
  return value;
}

function listReader(one: Read): Read {
  return (scanner) => {
    const code = scanner.peek();
    if (scanner.word('null')) return undefined;
    if (code !== Char.OPEN_LIST) throw mismatch(scanner, '[]json.RawMessage');
    const list: Value[] = [];
    if (scanner.open(Char.OPEN_LIST, Char.CLOSE_LIST)) {
      do list.push(readApart(scanner, one));
      while (scanner.more(Char.CLOSE_LIST));
    }
    return list;
  };
}

function mapReader(field: Field, json: JsonReader): Read {
  const keyField = present(field.mapKey);
  const read = singleReader(present(field.mapValue), json);
  return (scanner) => {
    const code = scanner.peek();
    if (scanner.word('null')) return undefined;
    if (code !== Char.OPEN) throw mismatch(scanner, 'map[string]*json.RawMessage');
    const map = new Map<Value, Value>();
    if (scanner.open(Char.OPEN, Char.CLOSE)) {
      do {
        scanner.peek();
        const name = scanner.fieldName();
        const key = parseMapKey(keyField, name);
        if (map.has(key)) throw new JsonError(`duplicate map key ${goQuote(name)}`);
        map.set(key, readApart(scanner, read));
      } while (scanner.more(Char.CLOSE));
    }
    return field.usesMap ? map : Object.fromEntries(map);
  };
}
