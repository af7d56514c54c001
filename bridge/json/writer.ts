/** ProtoJSON output: one closure a field, made once a type, straight from generated objects to text. */

import { goQuote } from '../go/quote.js';
import type { MarshalOptions } from '../marshaler.js';
import type { Field, Kind, Message, MessageType, OneofValue, Schema, Value } from '../schema.js';
import { present } from '../schema.js';
import type { AnyMessage } from '../status.js';
import { compareUtf8, double, float, quote } from './text.js';
import { formatDuration, formatFieldMask, formatTimestamp } from './time.js';
import { hasOwnJson, isWrapper, toFieldForm } from './well-known.js';

/** Writes one value as JSON text. Throws an Error when it has none (a time out of range, an Any of unknown type). */
export type Write = (value: Value) => string;

/** `"name":value` of a message's field, or '' when it is left out. */
type WriteField = (message: Message) => string;

function writeQuoted(value: Value): string {
  return `"${String(value)}"`;
}

/** Writers of the scalars whose JSON is not simply their text. */
const SCALARS: Readonly<Partial<Record<Kind, Write>>> = {
  double,
  float,
  int64: writeQuoted,
  uint64: writeQuoted,
  sint64: writeQuoted,
  fixed64: writeQuoted,
  sfixed64: writeQuoted,
  string: quote,
  bytes: (value) => `"${base64(value)}"`,
};

/** Writers of all types of a schema; each is compiled when it is first asked for. */
export class JsonWriter {
  readonly #schema: Schema;
  readonly #options: MarshalOptions;
  readonly #writers = new Map<string, Write>();
  readonly #fields = new Map<string, WriteField>();

  constructor(schema: Schema, options: MarshalOptions) {
    this.#schema = schema;
    this.#options = options;
  }

  /** Writer of a type, in the form its fields have in generated objects (a StringValue is a string, ...). */
  message(type: MessageType): Write {
    const known = this.#writers.get(type.fullName);
    if (known) return known;
    const each = this.#wellKnown(type) ?? this.#plain(type);
    const write = this.#options.immutable?.has(type.fullName) ? once(each) : each;
    this.#writers.set(type.fullName, write);
    return write;
  }

  /** Writer of one field's value when it is set: the whole list or map of a repeated field. */
  value(field: Field): Write {
    if (field.shape === 'map') return this.#map(field);
    const one = this.single(field);
    if (field.shape === 'singular') return one;
    return (value) => {
      const list: readonly Value[] = value;
      let text = '[';
      for (let at = 0; at < list.length; at++) text += at === 0 ? one(list[at]) : `,${one(list[at])}`;
      return `${text}]`;
    };
  }

  /** Writer of a single value of the field's type. */
  single(field: Field): Write {
    if (field.message) return this.message(field.message);
    if (field.kind === 'enum') return this.#enum(field);
    return SCALARS[field.kind] ?? String;
  }

  #enum(field: Field): Write {
    const type = field.enumType;
    if (type?.fullName === 'google.protobuf.NullValue') return () => 'null';
    if (this.#options.useEnumNumbers || !type) return (value) => String(value);
    const names = new Map([...type.nameOf].map(([number, name]) => [number, `"${name}"`]));
    return (value) => names.get(value) ?? String(value);
  }

