/**
 * Bodies that are one field of the request. Messages are ProtoJSON; everything else the gateway reads with Go's
 * encoding/json into the Go type of the field, which is stricter: a 64-bit integer is a number, an enum too.
 */

import { goFloat, parseFloat32 } from '../go/float.js';
import { goQuote } from '../go/quote.js';
import { scanValue } from '../go/json-syntax.js';
import { goSyntax } from '../go/syntax.js';
import { base64Error, parseStandardBase64 } from '../json/base64.js';
import { toInteger } from '../json/numbers.js';
import type { JsonReader } from '../json/reader.js';
import { integerRange } from '../json/scalar-reader.js';
import { Char, JsonError, Scanner } from '../json/scanner.js';
import { toFieldForm } from '../json/well-known.js';
import { readDynamic } from '../json/well-known-reader.js';
import type { Field, Kind, Value } from '../schema.js';
import { present } from '../schema.js';
import { parseMapKey } from './values.js';

type Read = (scanner: Scanner) => Value;

/** Reader of a body that becomes the field; undefined stands for "leave it unset". */
export function fieldBodyReader(field: Field, json: JsonReader): Read {
  if (field.shape === 'map') return mapReader(field, json);
  return field.shape === 'list' ? listReader(elementReader(field, json)) : singleReader(field, json);
}

/** What stands for a google.protobuf.Value that is there and holds nothing, not even null. It has no JSON. */
const NO_VALUE = Symbol('a google.protobuf.Value of no kind');

/** What an empty body makes of the field: an empty message is there, anything else is unset. */
export function emptyFieldBody({ message, shape }: Field): Value {
  if (!message || shape !== 'singular') return undefined;
  return message.fullName === 'google.protobuf.Value' ? NO_VALUE : toFieldForm(message, message.create());
}

/** Reader of an element, which null leaves at its zero value. */
function elementReader(field: Field, json: JsonReader): Read {
  const read = singleReader(field, json);
  if (field.message) return read;
  return (scanner) => read(scanner) ?? zeroOf(field.kind);
}

function zeroOf(kind: Kind): Value {
  if (kind === 'string') return '';
  if (kind === 'bool') return false;
  if (kind === 'bytes') return Buffer.alloc(0);
  return kind.endsWith('64') ? 0n : 0;
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

function scalarReader(kind: Kind, goType: string = GO_TYPES[kind] ?? kind): Read {
  return (scanner) => {
    const code = scanner.peek();
    if (scanner.word('null')) return undefined;
    if (kind === 'string' && code === Char.QUOTE) return lenientString(scanner);
    if (kind === 'bytes' && code === Char.OPEN_LIST) return readByteList(scanner);
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
    const value = kind === 'float' ? parseFloat32(text) : Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  const value = /[.eE]/.test(text) ? undefined : toInteger(text);
  const { min, max } = integerRange(kind);
  if (value === undefined || value < min || value > max) return undefined;
  return kind.endsWith('64') ? value : Number(value);
}

function readBytes(scanner: Scanner): Buffer {
  const bytes = parseStandardBase64(lenientString(scanner), true);
  if (typeof bytes === 'number') throw new JsonError(base64Error(bytes));
  return bytes;
}

const readByte = scalarReader('uint32', 'uint8');

/** encoding/json takes bytes as a list of numbers, too. */
function readByteList(scanner: Scanner): Buffer {
  const bytes: number[] = [];
  if (scanner.open(Char.OPEN_LIST, Char.CLOSE_LIST)) {
    do {
      const byte: number = readByte(scanner) ?? 0;
      if (byte > 0xff) throw new JsonError(`json: cannot unmarshal number ${byte} into Go value of type uint8`);
      bytes.push(byte);
    } while (scanner.more(Char.CLOSE_LIST));
  }
  return Buffer.from(bytes);
}

/** A string as encoding/json reads it: half of a surrogate pair becomes U+FFFD. */
function lenientString(scanner: Scanner): string {
  const raw = scanner.token(scanner.pos);
  try {
    const value: Value = JSON.parse(raw);
    scanner.pos += raw.length;
    return Buffer.from(value).toString();
  } catch {
    throw scanner.unexpected(); // the scan for syntax errors that follows words it
  }
}

function enumReader(field: Field): Read {
  const name = field.enumType?.goName ?? '';
  return (scanner) => {
    if (scanner.peek() === Char.QUOTE) {
      throw new JsonError(`unmarshaling of symbolic enum ${goQuote(lenientString(scanner))} not supported: ${name}`);
    }
    const text = scanner.number();
    if (text === undefined) throw new JsonError(`cannot assign ${goSyntax(readDynamic(scanner))} into Go type ${name}`);
    const value = Number(text);
    if (!Number.isFinite(value))
      throw new JsonError(`json: cannot unmarshal number ${text} into Go value of type float64`);
    if (!Number.isInteger(value) || Math.abs(value + 0.5) > 0x7fffffff + 0.5) {
      throw new JsonError(`${goFloat(value)} is not a valid value for enum ${name}`);
    }
    return value;
  };
}

/** Steps over a value; answers a scanner that sees nothing else, and counts positions from its beginning. */
function apart(scanner: Scanner): Scanner {
  const { text, pos } = scanner;
  const value = scanValue(text, pos);
  if ('error' in value) throw new JsonError(value.error);
  scanner.pos = value.end;
  return new Scanner(text.slice(0, value.end), pos, false);
}

function listReader(one: Read): Read {
  return (scanner) => {
    const code = scanner.peek();
    if (scanner.word('null')) return undefined;
    if (code !== Char.OPEN_LIST) throw mismatch(scanner, '[]json.RawMessage');
    const list: Value[] = [];
    if (scanner.open(Char.OPEN_LIST, Char.CLOSE_LIST)) {
      do list.push(one(apart(scanner)));
      while (scanner.more(Char.CLOSE_LIST));
    }
    return list;
  };
}

function mapReader(field: Field, json: JsonReader): Read {
  const keyField = present(field.mapKey);
  const read = elementReader(present(field.mapValue), json);
  return (scanner) => {
    const code = scanner.peek();
    if (scanner.word('null')) return undefined;
    if (code !== Char.OPEN) throw mismatch(scanner, 'map[string]*json.RawMessage');
    const map = new Map<Value, Value>();
    for (const [name, value] of membersOf(scanner)) {
      const key = readKey(keyField, name);
      if (map.has(key)) throw new JsonError(`duplicate map key ${goQuote(name)}`);
      map.set(key, read(value));
    }
    return field.usesMap ? map : Object.fromEntries(map);
  };
}

/** Steps over an object; answers its names and values. The gateway looks for doubles first of all. */
function membersOf(scanner: Scanner): ReadonlyMap<string, Scanner> {
  const members = new Map<string, Scanner>();
  if (!scanner.open(Char.OPEN, Char.CLOSE)) return members;
  do {
    if (scanner.peek() !== Char.QUOTE) throw scanner.unexpected();
    const name = lenientString(scanner);
    if (scanner.peek() !== Char.COLON) throw scanner.unexpected();
    scanner.pos++;
    if (members.has(name)) throw new JsonError(`duplicate map key ${goQuote(name)}`);
    members.set(name, apart(scanner));
  } while (scanner.more(Char.CLOSE));
  return members;
}

function readKey(field: Field, name: string): Value {
  try {
    return parseMapKey(field, name);
  } catch (error) {
    throw new JsonError(error instanceof Error ? error.message : String(error));
  }
}
