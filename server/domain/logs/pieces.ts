/** The bytes of the log API -> pieces of lines with their times. */

import type { LogPiece } from '../ports.js';

/** A longer line comes in pieces of this size, so that no line, however long, is held in memory. */
export const MAX_PIECE_BYTES = 64 * 1024;

/** `2026-11-23T05:23:00.123456789Z `: the longest time the log API puts in front of a line, with its blank. */
const MAX_TIME_BYTES = 64;
const NEWLINE = 10;
const BLANK = 32;

/** Something in the log that is not log: the API's own error text, in the middle of an answer that began well. */
export class NotALogLine extends Error {
  override readonly name = 'NotALogLine';
}

/**
 * Cuts a stream of timestamped lines, given in chunks, into pieces. A last line without its newline is held back until `end`:
 * only the caller knows whether the log ended there or the connection did.
 */
export class LineCutter {
  #rest: Buffer = Buffer.alloc(0);
  /** Time of the line whose first pieces are out already. */
  #openNs: bigint | undefined;

  /** The pieces that this chunk completes. Throws {@link NotALogLine}. */
  push(chunk: Buffer): LogPiece[] {
    const pieces: LogPiece[] = [];
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (let end = data.indexOf(NEWLINE); end >= 0; end = data.indexOf(NEWLINE)) {
      this.#line(data.subarray(0, end), pieces);
      data = data.subarray(end + 1);
    }
    data = this.#long(data, pieces);
    // A copy: what is kept must not keep a whole chunk alive.
    this.#rest = Buffer.from(data);
    return pieces;
  }

  /** The line that had no newline when the log ended. */
  end(): LogPiece[] {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    if (rest.length === 0 && this.#openNs === undefined) return [];
    const pieces: LogPiece[] = [];
    this.#line(rest, pieces);
    const last = pieces.pop();
    return last ? [...pieces, { ...last, newline: false }] : [];
  }

  /** A whole line, or the rest of one that has begun. */
  #line(line: Buffer, pieces: LogPiece[]): void {
    let timeNs = this.#openNs;
    let content = line;
    if (timeNs === undefined) {
      const head = splitTime(line);
      if (!head) throw new NotALogLine(line.subarray(0, 200).toString());
      timeNs = head.timeNs;
      content = line.subarray(head.length);
    }
    this.#openNs = undefined;
    while (content.length > MAX_PIECE_BYTES) {
      pieces.push({ timeNs, bytes: Buffer.from(content.subarray(0, MAX_PIECE_BYTES)), partial: true, newline: false });
      content = content.subarray(MAX_PIECE_BYTES);
    }
    pieces.push({ timeNs, bytes: Buffer.from(content), partial: false, newline: true });
  }

  /** Gives away the beginning of a line that is too long to wait for its end; returns what is left. */
  #long(data: Buffer, pieces: LogPiece[]): Buffer {
    let rest = data;
    if (this.#openNs === undefined) {
      if (rest.length <= MAX_PIECE_BYTES + MAX_TIME_BYTES) return rest;
      const head = splitTime(rest);
      if (!head) throw new NotALogLine(rest.subarray(0, 200).toString());
      this.#openNs = head.timeNs;
      rest = rest.subarray(head.length);
    }
    while (rest.length > MAX_PIECE_BYTES) {
      const bytes = Buffer.from(rest.subarray(0, MAX_PIECE_BYTES));
      pieces.push({ timeNs: this.#openNs, bytes, partial: true, newline: false });
      rest = rest.subarray(MAX_PIECE_BYTES);
    }
    return rest;
  }
}

/** The time in front of a line and how long it is with its blank; undefined when there is none. */
function splitTime(line: Buffer): { timeNs: bigint; length: number } | undefined {
  const head = line.subarray(0, MAX_TIME_BYTES);
  const blank = head.indexOf(BLANK);
  const text = (blank < 0 ? head : head.subarray(0, blank)).toString('latin1');
  const timeNs = parseTimeNs(text);
  // An empty line may come without the blank.
  return timeNs === undefined ? undefined : { timeNs, length: blank < 0 ? line.length : blank + 1 };
}

/** The second that was read last, and its nanoseconds: lines of one second follow each other, and reading a date is costly. */
let lastSecond = '';
let lastSecondNs = 0n;

/** Nanoseconds since 1970 of an RFC 3339 time with up to nine digits of a second. */
export function parseTimeNs(text: string): bigint | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (!match) return undefined;
  const [, seconds = '', fraction = '', zone = ''] = match;
  const second = seconds + zone;
  if (second !== lastSecond) {
    const ms = Date.parse(second);
    if (Number.isNaN(ms)) return undefined;
    lastSecond = second;
    lastSecondNs = BigInt(ms) * 1_000_000n;
  }
  return lastSecondNs + BigInt(fraction.padEnd(9, '0'));
}
