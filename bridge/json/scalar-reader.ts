/** ProtoJSON input of scalars and enums. */

import { parseFloat32 } from '../go/float.js';
import type { Field, Kind, Value } from '../schema.js';
import { parseBase64 } from './base64.js';
import { INT32, INT64, type IntegerRange, isNumber, toInteger, UINT32, UINT64 } from './numbers.js';
import { Char, type Scanner } from './scanner.js';

/** A value that does not fit; distinct from undefined, which means "store nothing". */
const INVALID = Symbol('invalid');

/** Reader of one scalar or enum. With `discardUnknown`, an unknown enum name reads as undefined. */
export function scalarReader(field: Field, discardUnknown: boolean): (scanner: Scanner) => Value {
  const read = reader(field, discardUnknown);
  return (scanner) => {
    const at = scanner.pos;
    const value = read(scanner);
    if (value !== INVALID) return value;
    const raw = scanner.token(at);
    throw scanner.error(at, `invalid value for ${field.kind} field ${field.jsonName}: ${raw}`);
  };
}

function reader(field: Field, discardUnknown: boolean): (scanner: Scanner) => Value {
  if (field.kind === 'enum') return enumReader(field, discardUnknown);
  return READERS[field.kind] ?? integerReader(field.kind);
}

const READERS: Readonly<Partial<Record<Kind, (scanner: Scanner) => Value>>> = {
  bool: (scanner) => (scanner.word('true') ? true : scanner.word('false') ? false : INVALID),
  string: (scanner) => (isString(scanner) ? scanner.string() : INVALID),
  bytes: (scanner) => {
    const bytes = isString(scanner) ? parseBase64(scanner.string()) : INVALID;
    return typeof bytes === 'number' ? INVALID : bytes;
  },
  double: (scanner) => toFloat(numberText(scanner, true), Number),
  float: (scanner) => toFloat(numberText(scanner, true), parseFloat32),
};

function isString(scanner: Scanner): boolean {
  return scanner.text.charCodeAt(scanner.pos) === Char.QUOTE;
}

/** Text of a number that stands bare or in quotes; undefined when it is neither. */
function numberText(scanner: Scanner, words: boolean): string | undefined {
  if (!isString(scanner)) return scanner.number();
  const text = scanner.string();
  return isNumber(text) || (words && /^(NaN|-?Infinity)$/.test(text)) ? text : undefined;
}

function toFloat(text: string | undefined, parse: (text: string) => number): Value {
  if (text === undefined) return INVALID;
  const value = parse(text);
  return Math.abs(value) === Number.POSITIVE_INFINITY && !text.endsWith('Infinity') ? INVALID : value;
}

const RANGES: Readonly<Partial<Record<Kind, IntegerRange>>> = {
  uint32: UINT32,
  fixed32: UINT32,
  uint64: UINT64,
  fixed64: UINT64,
  int64: INT64,
  sint64: INT64,
  sfixed64: INT64,
};

/** Least and greatest value of an integer kind. */
export function integerRange(kind: Kind): IntegerRange {
  return RANGES[kind] ?? INT32;
}

function integerReader(kind: Kind): (scanner: Scanner) => Value {
  const { min, max } = integerRange(kind);
  if (kind.endsWith('64')) {
    return (scanner) => {
      const text = numberText(scanner, false);
      const value = text === undefined ? undefined : toInteger(text);
      return value === undefined || value < min || value > max ? INVALID : value;
    };
  }
  const least = Number(min);
  const greatest = Number(max);
  return (scanner) => {
    const text = numberText(scanner, false);
    if (text === undefined) return INVALID;
    const value = text.length <= 10 && !/[.eE]/.test(text) ? Number(text) : Number(toInteger(text) ?? Number.NaN);
    return value >= least && value <= greatest ? value + 0 : INVALID; // + 0 turns -0 into 0
  };
}

function enumReader(field: Field, discardUnknown: boolean): (scanner: Scanner) => Value {
  const type = field.enumType;
  const isNull = type?.fullName === 'google.protobuf.NullValue';
  const readNumber = integerReader('enum');
  return (scanner) => {
    if (isString(scanner)) {
      const number = type?.numberOf.get(scanner.string());
      return number ?? (discardUnknown ? undefined : INVALID);
    }
    if (isNull && scanner.word('null')) return 0;
    return readNumber(scanner);
  };
}
