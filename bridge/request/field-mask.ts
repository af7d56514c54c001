/** The FieldMask that a PATCH means when it names none: the leaves of its JSON body. */

import { goQuote } from '../go/quote.js';
import { JsonError } from '../json/scanner.js';
import type { MessageType, Value } from '../schema.js';
import { findField } from './populate.js';

/** Sorted paths, in proto names, of what a body sets in a message. The body was read as that message before. */
export function maskFromBody(type: MessageType, body: string): string[] {
  const paths: string[] = [];
  if (body.trim() === '') return paths;
  let level: Place[] = [{ type, node: firstValue(body), path: '' }];
  // Level by level, so that of several errors the one that is nearest to the root is told.
  while (level.length > 0) level = level.flatMap((place) => Array.from(collect(place, paths)));
  return paths.toSorted();
}

/** A place in the body: what is there, and of which type it should be. */
interface Place {
  readonly type: MessageType | undefined;
  readonly node: Value;
  readonly path: string;
}

/** The first JSON value of a text that may go on behind it. */
function firstValue(text: string): Value {
  try {
    return JSON.parse(text);
  } catch (error) {
    const end = /position (\d+)/.exec(String(error))?.[1];
    if (end === undefined) throw error;
    return JSON.parse(text.slice(0, Number(end)));
  }
}

/** Adds the leaves at a place to the paths; answers the places below it. */
function* collect({ type, node, path }: Place, paths: string[]): Generator<Place, void> {
  if (!isFilled(node)) {
    if (path !== '') paths.push(path);
    return;
  }
  if (!type) throw new JsonError('JSON structure did not match request type');
  for (const [name, value] of Object.entries<Value>(node)) {
    const field = findField(type, name);
    if (!field) throw new JsonError(`could not find field ${goQuote(name)} in ${goQuote(type.fullName)}`);
    const here = path === '' ? field.name : `${path}.${field.name}`;
    const inner = field.message?.fullName ?? '';
    if (/^google\.protobuf\.(Struct|Value)$/.test(inner)) collectDynamic(here, value, paths);
    else if (inner === 'google.protobuf.Any' && field.shape === 'singular') {
      if (!isFilled(value) || !Object.hasOwn(value, '@type')) {
        const where = `${goQuote(name)} in message ${goQuote(type.fullName)}`;
        throw new JsonError(`could not find field @type in ${where}`);
      }
      paths.push(here);
    } else if (field.shape === 'singular') yield { type: field.message, node: value, path: here };
    else paths.push(here);
  }
}

function collectDynamic(path: string, node: Value, paths: string[]): void {
  if (!isFilled(node)) paths.push(path);
  else for (const [name, value] of Object.entries(node)) collectDynamic(`${path}.${name}`, value, paths);
}

function isFilled(node: Value): boolean {
  return typeof node === 'object' && node !== null && !Array.isArray(node) && Object.keys(node).length > 0;
}
