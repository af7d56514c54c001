/** The chunked coding of a body, read with the care of Go's reader: what others could read in another way is an error. */

import { goQuote } from '../go/quote.js';
import { isBlank, trim } from './fields.js';
import { addField } from './head.js';
import { Refusal } from './refusal.js';

const LF = 0x0a;
/** Longest line with a size, and longest trailer; both are Go's buffer. */
const MAX_LINE_BYTES = 4096;
/** How much more than its data, twice, and a little for each chunk, a body may take. */
const FREE_BYTES = 16;
const MAX_EXCESS_BYTES = 16 * 1024;
const SIZE = /^[0-9A-Fa-f]+$/;
const MAX_SIZE_DIGITS = 16;
/** An empty line. */
const TRAILER_END = /(?:^|\n)\r?\n$/;

/** Thrown for a body that cannot be read on, with the words of Go's reader. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
}

/** Thrown for a body that has come, but for what is to stand behind it. */
export class TrailerError extends BodyError {}

/** Takes the data of a body out of its chunks. */
export class ChunkedReader {
  /** Bytes that are still to come of the chunk that was begun. */
  #left = 0;
  #expects: 'size' | 'data' | 'data end' | 'trailer' = 'size';
  /** What came of a line, or of the trailer, that is not complete. */
  #begun = '';
  #excess = 0;

  /** What is wrong when nothing more comes. */
  brokenOff(): BodyError {
    if (this.#expects !== 'trailer') return new BodyError('unexpected EOF');
    return this.#begun.length < 2 ? new TrailerError('http: unexpected EOF reading trailer') : this.#tooLong();
  }

  /** Hands on the data in `bytes` from `from` on. Answers where the body ends, undefined while it does not. Throws a {@link BodyError}. */
  take(bytes: Buffer, from: number, data: (chunk: Buffer) => void): number | undefined {
    for (let at = from; at < bytes.length; ) {
      if (this.#expects === 'data') {
        const chunk = bytes.subarray(at, at + this.#left);
        data(chunk);
        at += chunk.length;
        this.#left -= chunk.length;
        if (this.#left === 0) this.#expects = 'data end';
        continue;
      }
      if (this.#expects === 'data end') {
        at = this.#takeDataEnd(bytes, at);
        continue;
      }
      const lf = bytes.indexOf(LF, at);
      const end = lf < 0 ? bytes.length : lf + 1;
      if (end - at + this.#begun.length > MAX_LINE_BYTES) throw this.#tooLong();
      this.#begun += bytes.toString('latin1', at, end);
      at = end;
      if (lf < 0) break;
      if (this.#expects === 'size') this.#beginChunk();
      else if (TRAILER_END.test(this.#begun)) {
        checkTrailer(this.#begun);
        return at;
      }
    }
    return undefined;
  }

  #takeDataEnd(bytes: Buffer, from: number): number {
    const missing = 2 - this.#begun.length;
    this.#begun += bytes.toString('latin1', from, from + missing);
    if (this.#begun.length < 2) return bytes.length;
    if (this.#begun !== '\r\n') throw new BodyError('malformed chunked encoding');
    this.#begun = '';
    this.#expects = 'size';
    return from + missing;
  }

  #beginChunk(): void {
    const line = this.#begun.slice(0, -1);
    this.#begun = '';
    const cr = line.indexOf('\r');
    if (cr < 0) throw new BodyError('chunked line ends with bare LF');
    if (cr !== line.length - 1) throw new BodyError('invalid CR in chunked line');
    const [digits = ''] = line
      .slice(0, -1)
      .replace(/[ \t]+$/, '')
      .split(';', 1);
    const size = sizeOf(digits);
    this.#excess = Math.max(this.#excess + line.length + 1 - FREE_BYTES - 2 * size, 0);
    if (this.#excess > MAX_EXCESS_BYTES) throw new BodyError('chunked encoding contains too much non-data');
    this.#left = size;
    this.#expects = size === 0 ? 'trailer' : 'data';
  }

  #tooLong(): BodyError {
    if (this.#expects !== 'trailer') return new BodyError('header line too long');
    return new TrailerError('http: suspiciously long trailer after chunked body');
  }
}

function sizeOf(digits: string): number {
  if (digits === '') throw new BodyError('empty hex number for chunk length');
  if (!SIZE.test(digits)) throw new BodyError('invalid byte in chunk length');
  if (digits.length > MAX_SIZE_DIGITS) throw new BodyError('http chunk length too large');
  return Number.parseInt(digits, 16);
}

/** Nobody reads a trailer; but one that is none ends the connection, for what is behind it may be anything. */
function checkTrailer(text: string): void {
  const fields: string[] = [];
  for (let at = 0, lf = text.indexOf('\n'); lf >= 0; at = lf + 1, lf = text.indexOf('\n', at)) {
    const end = text.charCodeAt(lf - 1) === 0x0d ? lf - 1 : lf;
    if (end === at) return;
    try {
      addField(fields, text, at, end);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new TrailerError(`malformed MIME header${whatIsWrong(text.slice(at, end), at === 0)}`);
    }
  }
}

function whatIsWrong(line: string, isFirst: boolean): string {
  if (isFirst && isBlank(line.charCodeAt(0))) return ` initial line: ${goQuote(line)}`;
  return `${line.includes(':') ? ' line' : ': missing colon'}: ${goQuote(trim(line))}`;
}
