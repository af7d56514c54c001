/** From the bytes of a body to messages: one JSON value, or several in a row. */

import { isUtf8 } from 'node:buffer';
import { fromBytes, isWellFormed } from '../go/bytes.js';
import { scanValue } from '../go/json-syntax.js';
import type { Value } from '../schema.js';
import { JsonError, Scanner } from './scanner.js';

/** Text of a JSON body, and whether all of it was UTF-8. */
export interface JsonText {
  readonly text: string;
  readonly invalidUtf8: boolean;
}

/** Decodes a body. Never throws: bad bytes are reported when a string that holds them is read. */
export function decodeText(bytes: Buffer): JsonText {
  return isUtf8(bytes) ? { text: bytes.toString(), invalidUtf8: false } : { text: fromBytes(bytes), invalidUtf8: true };
}

/** Reads a text that is one JSON value, without the scan that bodies get first. Throws {@link JsonError}. */
export function parseWhole(text: string, read: (scanner: Scanner) => Value): Value {
  const scanner = new Scanner(text, 0, !isWellFormed(text), 0);
  const value = read(scanner);
  scanner.peek();
  if (scanner.pos < text.length) throw scanner.unexpected();
  return value;
}

/**
 * Reads the first JSON value from an offset; what follows is nobody's business. Answers the value and where it ends, or
 * undefined when there is only white space. Throws {@link JsonError} with the text that the real gateway answers.
 */
export function parseFirst(
  json: JsonText,
  from: number,
  read: (scanner: Scanner) => Value,
): { value: Value; end: number } | undefined {
  const { text, invalidUtf8 } = json;
  const scanner = new Scanner(text, from, invalidUtf8);
  if (scanner.pos >= text.length) return undefined;
  let failure: JsonError;
  try {
    return { value: read(scanner), end: scanner.pos };
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    failure = error;
  }
  // The gateway scans the whole value before it looks at its meaning, so a syntax error behind the first error wins, and what
  // follows the value is not seen.
  const scan = scanValue(text, from);
  if ('error' in scan) throw new JsonError(scan.error);
  if (scan.end === text.length) throw failure;
  return { value: read(new Scanner(text.slice(0, scan.end), from, invalidUtf8)), end: scan.end };
}
