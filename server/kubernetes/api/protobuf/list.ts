/** Lists in protobuf, read while their bytes come. */

import { type Fields, one, readMessage } from './fields.js';
import { fieldsOf, MAGIC } from './objects.js';

/** No object is as large: what says so is broken. */
const MAX_OBJECT_BYTES = 64 * 1024 * 1024;
const MAX_VARINT_BYTES = 10;

/** Fields of a list. */
const METADATA = 1;
const ITEM = 2;
const LIST_METADATA: Fields = { 2: one('resourceVersion', 'text'), 3: one('continue', 'text') };

/** Fields of what stands around a list, a runtime.Unknown: its kind comes first. */
const TYPE = 1;
const RAW = 2;
const TYPE_FIELDS: Fields = { 2: one('kind', 'text') };

/** Reads a list, and tells of each object. */
export class ListReader {
  readonly #onObject: (object: object) => void;
  readonly #unread = new UnreadBytes();
  #list: Envelope | undefined;
  #left = 0;
  #metadata: object | undefined;

  constructor(onObject: (object: object) => void) {
    this.#onObject = onObject;
  }

  /** Reads what is whole by now. Throws what is no list of a kind that is known here. */
  take(piece: Buffer): void {
    const bytes = this.#unread.add(piece);
    let at = 0;
    if (!this.#list) {
      this.#list = envelopeOf(bytes);
      if (!this.#list) return;
      this.#left = this.#list.bytes;
      at = this.#list.start;
    }
    for (let field = nextOf(bytes, at, this.#left); field; field = nextOf(bytes, at, this.#left)) {
      const { number, start, end } = field;
      if (number === METADATA) this.#metadata = readMessage(bytes, LIST_METADATA, start, end);
      if (number === ITEM) this.#onObject(readMessage(bytes, this.#list.fields, start, end));
      this.#left -= end - at;
      at = end;
    }
    this.#unread.pass(at);
  }

  /** The metadata of the list, when all was taken. Throws where it was cut off, or has none. */
  end(): object {
    if (!this.#list || this.#left > 0) throw new Error('a list was cut off');
    if (!this.#metadata) throw new Error('a list without metadata');
    return this.#metadata;
  }
}

/** Bytes that came and were not read yet, in one place that is used again and again: new ones would be more than all that is kept. */
class UnreadBytes {
  #place = Buffer.alloc(0);
  #length = 0;

  /** All that is unread, with this; holds until the next call. */
  add(chunk: Buffer): Buffer {
    const length = this.#length + chunk.length;
    if (length > this.#place.length) {
      const larger = Buffer.allocUnsafeSlow(2 * length);
      this.#place.copy(larger, 0, 0, this.#length);
      this.#place = larger;
    }
    chunk.copy(this.#place, this.#length);
    this.#length = length;
    return this.#place.subarray(0, length);
  }

  /** So many of them were read. */
  pass(count: number): void {
    this.#place.copyWithin(0, count, this.#length);
    this.#length -= count;
  }
}

interface Envelope {
  /** Of each object. */
  readonly fields: Fields;
  /** Where the list begins, and how long it is. */
  readonly start: number;
  readonly bytes: number;
}

/** What stands in front of a list; undefined while that is not whole. */
function envelopeOf(bytes: Buffer): Envelope | undefined {
  if (bytes.length < MAGIC.length) return undefined;
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('this is no list of Kubernetes in protobuf');
  const type = fieldAt(bytes, MAGIC.length);
  if (!type || type.end > bytes.length) return undefined;
  const raw = fieldAt(bytes, type.end);
  if (!raw) return undefined;
  const { kind = '' } = readMessage(bytes, TYPE_FIELDS, type.start, type.end) as { kind?: string };
  if (type.number !== TYPE || raw.number !== RAW || !kind.endsWith('List')) throw new Error(`${kind} is no list`);
  return { fields: fieldsOf(kind.slice(0, -'List'.length)), start: raw.start, bytes: raw.end - raw.start };
}

/** The next field of a list of which so many bytes are left; undefined when it is not whole, or there is none. */
function nextOf(bytes: Buffer, at: number, left: number): Place | undefined {
  const field = left > 0 ? fieldAt(bytes, at) : undefined;
  if (field && field.end - at > Math.min(left, MAX_OBJECT_BYTES)) {
    throw new Error(`an object of a list claims to be of ${field.end - field.start} bytes`);
  }
  return field && field.end <= bytes.length ? field : undefined;
}

interface Place {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

/** The place of a field with its length in front; undefined when the bytes end before it begins. All fields here are such. */
function fieldAt(bytes: Buffer, at: number): Place | undefined {
  const tag = varintAt(bytes, at);
  const length = tag && varintAt(bytes, tag.end);
  return length && { number: Math.floor(tag.value / 8), start: length.end, end: length.end + length.value };
}

function varintAt(bytes: Buffer, at: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let length = 1; at + length <= bytes.length; length += 1) {
    if (length > MAX_VARINT_BYTES) throw new Error('a list is broken');
    const byte = bytes[at + length - 1] ?? 0;
    value += (byte & 0x7f) * 128 ** (length - 1);
    if (byte < 0x80) return { value, end: at + length };
  }
  return undefined;
}
