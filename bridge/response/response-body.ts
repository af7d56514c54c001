/**
 * What of a response message is the body: all of it, or one field (`response_body`). Such a field is written as Go's
 * encoding/json writes its Go type, unless it is a message: 64-bit integers are numbers, text is HTML-escaped.
 */

import { goFloat } from '../go/float.js';
import { escapeHtml, quote } from '../json/text.js';
import type { JsonWriter, Write } from '../json/writer.js';
import { toFieldForm } from '../json/well-known.js';
import type { MarshalOptions } from '../marshaler.js';
import type { Route } from '../routes.js';
import type { Field, MessageType, Value } from '../schema.js';
import { present } from '../schema.js';

/** Writer of a route's bodies. */
export function bodyWriter(route: Route, writer: JsonWriter, options: MarshalOptions): Write {
  const { responseBody } = route;
  if (!responseBody) return writer.message(route.rpc.output);
  const { key, oneof } = responseBody;
  const write = fieldWriter(responseBody, writer, options);
  if (!oneof) return (message) => write(message[key]);
  return (message) => write(message[oneof.key]?.$case === key ? message[oneof.key].value : undefined);
}

function fieldWriter(field: Field, writer: JsonWriter, options: MarshalOptions): Write {
  if (field.shape === 'map') return mapWriter(field, writer, options);
  const one = singleWriter(field, writer, options);
  if (field.shape === 'singular') return (value) => (value === undefined ? unset(field, writer) : one(value));
  const empty = options.emitUnpopulated ? '[]' : 'null';
  return (list) => (list.length === 0 ? empty : `[${list.map((item: Value) => one(item)).join(',')}]`);
}

function singleWriter(field: Field, writer: JsonWriter, options: MarshalOptions): Write {
  if (field.message) return writer.message(field.message);
  if (field.kind === 'enum') {
    if (options.useEnumNumbers) return String;
    return (value) => quote(field.enumType?.nameOf.get(value) ?? String(value));
  }
  if (field.kind.endsWith('64')) return String;
  if (field.kind === 'bytes' && field.shape === 'singular') {
    const write = writer.single(field);
    const empty = options.emitUnpopulated ? '[]' : 'null';
    return (value) => (value.length === 0 ? empty : write(value));
  }
  const write = writer.single(field);
  return (value) => {
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new Error(`json: unsupported value: ${goFloat(value)}`);
    return escapeHtml(write(value));
  };
}

/** An unset message is written as an empty one, an unset `optional` scalar as null. */
function unset(field: Field, writer: JsonWriter): string {
  if (!field.message) return 'null';
  return writer.message(field.message)(emptyForm(field.message));
}

function emptyForm(type: MessageType): Value {
  return toFieldForm(type, type.create());
}

function mapWriter(field: Field, writer: JsonWriter, options: MarshalOptions): Write {
  const one = singleWriter(present(field.mapValue), writer, options);
  return (map) => {
    const entries: [string, Value][] = (map instanceof Map ? [...map] : Object.entries<Value>(map)).map(
      ([key, value]) => [String(key), value],
    );
    // All keys are text here, so 10 comes before 9.
    entries.sort(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
    return escapeHtml(`{${entries.map(([key, value]) => `${quote(key)}:${one(value)}`).join(',')}}`);
  };
}
