/** Example messages, composed of the examples of their fields. */

import type { Field, MessageType } from '../bridge/schema.js';
import type { Json } from './json.js';
import type { Direction, MessageSchemas } from './message-schemas.js';

/** An example of a message as JSON. A response has every field; of a request only those that the notes have an example for. */
export function exampleOf(type: MessageType, direction: Direction, schemas: MessageSchemas): Json {
  const entries = type.fields.flatMap((field): [string, Json][] => {
    const value = fieldExample(field, direction, schemas);
    return value === undefined ? [] : [[field.name, value]];
  });
  return Object.fromEntries(entries);
}

function fieldExample(field: Field, direction: Direction, schemas: MessageSchemas): Json | undefined {
  const given = schemas.example(field);
  if (given !== undefined) return field.shape === 'list' && !Array.isArray(given) ? [given] : given;
  const own = field.message && !field.message.fullName.startsWith('google.protobuf.') ? field.message : undefined;
  if (direction === 'request') {
    const inner = own && field.shape === 'singular' ? exampleOf(own, direction, schemas) : {};
    return Object.keys(inner ?? {}).length > 0 ? inner : undefined;
  }
  if (field.shape === 'map') return {};
  if (field.shape === 'list') return own ? [exampleOf(own, direction, schemas)] : [];
  if (field.optional) return undefined;
  if (field.message) return own ? exampleOf(own, direction, schemas) : null;
  if (field.oneof) return undefined;
  return DEFAULTS[field.kind] ?? firstValue(field);
}

const DEFAULTS: Readonly<Partial<Record<Field['kind'], Json>>> = {
  string: '',
  bytes: '',
  bool: false,
  int32: 0,
  uint32: 0,
  int64: '0',
  uint64: '0',
  double: 0,
  float: 0,
};

function firstValue({ enumType }: Field): Json {
  return enumType ? ([...enumType.numberOf.keys()][0] ?? null) : null;
}
