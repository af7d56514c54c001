/** Reads messages of protobuf by tables that name the fields which somebody wants: all others are passed over, unread. */

import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { knownText } from './known-texts.js';

/** What a field holds. `bytes` are not copied; a table is a message of its own. */
type Kind = 'text' | 'number' | 'boolean' | 'time' | 'bytes' | Pairs | Fields;

/** A map of texts, of which the pairs are read whose names somebody wants. */
interface Pairs {
  readonly wants: (name: string) => boolean;
}

/** A field that is read. */
interface Field {
  /** Its name in JSON; undefined for a message whose fields JSON has in the message around it. */
  readonly name: string | undefined;
  readonly kind: Kind;
  readonly repeated: boolean;
}

/** The fields of a message that are read, by their numbers. */
export interface Fields {
  readonly [number: number]: Field;
  readonly wants?: never;
}

/** A map of texts, as far as their names are wanted. */
export function pairs(wants: (name: string) => boolean): Kind {
  return { wants };
}

/** A field with one value: the last one that is there. */
export function one(name: string, kind: Kind): Field {
  return { name, kind, repeated: false };
}

/** A field with a list of values. */
export function many(name: string, kind: Kind): Field {
  return { name, kind, repeated: true };
}

/** A message that JSON does not have: its fields stand in the message around it. */
export function inline(kind: Fields): Field {
  return { name: undefined, kind, repeated: false };
}

/** A message as the object that JSON would make of it, as far as somebody wants it. */
type Message = Record<string, unknown>;

/**
 * Reads a message, of all the bytes or of some of them, as far as the table has its fields. Empty texts are left out, as JSON does, and
 * times are in milliseconds. Throws where the bytes are no message, or fields not of the kinds that the table says.
 */
export function readMessage(bytes: Buffer, fields: Fields, start = 0, end = bytes.length): Message {
  return new MessageReader(bytes, start, end).fields(end, fields, {});
}

const KEY = 1;
const SECONDS = 1;

class MessageReader {
  readonly #bytes: Buffer;
  readonly #reader: BinaryReader;
  readonly #last: number;

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#reader = new BinaryReader(bytes);
    this.#reader.pos = start;
    this.#last = end;
  }

  fields(end: number, fields: Fields, message: Message): Message {
    const reader = this.#reader;
    while (reader.pos < end) {
      const tag = reader.uint32();
      const wireType = wireTypeOf(tag);
      const field = fields[tag >>> 3];
      if (field === undefined) this.#pass(wireType);
      else if (wireType === WireType.Varint) put(message, field, this.#number(field));
      else if (wireType === WireType.LengthDelimited) {
        const valueEnd = this.#end();
        put(message, field, this.#value(valueEnd, field, message));
        reader.pos = valueEnd;
      } else throw new Error(`field ${tag >>> 3} is of no kind that is known here`);
    }
    return message;
  }

  /** Where what has its length in front of it ends. */
  #end(): number {
    const end = this.#reader.uint32() + this.#reader.pos;
    if (end > this.#last) throw new RangeError('the message is cut off');
    return end;
  }

  /** Passes over a field; the library would make a view of it. */
  #pass(wireType: WireType): void {
    if (wireType === WireType.LengthDelimited) this.#reader.pos = this.#end();
    else this.#reader.skip(wireType);
  }

  #number({ kind }: Field): number | boolean {
    return kind === 'boolean' ? this.#reader.bool() : Number(this.#reader.int64());
  }

  #value(end: number, { name, kind }: Field, message: Message): unknown {
    if (kind === 'text') return this.#text(end);
    if (kind === 'time') return this.#time(end);
    if (kind === 'bytes') return this.#bytes.subarray(this.#reader.pos, end);
    if (typeof kind === 'object' && kind.wants) {
      return this.#pair(end, kind.wants, (message[name ?? ''] ?? {}) as Record<string, string>);
    }
    if (typeof kind === 'object') return this.fields(end, kind, name === undefined ? message : {});
    throw new Error(`${name} is no ${kind}`);
  }

  #text(end: number): string {
    return knownText(this.#bytes, this.#reader.pos, end);
  }

  /** Takes one pair into a map. Its key comes first. */
  #pair(end: number, wants: Pairs['wants'], pairs: Record<string, string>): Record<string, string> {
    let key = '';
    let value = '';
    while (this.#reader.pos < end) {
      const isKey = this.#reader.uint32() >>> 3 === KEY;
      const partEnd = this.#end();
      if (isKey) key = this.#text(partEnd);
      else if (wants(key)) value = this.#text(partEnd);
      this.#reader.pos = partEnd;
    }
    if (wants(key)) pairs[key] = value;
    return pairs;
  }

  /** A metav1.Time, which has whole seconds; undefined where it was never set. */
  #time(end: number): number | undefined {
    let seconds = 0;
    while (this.#reader.pos < end) {
      const tag = this.#reader.uint32();
      if (tag >>> 3 === SECONDS) seconds = Number(this.#reader.int64());
      else this.#pass(wireTypeOf(tag));
    }
    return seconds === 0 ? undefined : seconds * 1000;
  }
}

function wireTypeOf(tag: number): WireType {
  return tag & 7;
}

function put(message: Message, { name, repeated }: Field, value: unknown): void {
  if (name === undefined || value === undefined || value === '') return;
  if (!repeated) message[name] = value;
  else if (message[name] === undefined) message[name] = [value];
  else (message[name] as unknown[]).push(value);
}
