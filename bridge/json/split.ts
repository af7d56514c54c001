/** Cuts a stream of bytes into JSON values, by brackets and quotes only: whether they are well formed is for others to say. */

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN = 123;
const OPEN_LIST = 91;
const CLOSE = 125;
const CLOSE_LIST = 93;

/** Takes chunks and gives back the values that are complete. */
export class ValueSplitter {
  #pending: Buffer[] = [];
  /** How many bytes of an unfinished value are kept. */
  pendingBytes = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  /** The values that end in this chunk. A number or a word ends only where something else begins. */
  *push(chunk: Buffer): Generator<Buffer, void> {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      if (!this.#endsValue(chunk[at] ?? 0)) continue;
      yield this.#take(chunk.subarray(start, at + 1));
      start = at + 1;
    }
    if (start === chunk.length) return;
    this.#pending.push(chunk.subarray(start));
    this.pendingBytes += chunk.length - start;
  }

  /** What is left when no more chunks come. */
  rest(): Buffer {
    return this.#take(Buffer.alloc(0));
  }

  #take(last: Buffer): Buffer {
    const value = this.#pending.length === 0 ? last : Buffer.concat([...this.#pending, last]);
    this.#pending = [];
    this.pendingBytes = 0;
    return value;
  }

  /** Whether a value is complete with this byte. A bracket too many ends one, too, so that it is refused at once. */
  #endsValue(byte: number): boolean {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) {
        this.#inString = false;
        return this.#depth === 0;
      }
      return false;
    }
    if (byte === QUOTE) this.#inString = true;
    else if (byte === OPEN || byte === OPEN_LIST) this.#depth++;
    else if (byte === CLOSE || byte === CLOSE_LIST) {
      this.#depth = Math.max(this.#depth - 1, 0);
      return this.#depth === 0;
    }
    return false;
  }
}
