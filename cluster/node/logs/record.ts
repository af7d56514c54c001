/**
 * One record of a log file, as the container runtimes of Kubernetes write it: time, stream, tag, content, newline.
 * Every field before the content has a fixed width, so a record can be read without looking for separators:
 *
 *     2026-01-02T03:04:05.678000001Z stdout F hello
 *
 * Tag F ends a line of the program; P is a part of one that goes on in the stream's next record.
 */
export type StreamName = 'stdout' | 'stderr';

/** Length of the time at the start of a record. */
export const timeLength = 30;

/** Length of all that precedes the content: time, stream and tag with their spaces. */
export const headerLength = timeLength + 10;

/** Longest content of one record in bytes; longer lines are split into parts. */
export const maxContentLength = 16 * 1024;

const tagOffset = timeLength + 8;
const newline = 0x0a;
const fullTag = 'F'.charCodeAt(0);

/** Whether the record that starts at `offset` ends a line of the program. */
export function endsLine(buffer: Buffer, offset: number): boolean {
  return buffer[offset + tagOffset] === fullTag;
}

/** The length of those records at the beginning of `data` that are whole. */
export function wholeLength(data: Buffer): number {
  return data.lastIndexOf(newline) + 1;
}

/** Strictly increasing times in the format of a record: whole nanoseconds, UTC. */
export class RecordClock {
  readonly #now: () => number;
  #millisecond = 0;
  #nanosecond = 0;
  #prefix = '';

  /** `now` gives milliseconds since 1970; a clock that goes backwards does not show in the times. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  next(): string {
    const now = Math.floor(this.#now());
    if (now > this.#millisecond) {
      this.#millisecond = now;
      this.#nanosecond = 0;
      this.#prefix = '';
    } else if (this.#nanosecond === 999_999) {
      this.#millisecond += 1;
      this.#nanosecond = 0;
      this.#prefix = '';
    } else {
      this.#nanosecond += 1;
    }
    if (this.#prefix === '') this.#prefix = new Date(this.#millisecond).toISOString().slice(0, -1);
    return `${this.#prefix}${String(this.#nanosecond).padStart(6, '0')}Z`;
  }
}

/** Cuts what one stream of a program prints into records. */
export class RecordEncoder {
  readonly #stream: StreamName;
  readonly #clock: RecordClock;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: StreamName, clock: RecordClock) {
    this.#stream = stream;
    this.#clock = clock;
  }

  /** The records that are complete with this chunk; what follows the last newline is kept for the next one. */
  encode(chunk: Buffer): Buffer[] {
    const records: Buffer[] = [];
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (;;) {
      const end = data.indexOf(newline, start);
      const limit = end === -1 ? data.length : end;
      while (limit - start > maxContentLength) {
        this.#push(records, 'P', data.subarray(start, start + maxContentLength));
        start += maxContentLength;
      }
      if (end === -1) break;
      this.#push(records, 'F', data.subarray(start, end));
      start = end + 1;
    }
    this.#rest = Buffer.from(data.subarray(start));
    return records;
  }

  /** What the program printed after its last newline: a part whose line never ends. */
  finish(): Buffer[] {
    const records: Buffer[] = [];
    if (this.#rest.length > 0) this.#push(records, 'P', this.#rest);
    this.#rest = Buffer.alloc(0);
    return records;
  }

  #push(records: Buffer[], tag: 'F' | 'P', content: Buffer): void {
    records.push(Buffer.from(`${this.#clock.next()} ${this.#stream} ${tag} `, 'latin1'), content, lineFeed);
  }
}

const lineFeed = Buffer.from('\n');
