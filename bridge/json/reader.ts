/** ProtoJSON input: readers compiled once a type, from text straight onto generated objects. */

import { parseInteger } from '../go/strconv.js';
import type { Field, Message, MessageType, Schema, Value } from '../schema.js';
import { present } from '../schema.js';
import { scalarReader } from './scalar-reader.js';
import { Char, type JsonError, type Scanner } from './scanner.js';
import { skipValue } from './skip-value.js';
import { suggest } from './suggest.js';
import { hasOwnJson } from './well-known.js';
import { type WellKnownContext, wellKnownReader } from './well-known-reader.js';

/** What protojson.UnmarshalOptions has of interest here, and one thing it has not. */
export interface ReaderOptions {
  /** Pass over unknown fields and unknown enum names instead of refusing them. */
  readonly discardUnknown?: boolean | undefined;
  /** Name the most similar field in errors about unknown ones, in this spelling. Go does not do that. */
  readonly suggest?: 'proto' | 'json' | undefined;
}

/** Reads one value; undefined means that nothing is to be stored. Throws {@link JsonError}. */
export type Read = (scanner: Scanner) => Value;

/** Reads one field's value into a message. */
type ReadField = (scanner: Scanner, message: Message) => void;

interface FieldPlan {
  readonly field: Field;
  /** Bits or numbers under which a message remembers what it has seen: the field, and its oneof behind all fields. */
  readonly seen: number;
  readonly seenOneof: number;
  readonly takesNull: boolean;
  readonly read: ReadField;
}

/** Readers of all types of a schema; each is compiled when it is first asked for. */
export class JsonReader implements WellKnownContext {
  readonly schema: Schema;
  readonly options: ReaderOptions;
  readonly #readers = new Map<string, Read>();
  readonly #plans = new Map<string, ReadonlyMap<string, FieldPlan>>();

  constructor(schema: Schema, options: ReaderOptions) {
    this.schema = schema;
    this.options = options;
  }

  /** Reader of a type, into the form its fields have in generated objects. */
  message(type: MessageType): Read {
    const known = this.#readers.get(type.fullName);
    if (known) return known;
    const read = hasOwnJson(type)
      ? wellKnownReader(type, this)
      : (scanner: Scanner) => this.fields(type, scanner, false);
    this.#readers.set(type.fullName, read);
    return read;
  }

  /** Reader of a field's value: the whole list or map of a repeated field. */
  value(field: Field): Read {
    if (field.shape === 'map') return this.#map(field);
    const one = this.single(field);
    if (field.shape === 'singular') return one;
    return (scanner) => {
      const list: Value[] = [];
      if (scanner.open(Char.OPEN_LIST, Char.CLOSE_LIST)) {
        do {
          scanner.peek();
          const item = one(scanner);
          if (item !== undefined) list.push(item);
        } while (scanner.more(Char.CLOSE_LIST));
      }
      return list;
    };
  }

  /** Reader of a single value of the field's type. */
  single(field: Field): Read {
    if (field.message) return this.message(field.message);
    return scalarReader(field, this.options.discardUnknown === true);
  }

