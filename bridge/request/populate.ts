/** Sets fields of a request by their path: `nested.child.name`, as path and query parameters name them. */

import { goQuote } from '../go/quote.js';
import { fromFieldForm, toFieldForm } from '../json/well-known.js';
import type { Field, Message, MessageType, Value } from '../schema.js';
import { present } from '../schema.js';
import { parseQueryValue } from './values.js';

/** Field of a message by its proto name, else its JSON name. */
export function findField(type: MessageType, name: string): Field | undefined {
  return type.byName.get(name) ?? type.byJsonName.get(name);
}

/** The value that a message holds for a field; undefined when it is unset. */
function getField(message: Message, field: Field): Value {
  if (!field.oneof) return message[field.key];
  const member = message[field.oneof.key];
  return member?.$case === field.key ? member.value : undefined;
}

/** Sets a field, also one in a oneof. */
export function setField(message: Message, field: Field, value: Value): void {
  if (field.oneof) message[field.oneof.key] = { $case: field.key, value };
  else message[field.key] = value;
}

/**
 * Sets the field at a path from query text: one value, several for a list, the key and a value for a map entry
 * (`hasMapKey`). Unknown names are passed over. Throws an Error with the gateway's text.
 */
export function populate(
  type: MessageType,
  message: Message,
  path: readonly string[],
  values: readonly string[],
  hasMapKey: boolean,
): void {
  const [name = '', ...rest] = path;
  const field = findField(type, name);
  if (!field) return;
  const member = field.oneof && message[field.oneof.key];
  if (member && (!field.message || member.$case !== field.key)) {
    throw new Error(`field already set for oneof ${goQuote(present(field.oneof).name)}`);
  }
  if (rest.length === 0) {
    assign(message, field, values, hasMapKey);
    return;
  }
  if (!field.message || field.shape !== 'singular') throw new Error(`invalid path: ${goQuote(name)} is not a message`);
  const inner = field.message;
  const current = getField(message, field);
  const child = current === undefined ? inner.create() : fromFieldForm(inner, current);
  try {
    populate(inner, child, rest, values, hasMapKey);
  } finally {
    setField(message, field, toFieldForm(inner, child));
  }
}

function assign(message: Message, field: Field, values: readonly string[], hasMapKey: boolean): void {
  if (hasMapKey && field.shape !== 'map') throw new Error(`field ${goQuote(field.name)} is not a map`);
  if (field.shape === 'list') {
    const list: Value[] = message[field.key];
    for (const value of values) {
      list.push(explain(`parsing list ${goQuote(field.name)}`, () => parseQueryValue(field, value)));
    }
  } else if (field.shape === 'map') {
    assignEntry(message, field, values);
  } else {
    if (values.length > 1) throw new Error(`too many values for field ${goQuote(field.name)}: ${values.join(', ')}`);
    const text = values[0] ?? '';
    setField(
      message,
      field,
      explain(`parsing field ${goQuote(field.name)}`, () => parseQueryValue(field, text)),
    );
  }
}

function assignEntry(message: Message, field: Field, values: readonly string[]): void {
  const [keyText = '', valueText = ''] = values;
  if (values.length !== 2) {
    throw new Error(`more than one value provided for key ${goQuote(keyText)} in map ${goQuote(field.fullName)}`);
  }
  const key = explain(`parsing map key ${goQuote(field.name)}`, () => parseQueryValue(present(field.mapKey), keyText));
  const value = explain(`parsing map value ${goQuote(field.name)}`, () =>
    parseQueryValue(present(field.mapValue), valueText),
  );
  if (field.usesMap) message[field.key].set(key, value);
  else Object.defineProperty(message[field.key], key, { value, enumerable: true, configurable: true, writable: true });
}

/** Puts what was being done in front of the error's text. */
function explain(doing: string, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new Error(`${doing}: ${error.message}`, { cause: error });
  }
}
