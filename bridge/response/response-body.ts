/**
 * What of a response message is the body: all of it, or one field (`response_body`). Such a field is written as Go's
 * encoding/json writes its Go type, unless it is a message: 64-bit integers are numbers, text is HTML-escaped.
 */

import { goFloat } from '../go/float.js';
import { escapeHtml, quote } from '../json/text.js';
import type { Write } from '../json/writer.js';
import { toFieldForm } from '../json/well-known.js';
import type { Marshaler } from '../marshalers.js';
import type { Route } from '../routes.js';
import type { Field, MessageType, Value } from '../schema.js';
import { present } from '../schema.js';

/** Writer of a route's bodies. */
export function bodyWriter(route: Route, marshaler: Marshaler): Write {
  const { responseBody } = route;
  if (!responseBody) return marshaler.writer.message(route.rpc.output);
  const { key, oneof } = responseBody;
  const write = fieldWriter(responseBody, marshaler);
  if (!oneof) return (message) => write(message[key]);
  return (message) => write(message[oneof.key]?.$case === key ? message[oneof.key].value : undefined);
}

function fieldWriter(field: Field, marshaler: Marshaler): Write {
  if (field.shape === 'map') return mapWriter(field, marshaler);
  const one = singleWriter(field, marshaler);
  if (field.shape === 'singular') return (value) => (value === undefined ? unset(field, marshaler) : one(value));
  const empty = marshaler.emitsUnpopulated ? '[]' : 'null';
  return (list) => (list.length === 0 ? empty : `[${list.map((item: Value) => one(item)).join(',')}]`);
}

function singleWriter(field: Field, marshaler: Marshaler): Write {
  const { writer } = marshaler;
  if (field.message) return writer.message(field.message);
  if (field.kind === 'enum') {
    if (marshaler.usesEnumNumbers) return String;
    return (value) => quote(field.enumType?.nameOf.get(value) ?? String(value));
  }
  if (field.kind.endsWith('64')) return String;
  if (field.kind === 'bytes' && field.shape === 'singular') {
    const write = writer.single(field);
    const empty = marshaler.emitsUnpopulated ? '[]' : 'null';
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
function unset(field: Field, marshaler: Marshaler): string {
  if (!field.message) return 'null';
  return marshaler.writer.message(field.message)(emptyForm(field.message));
}

function emptyForm(type: MessageType): Value {
  return toFieldForm(type, type.create());
}

function mapWriter(field: Field, marshaler: Marshaler): Write {
  const one = singleWriter(present(field.mapValue), marshaler);
  return (map) => {
    const entries: [string, Value][] = (map instanceof Map ? [...map] : Object.entries<Value>(map)).map(
      ([key, value]) => [String(key), value],
    );
    // All keys are text here, so 10 comes before 9.
    entries.sort(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
    return escapeHtml(`{${entries.map(([key, value]) => `${quote(key)}:${one(value)}`).join(',')}}`);
  };
}