  #map(field: Field): Read {
    const readKey = mapKeyReader(present(field.mapKey));
    const readValue = this.single(present(field.mapValue));
    return (scanner) => {
      const seen = new Set<Value>();
      const map = new Map<Value, Value>();
      if (scanner.open(Char.OPEN, Char.CLOSE)) {
        do {
          scanner.peek();
          const at = scanner.pos;
          const key = readKey(scanner.fieldName(), scanner, at);
          if (seen.has(key)) throw scanner.error(at, `duplicate map key ${scanner.token(at)}`);
          scanner.peek();
          const value = readValue(scanner);
          if (value === undefined) continue;
          seen.add(key);
          map.set(key, value);
        } while (scanner.more(Char.CLOSE));
      }
      return field.usesMap ? map : toObject(map);
    };
  }

  /** Reads an object's fields into a new message; in an Any, `@type` is passed over. */
  fields(type: MessageType, scanner: Scanner, skipTypeUrl: boolean): Message {
    const message = type.create();
    if (!scanner.open(Char.OPEN, Char.CLOSE)) return message;
    const plans = this.#planOf(type);
    let seenLow = 0;
    let seenHigh: Set<number> | undefined;
    const mark = (number: number): boolean => {
      if (number < 31) {
        const bit = 1 << number;
        if (seenLow & bit) return false;
        seenLow |= bit;
        return true;
      }
      seenHigh ??= new Set();
      if (seenHigh.has(number)) return false;
      seenHigh.add(number);
      return true;
    };
    do {
      scanner.peek();
      const at = scanner.pos;
      const name = scanner.fieldName();
      const code = scanner.peek();
      const plan = plans.get(name);
      if (!plan) {
        if (!(skipTypeUrl && name === '@type') && !this.options.discardUnknown)
          throw this.#unknown(type, name, scanner, at);
        skipValue(scanner);
        continue;
      }
      if (!mark(plan.seen)) throw scanner.error(at, `duplicate field ${scanner.token(at)}`);
      if (code === Char.NULL && !plan.takesNull && scanner.word('null')) continue;
      if (plan.seenOneof >= 0 && !mark(plan.seenOneof)) {
        const oneof = present(plan.field.oneof).fullName;
        throw scanner.error(at, `error parsing ${scanner.token(at)}, oneof ${oneof} is already set`);
      }
      plan.read(scanner, message);
    } while (scanner.more(Char.CLOSE));
    return message;
  }

  #unknown(type: MessageType, name: string, scanner: Scanner, at: number): JsonError {
    return scanner.error(at, `unknown field ${scanner.token(at)}${this.hint(type, name)}`);
  }

  /** What follows `unknown field "x"`: nothing, or the name that was probably meant. */
  hint(type: MessageType, name: string): string {
    const { suggest: spelling } = this.options;
    if (!spelling) return '';
    const names = type.fields.map((field) => (spelling === 'proto' ? field.name : field.jsonName));
    const meant = suggest(name, names);
    return meant === undefined ? '' : `, did you mean "${meant}"?`;
  }

  #planOf(type: MessageType): ReadonlyMap<string, FieldPlan> {
    const known = this.#plans.get(type.fullName);
    if (known) return known;
    const plans = new Map<string, FieldPlan>();
    this.#plans.set(type.fullName, plans);
    const made = type.fields.map((field) => this.#plan(field, type.fields.length));
    // A JSON name goes before another field's proto name, as in Go.
    for (const plan of made) plans.set(plan.field.name, plan);
    for (const plan of made) plans.set(plan.field.jsonName, plan);
    return plans;
  }

  #plan(field: Field, fieldCount: number): FieldPlan {
    const read = this.value(field);
    const { key, oneof } = field;
    const store: ReadField = oneof
      ? (scanner, message) => {
          const value = read(scanner);
          if (value !== undefined) message[oneof.key] = { $case: key, value };
        }
      : (scanner, message) => {
          const value = read(scanner);
          if (value !== undefined) message[key] = value;
        };
    return {
      field,
      seen: field.index,
      seenOneof: oneof ? fieldCount + oneof.index : -1,
      takesNull:
        field.message?.fullName === 'google.protobuf.Value' || field.enumType?.fullName === 'google.protobuf.NullValue',
      read: store,
    };
  }
}

/** A plain object of a map's entries. `__proto__` is an ordinary key. */
function toObject(map: ReadonlyMap<Value, Value>): Message {
  return Object.fromEntries(map);
}

function mapKeyReader(key: Field): (name: string, scanner: Scanner, at: number) => Value {
  if (key.kind === 'string') return (name) => name;
  const read = mapKeyParser(key);
  return (name, scanner, at) => {
    const value = read(name);
    if (value === undefined) throw scanner.error(at, `invalid value for ${key.kind} key: ${scanner.token(at)}`);
    return value;
  };
}

function mapKeyParser(key: Field): (name: string) => Value {
  if (key.kind === 'bool') return (name) => (name === 'true' ? true : name === 'false' ? false : undefined);
  const bits = key.kind.endsWith('64') ? 64 : 32;
  const isSigned = !/^(u|fixed)/.test(key.kind);
  return (name) => {
    try {
      const value = parseInteger(name, bits, isSigned);
      return bits === 64 ? value : Number(value);
    } catch {
      return undefined; // protojson does not pass on what strconv says
    }
  };
}
