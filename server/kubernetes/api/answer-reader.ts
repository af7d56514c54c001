/** Reads the answer to one request out of the bytes of an HTTP/1.1 connection. */

/** The beginning of an answer; the names of headers are in lower case, one that comes several times has a list. */
export interface AnswerHead {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** An answer that was read to its end. */
export interface Answer extends AnswerHead {
  readonly body: Buffer;
  /** Whether another request may be sent on the connection. */
  readonly keepsAlive: boolean;
}

const NOTHING = Buffer.alloc(0);
const MAX_HEAD_BYTES = 64 * 1024;
const MAX_LINE_BYTES = 8 * 1024;

/** One answer. */
export class AnswerReader {
  #rest: Buffer = NOTHING;
  #head: AnswerHead | undefined;
  /** What comes next of a body in chunks; undefined for any other body. */
  #next: 'size' | 'bytes' | 'line end' | 'trailer' | undefined;
  /** How much is still to come of the body, or of its chunk; Infinity for one that ends with the connection. */
  #left = 0;
  readonly #body: Buffer[] = [];

  /** Takes what has come, and returns the answer when it is complete. Throws what is no HTTP. */
  take(bytes: Buffer): Answer | undefined {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    this.#head ??= this.#takeHead();
    if (this.#head === undefined) return undefined;
    const complete = this.#next === undefined ? this.#takeBody() : this.#takeChunks();
    return complete ? this.#answer(this.#head) : undefined;
  }

  /** The connection has ended: returns the answer that ends with it, undefined where some of it is missing. */
  end(): Answer | undefined {
    return this.#head !== undefined && this.#left === Infinity ? this.#answer(this.#head) : undefined;
  }

  #answer(head: AnswerHead): Answer {
    const [first = NOTHING] = this.#body;
    const body = this.#body.length > 1 ? Buffer.concat(this.#body) : first;
    const closes = /\bclose\b/i.test(String(head.headers['connection'] ?? ''));
    return { ...head, body, keepsAlive: !closes && this.#left === 0 && this.#rest.length === 0 };
  }

  #takeHead(): AnswerHead | undefined {
    for (;;) {
      const end = this.#rest.indexOf('\r\n\r\n');
      if (end < 0 && this.#rest.length > MAX_HEAD_BYTES) throw new Error('the head of an answer is too long');
      if (end < 0) return undefined;
      const head = readHead(this.#rest.toString('latin1', 0, end));
      this.#rest = this.#rest.subarray(end + 4);
      // What comes before the answer tells nothing.
      if (head.statusCode < 200) continue;
      this.#frame(head);
      return head;
    }
  }

  /** How the end of the body is known. */
  #frame({ statusCode, headers }: AnswerHead): void {
    const length = headers['content-length'];
    if (statusCode === 204 || statusCode === 304) this.#left = 0;
    else if (/\bchunked$/i.test(String(headers['transfer-encoding'] ?? ''))) this.#next = 'size';
    else if (length === undefined) this.#left = Infinity;
    else if (typeof length === 'string' && /^\d+$/.test(length)) this.#left = Number(length);
    else throw new Error('the length of an answer is not a number');
  }

  /** Takes what has come of the body, or of its chunk; true at its end. */
  #takeBody(): boolean {
    const taken = this.#rest.length > this.#left ? this.#rest.subarray(0, this.#left) : this.#rest;
    if (taken.length > 0) this.#body.push(taken);
    this.#rest = this.#rest.subarray(taken.length);
    this.#left -= taken.length;
    return this.#left === 0;
  }

  #takeChunks(): boolean {
    for (;;) {
      if (this.#next === 'bytes') {
        if (!this.#takeBody()) return false;
        this.#next = 'line end';
      }
      const end = this.#rest.indexOf('\r\n');
      if (end < 0 && this.#rest.length > MAX_LINE_BYTES) throw new Error('a line between chunks is too long');
      if (end < 0) return false;
      const line = this.#rest.toString('latin1', 0, end);
      this.#rest = this.#rest.subarray(end + 2);
      if (this.#next === 'trailer') {
        if (line === '') return true;
      } else if (this.#next === 'line end') {
        if (line !== '') throw new Error('a chunk is longer than it says');
        this.#next = 'size';
      } else {
        const [digits] = /^[0-9a-f]{1,12}(?=[ \t]*(?:;|$))/i.exec(line) ?? [];
        if (digits === undefined) throw new Error('the length of a chunk is not a number');
        this.#left = Number.parseInt(digits, 16);
        this.#next = this.#left === 0 ? 'trailer' : 'bytes';
      }
    }
  }
}

function readHead(text: string): AnswerHead {
  const [first = '', ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.\d (\d{3})(?: |$)/.exec(first)?.[1];
  if (status === undefined) throw new Error('the answer is not HTTP');
  const headers = Object.create(null) as Record<string, string | string[]>;
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const known = headers[name];
    headers[name] = known === undefined ? value : [known, value].flat();
  }
  return { statusCode: Number(status), headers };
}
