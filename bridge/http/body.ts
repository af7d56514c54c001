/** The body of a request, as its reader sees it. The connection puts in what comes; what waits to be read is bounded. */

import { BodyError, ChunkedReader } from './chunked.js';

/** So much waits for its reader before no more is asked of the sender. */
const HIGH_WATER_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);
const TOO_LARGE = 'http: request body too large';

/** What the connection does for a body. */
export interface BodySource {
  /** Somebody wants to read it, or has thrown it away. */
  wanted(): void;
  /** There is room for more. */
  resume(): void;
}

/** A body that comes, or has come. */
export class RequestBody {
  readonly #source: BodySource;
  readonly #chunked: ChunkedReader | undefined;
  #left: number;
  #chunks: Buffer[] = [];
  #waiting = 0;
  /** How much more is thrown away; undefined while it is kept for the reader. */
  #droppable: number | undefined;
  #wanted = false;
  #complete: boolean;
  #failure: Error | undefined;
  #changed: (() => void) | undefined;
  #atEnd: (() => void) | undefined;

  /** `length` is undefined for a body in chunks. */
  constructor(length: number | undefined, source: BodySource) {
    this.#source = source;
    this.#chunked = length === undefined ? new ChunkedReader() : undefined;
    this.#left = length ?? 0;
    this.#complete = length === 0;
  }

  /** All of it has come. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Nothing more of it will come: it is complete, or broken. */
  get ended(): boolean {
    return this.#complete || this.#failure !== undefined;
  }

  /** Its sender has told how long it is. */
  get measured(): boolean {
    return this.#chunked === undefined;
  }

  /** Bytes that are to come, as far as its sender has told. */
  get leftBytes(): number {
    return this.#left;
  }

  /** Bytes that have come and wait for their reader. */
  get waitingBytes(): number {
    return this.#waiting;
  }

  /** Somebody has read of it, or has said to have no use for it. */
  get wanted(): boolean {
    return this.#wanted;
  }

  /** The reader is behind, and the sender has to wait. */
  get full(): boolean {
    return this.#waiting > HIGH_WATER_BYTES;
  }

  /** All bytes of it, when they are there and nobody has read any; undefined otherwise. */
  takeAll(): Buffer | undefined {
    if (!this.#complete) return undefined;
    this.#want();
    const chunks = this.#chunks;
    if (chunks.length === 0) return NOTHING;
    this.#chunks = [];
    this.#waiting = 0;
    return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  }

  /** The next bytes; undefined at the end. Rejects with the reason why there will be no end. One reader at a time. */
  async next(): Promise<Buffer | undefined> {
    this.#want();
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk) {
        this.#waiting -= chunk.length;
        if (!this.full) this.#source.resume();
        return chunk;
      }
      if (this.#complete) return undefined;
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  /** Reads all of it and throws it away, for a reader that has no use for it. Resolves at its end. Rejects as {@link next}. */
  async skip(maxBytes: number): Promise<void> {
    this.#want();
    this.drop(maxBytes);
    await this.end();
    if (this.#failure) throw this.#failure;
  }

  /** Throws away what nobody has read, and at most so many bytes with it; then the body counts as broken. */
  drop(maxBytes: number): void {
    this.#droppable = Math.max(this.#droppable ?? 0, maxBytes) - this.#waiting;
    this.#chunks = [];
    this.#waiting = 0;
    if (this.#droppable < 0) this.fail(new BodyError(TOO_LARGE));
    this.#source.resume();
  }

  /** Resolves when nothing more of it will come. One at a time. */
  async end(): Promise<void> {
    if (this.ended) return;
    await new Promise<void>((resolve) => {
      this.#atEnd = resolve;
    });
  }

  /** The sender has gone: what is missing will not come. */
  breakOff(): void {
    this.fail(this.#chunked?.brokenOff() ?? new BodyError('unexpected EOF'));
  }

  /** Ends the body before its time. */
  fail(reason: Error): void {
    if (this.ended) return;
    this.#failure = reason;
    this.#change();
  }

  /** Puts in what came, from `from` on; answers where the body ends in it, or its length. */
  push(bytes: Buffer, from: number): number {
    if (this.#chunked) return this.#pushChunks(this.#chunked, bytes, from);
    const end = Math.min(bytes.length, from + this.#left);
    this.#left -= end - from;
    if (this.#left === 0) this.#complete = true;
    this.#add(from === 0 && end === bytes.length ? bytes : bytes.subarray(from, end));
    this.#change();
    return end;
  }

  #pushChunks(reader: ChunkedReader, bytes: Buffer, from: number): number {
    let end: number | undefined;
    try {
      end = reader.take(bytes, from, (chunk) => this.#add(chunk));
      if (end !== undefined && !this.#failure) this.#complete = true;
    } catch (error) {
      if (!(error instanceof BodyError)) throw error;
      this.#failure = error;
    }
    this.#change();
    return end ?? bytes.length;
  }

  #add(chunk: Buffer): void {
    if (this.#droppable === undefined) {
      this.#chunks.push(chunk);
      this.#waiting += chunk.length;
      return;
    }
    this.#droppable -= chunk.length;
    if (this.#droppable < 0 && !this.#complete) this.fail(new BodyError(TOO_LARGE));
  }

  #want(): void {
    this.#wanted = true;
    this.#source.wanted();
  }

  /** More has come, or it has ended. */
  #change(): void {
    const changed = this.#changed;
    this.#changed = undefined;
    changed?.();
    if (this.ended) this.#atEnd?.();
  }
}
