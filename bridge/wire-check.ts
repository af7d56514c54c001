/** Protobuf bytes as strictly as Go reads them: generated code stops at what it does not understand, and takes any text. */

import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { isUtf8 } from 'node:buffer';
import type { Field, MessageType } from './schema.js';

/** Throws an Error with Go's text when the bytes are no message of the type. */
export function checkWire(bytes: Uint8Array, type: MessageType): void {
  checkFields(bytes, new Map(type.fields.map((field) => [field.number, field])));
}

function checkFields(bytes: Uint8Array, fields: ReadonlyMap<number, Field>): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const inside = wellFormed(() => {
      const [number, wire] = reader.tag();
      if (wire === WireType.LengthDelimited) return { field: fields.get(number), content: reader.bytes() };
      if (wire === WireType.EndGroup) throw new Error('it ends no group');
      reader.skip(wire, number);
      return undefined;
    });
    if (inside?.field) checkContent(inside.content, inside.field);
  }
}

function checkContent(bytes: Uint8Array, { kind, message, mapKey, mapValue }: Field): void {
  if (mapKey && mapValue) {
    checkFields(
      bytes,
      new Map([
        [1, mapKey],
        [2, mapValue],
      ]),
    );
  } else if (message) checkWire(bytes, message);
  else if (kind === 'string' && !isUtf8(bytes)) throw new Error('string field contains invalid UTF-8');
}

function wellFormed<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error('proto: cannot parse invalid wire-format data', { cause: error });
  }
}
