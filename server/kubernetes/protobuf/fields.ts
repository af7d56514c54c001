/** Reads messages of protobuf by tables that name the fields which somebody wants: all others are passed over, unread. */

import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** What a field holds. `pairs` is a map of texts; `bytes` are not copied; a table is a message of its own. */
type Kind = 'text' | 'number' | 'boolean' | 'time' | 'pairs' | 'bytes' | Fields;

/** A field that is read. */
interface Field {
  /** Its name in JSON; undefined for a message whose fields JSON has in the message around it. */
  readonly name: string | undefined;
  readonly kind: Kind;
  readonly repeated: boolean;
}

/** The fields of a message that are read, by their numbers. */
export type Fields = Readonly<Record<number, Field>>;

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
 * Reads a message, as far as the table has its fields. Empty texts are left out, as JSON does, and times are in milliseconds. Throws
 * where the bytes are no message, or fields not of the kinds that the table says.
 */
export function readMessage(bytes: Buffer, fields: Fields): Message {
  return new MessageReader(bytes).fields(bytes.length, fields, {});
}

const KEY = 1;
const SECONDS = 1;

class MessageReader {
  readonly #bytes: Buffer;
  readonly #reader: BinaryReader;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#reader = new BinaryReader(bytes);
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
    if (end > this.#bytes.length) throw new RangeError('the message is cut off');
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
    if (kind === 'pairs') return this.#pair(end, (message[name ?? ''] ?? {}) as Record<string, string>);
    if (typeof kind === 'object') return this.fields(end, kind, name === undefined ? message : {});
    throw new Error(`${name} is no ${kind}`);
  }

  /** The library's own way takes several times as long for texts as short as these. */
  #text(end: number): string {
    return this.#bytes.toString('utf8', this.#reader.pos, end);
  }

  /** Takes one pair into a map. */
  #pair(end: number, pairs: Record<string, string>): Record<string, string> {
    const pair = { key: '', value: '' };
    while (this.#reader.pos < end) {
      const part = this.#reader.uint32() >>> 3 === KEY ? 'key' : 'value';
      const partEnd = this.#end();
      pair[part] = this.#text(partEnd);
      this.#reader.pos = partEnd;
    }
    pairs[pair.key] = pair.value;
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
