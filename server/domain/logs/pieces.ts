/** The bytes of the log API -> pieces of lines with their times. */

import type { LogPiece } from '../ports.js';
import { parseTimeNs } from './time.js';

/** A longer line comes in pieces of this size, so that no line, however long, is held in memory. */
export const MAX_PIECE_BYTES = 64 * 1024;

/** `2026-11-23T05:23:00.123456789Z `: the longest time the log API puts in front of a line, with its blank. */
const MAX_TIME_BYTES = 64;
const NEWLINE = 10;
const BLANK = 32;
const POINT = 46;
const ZERO = 48;
const NINE = 57;
const ZULU = 90;
/** `2026-11-23T05:23:00` */
const SECOND_LENGTH = 19;

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
  readonly #clock = new LineClock();

  /** The pieces that this chunk completes; they share one copy of it. Throws {@link NotALogLine}. */
  push(chunk: Buffer): LogPiece[] {
    const pieces: LogPiece[] = [];
    const data = Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (let end = data.indexOf(NEWLINE); end >= 0; end = data.indexOf(NEWLINE, start)) {
      this.#line(data, start, end, pieces);
      start = end + 1;
    }
    // A copy: what is kept for longer must not keep a whole chunk alive.
    this.#rest = Buffer.from(this.#long(data.subarray(start), pieces));
    return pieces;
  }

  /** The line that had no newline when the log ended. */
  end(): LogPiece[] {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    if (rest.length === 0 && this.#openNs === undefined) return [];
    const pieces: LogPiece[] = [];
    this.#line(rest, 0, rest.length, pieces);
    const last = pieces.pop();
    return last ? [...pieces, { ...last, newline: false }] : [];
  }

  /** A whole line, or the rest of one that has begun: the bytes from `start` to `end`. */
  #line(data: Buffer, start: number, end: number, pieces: LogPiece[]): void {
    let timeNs = this.#openNs;
    let at = start;
    if (timeNs === undefined) {
      const head = this.#clock.read(data, start, end);
      if (!head) throw new NotALogLine(data.subarray(start, Math.min(end, start + 200)).toString());
      timeNs = head.timeNs;
      at = head.end;
    }
    this.#openNs = undefined;
    for (; end - at > MAX_PIECE_BYTES; at += MAX_PIECE_BYTES) {
      pieces.push({ timeNs, bytes: data.subarray(at, at + MAX_PIECE_BYTES), partial: true, newline: false });
    }
    pieces.push({ timeNs, bytes: data.subarray(at, end), partial: false, newline: true });
  }

  /** Gives away the beginning of a line that is too long to wait for its end; returns what is left. */
  #long(data: Buffer, pieces: LogPiece[]): Buffer {
    let rest = data;
    if (this.#openNs === undefined) {
      if (rest.length <= MAX_PIECE_BYTES + MAX_TIME_BYTES) return rest;
      const head = this.#clock.read(rest, 0, rest.length);
      if (!head) throw new NotALogLine(rest.subarray(0, 200).toString());
      this.#openNs = head.timeNs;
      rest = rest.subarray(head.end);
    }
    while (rest.length > MAX_PIECE_BYTES) {
      const bytes = rest.subarray(0, MAX_PIECE_BYTES);
      pieces.push({ timeNs: this.#openNs, bytes, partial: true, newline: false });
      rest = rest.subarray(MAX_PIECE_BYTES);
    }
    return rest;
  }
}

/** Reads the times in front of lines. Most lines are of the same second as the one before: that is not parsed again. */
class LineClock {
  #second: Uint8Array = new Uint8Array();
  #secondNs = 0n;

  /** The time of the line from `start` to `end`, and where it ends with its blank; undefined when there is none. */
  read(data: Buffer, start: number, end: number): { timeNs: bigint; end: number } | undefined {
    return (
      this.#sameSecond(data, start, end) ??
      this.#parse(data.subarray(start, Math.min(end, start + MAX_TIME_BYTES)), start)
    );
  }

  #sameSecond(data: Buffer, start: number, end: number): { timeNs: bigint; end: number } | undefined {
    let at = start + SECOND_LENGTH;
    if (at >= end || data[at] !== POINT) return undefined;
    // A string of each line's second would cost as much as all the rest.
    for (let digit = 0; digit < SECOND_LENGTH; digit += 1) {
      if (data[start + digit] !== this.#second[digit]) return undefined;
    }
    let nanos = 0;
    let unit = 1_000_000_000;
    for (at += 1; unit > 1 && isDigit(data[at]); at += 1) {
      unit /= 10;
      nanos += ((data[at] ?? 0) - ZERO) * unit;
    }
    // Other zones and what is no time at all are left to the parser.
    if (data[at] !== ZULU || (at + 1 < end && data[at + 1] !== BLANK)) return undefined;
    return { timeNs: this.#secondNs + BigInt(nanos), end: Math.min(end, at + 2) };
  }

  #parse(head: Buffer, start: number): { timeNs: bigint; end: number } | undefined {
    const blank = head.indexOf(BLANK);
    const text = (blank < 0 ? head : head.subarray(0, blank)).toString('latin1');
    const timeNs = parseTimeNs(text);
    if (timeNs === undefined) return undefined;
    // A copy: a view would keep the whole chunk alive.
    this.#second = Uint8Array.from(head.subarray(0, SECOND_LENGTH));
    this.#secondNs = parseTimeNs(`${text.slice(0, SECOND_LENGTH)}Z`) ?? 0n;
    // An empty line may come without the blank.
    return { timeNs, end: start + (blank < 0 ? head.length : blank + 1) };
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}