  #map(field: Field): Write {
    const one = this.single(present(field.mapValue));
    const compare = keyOrder(present(field.mapKey));
    return (value) => {
      const entries = value instanceof Map ? [...value] : Object.entries(value);
      if (entries.length > 1) entries.sort(([left], [right]) => compare(left, right));
      return `{${entries.map(([key, item]) => `${quote(String(key))}:${one(item)}`).join(',')}}`;
    };
  }

  #plain(type: MessageType): Write {
    const fields = this.#fieldsOf(type);
    return (value) => `{${fields(value)}}`;
  }

  /** All fields of a message without the braces, so that Any can put its @type in front. */
  #fieldsOf(type: MessageType): WriteField {
    const known = this.#fields.get(type.fullName);
    if (known) return known;
    let plan: readonly WriteField[] | undefined; // made at first use: types may contain themselves
    const write: WriteField = (message) => {
      plan ??= type.fields.map((field) => this.#field(field));
      let text = '';
      for (const field of plan) {
        const piece = field(message);
        if (piece !== '') text += text === '' ? piece : `,${piece}`;
      }
      return text;
    };
    this.#fields.set(type.fullName, write);
    return write;
  }

  #field(field: Field): WriteField {
    const name = `${quote(this.#options.useProtoNames ? field.name : field.jsonName)}:`;
    const { key } = field;
    const write = this.value(field);
    const emitDefaults = this.#options.emitUnpopulated === true || this.#options.emitDefaultValues === true;
    if (field.oneof) {
      const oneofKey = field.oneof.key;
      return (message) => {
        const member: OneofValue | undefined = message[oneofKey];
        return member?.$case === key ? name + write(member.value) : '';
      };
    }
    if (field.shape !== 'singular') {
      const empty = emitDefaults ? `${name}${field.shape === 'list' ? '[]' : '{}'}` : '';
      return (message) => (isEmpty(message[key]) ? empty : name + write(message[key]));
    }
    if (field.message || field.optional) {
      const unset = this.#options.emitUnpopulated && !field.optional ? `${name}null` : '';
      return (message) => (message[key] === undefined ? unset : name + write(message[key]));
    }
    if (emitDefaults) return (message) => name + write(message[key]);
    if (field.kind === 'bytes') return (message) => (message[key].length === 0 ? '' : name + write(message[key]));
    return (message) => {
      const value = message[key];
      return isZero(value) ? '' : name + write(value);
    };
  }

  #wellKnown(type: MessageType): Write | undefined {
    switch (type.fullName) {
      case 'google.protobuf.Timestamp':
        return (value) => `"${formatTimestamp(value)}"`;
      case 'google.protobuf.Duration':
        return (value) => `"${formatDuration(value)}"`;
      case 'google.protobuf.FieldMask':
        return (value) => quote(formatFieldMask(value));
      case 'google.protobuf.Value':
      case 'google.protobuf.Struct':
      case 'google.protobuf.ListValue':
        return writeDynamic;
      case 'google.protobuf.Any':
        return (value) => this.any(value);
      default:
        return isWrapper(type) ? this.single(present(type.fields[0])) : undefined;
    }
  }

  /** Writes an Any with the fields of the message in it. Throws an Error when its type is not known. */
  any({ typeUrl, value }: AnyMessage): string {
    if (typeUrl === '') {
      if (value.length === 0) return '{}';
      throw new Error('google.protobuf.Any: type_url is not set');
    }
    const type = this.#schema.find(typeUrl.slice(typeUrl.lastIndexOf('/') + 1));
    if (!type) throw new Error(`google.protobuf.Any: unable to resolve ${goQuote(typeUrl)}: not found`);
    const head = `{"@type":${quote(typeUrl)}`;
    const message = toFieldForm(type, type.codec.decode(value));
    if (hasOwnJson(type) && type.fields.length > 0) return `${head},"value":${this.message(type)(message)}}`;
    const fields = this.#fieldsOf(type)(message);
    return fields === '' ? `${head}}` : `${head},${fields}}`;
  }
}

/** Writes each object once. */
function once(write: Write): Write {
  const texts = new WeakMap<object, string>();
  return (value) => {
    const known = texts.get(value);
    if (known !== undefined) return known;
    // Through bytes: text that was put together would keep all of its pieces.
    const text = Buffer.from(write(value)).toString();
    texts.set(value, text);
    return text;
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** Whether an implicit scalar is unset. Minus zero and NaN, both falsy, are not. */
function isZero(value: Value): boolean {
  return !value && !Object.is(value, -0) && !Number.isNaN(value);
}

function isEmpty(value: Value): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (value instanceof Map) return value.size === 0;
  for (const _ in value) return false;
  return true;
}

function keyOrder(key: Field): (left: Value, right: Value) => number {
  if (key.kind === 'string') return compareUtf8;
  return (left, right) => {
    const [one, two] = key.kind === 'bool' ? [left, right] : [BigInt(left), BigInt(right)];
    return one < two ? -1 : one > two ? 1 : 0;
  };
}

/** JSON text of a Value, Struct or ListValue, which generated objects hold as plain JavaScript. */
function writeDynamic(value: Value): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Error(`google.protobuf.Value.number_value: invalid ${value} value`);
    return double(value);
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map(writeDynamic).join(',')}]`;
  if (typeof value !== 'object') throw new Error('google.protobuf.Value: none of the oneof fields is set');
  const entries = Object.entries<Value>(value).filter(([, item]) => item !== undefined);
  entries.sort(([left], [right]) => compareUtf8(left, right));
  return `{${entries.map(([name, item]) => `${quote(name)}:${writeDynamic(item)}`).join(',')}}`;
}
