/** Query strings and HTML forms -> fields of a request. */

import { fromBytes } from '../go/bytes.js';
import { goQuote } from '../go/quote.js';
import type { Field, Message, MessageType } from '../schema.js';
import { Code, StatusError } from '../status.js';
import { badEscape, unescapeBytes } from '../unescape.js';
import { findField, populate } from './populate.js';

/** Parameters in the order of their first use. */
export type Parameters = Map<string, string[]>;

/** As many parameters Go's net/url takes. */
const MAX_PARAMETERS = 10_000;

/** Adds what a query string or a form body, each character a byte, says to the parameters. Throws INVALID_ARGUMENT. */
export function parseParameters(text: string, into: Parameters): void {
  const pairs = text.split('&');
  if (pairs.length > MAX_PARAMETERS) {
    throw new StatusError(Code.INVALID_ARGUMENT, 'number of URL query parameters exceeded limit');
  }
  if (text.includes(';')) throw new StatusError(Code.INVALID_ARGUMENT, 'invalid semicolon separator in query');
  for (const pair of pairs) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    const values = into.get(name);
    if (values) values.push(value);
    else into.set(name, [value]);
  }
}

function decode(text: string): string {
  const bad = badEscape(text);
  if (bad !== undefined) {
    const shown = goQuote(fromBytes(Buffer.from(bad, 'latin1')));
    throw new StatusError(Code.INVALID_ARGUMENT, `invalid URL escape ${shown}`);
  }
  return unescapeBytes(text.replaceAll('+', ' '));
}

/**
 * Sets fields from parameters. `bound` are the field paths (proto names) that the path or the body has set: keys at, under
 * or around them are passed over. Throws INVALID_ARGUMENT with the gateway's text.
 */
export function applyParameters(
  type: MessageType,
  message: Message,
  parameters: Parameters,
  bound: readonly (readonly string[])[],
): void {
  const seen = new Set<string>();
  try {
    for (const [key, given] of parameters) {
      const { outer, mapKey } = splitMapKey(key);
      const path = normalize(type, outer.split('.'));
      if (bound.some((one) => overlaps(one, path))) continue;
      const field = path.join('.') + (mapKey === undefined ? '' : `[${mapKey}]`);
      if (seen.has(field)) throw new Error(`duplicate field ${goQuote(field)}`);
      seen.add(field);
      populate(type, message, path, mapKey === undefined ? given : [mapKey, ...given], mapKey !== undefined);
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new StatusError(Code.INVALID_ARGUMENT, error.message);
  }
}

/** `labels[k]` names an entry of a map. Not by a regular expression: those take quadratic time for a key of brackets. */
function splitMapKey(key: string): { outer: string; mapKey: string | undefined } {
  const open = key.endsWith(']') && !key.includes('\n') ? key.lastIndexOf('[') : -1;
  return open < 0 ? { outer: key, mapKey: undefined } : { outer: key.slice(0, open), mapKey: key.slice(open + 1, -1) };
}

/** The path in proto names, or as it was given when it leads nowhere. */
function normalize(type: MessageType, path: readonly string[]): readonly string[] {
  const names: string[] = [];
  let current: MessageType | undefined = type;
  for (const [index, name] of path.entries()) {
    const field: Field | undefined = current && findField(current, name);
    if (!field) return path;
    names.push(field.name);
    if (index < path.length - 1 && (!field.message || field.shape !== 'singular')) return path;
    current = field.message;
  }
  return names;
}

/** Whether one path is the beginning of the other. */
function overlaps(left: readonly string[], right: readonly string[]): boolean {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) if (left[at] !== right[at]) return false;
  return true;
}
