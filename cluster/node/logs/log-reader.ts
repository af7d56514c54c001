import { type FileHandle, open } from 'node:fs/promises';
import type { LogFile } from './log-file.js';
import { endsLine, headerLength, timeLength, wholeLength } from './record.js';

/** What of a log is wanted; the parameters of the API's `log` subresource. */
export interface LogOptions {
  /** Go on until the container has ended. */
  follow?: boolean | undefined;
  /** Put the time in front of every line. */
  timestamps?: boolean | undefined;
  /** Only what was printed at this time or later (RFC 3339, taken in whole seconds). */
  sinceTime?: string | undefined;
  /** Only what was printed in the last seconds. */
  sinceSeconds?: number | undefined;
  /** Only the last lines of the current file. */
  tailLines?: number | undefined;
  /** End after that many bytes. */
  limitBytes?: number | undefined;
  /** The log of the container's previous run. */
  previous?: boolean | undefined;
}

/** More than the longest record has. */
const chunkSize = 64 * 1024;
const newline = 0x0a;

/**
 * The content of a log, from the current file on, as the API gives it out: records joined to lines again. Reads only
 * as fast as it is consumed; ends with the file unless it follows, else when the file has ended or the signal fires. Throws when
 * it was consumed so slowly that files were removed before it came to them.
 */
export async function* readLog(
  file: LogFile,
  options: LogOptions,
  signal: AbortSignal,
  now: () => number = Date.now,
): AsyncGenerator<Uint8Array> {
  const decoder = new RecordDecoder(options.timestamps ?? false, since(options, now));
  const source = new FileCursor(file);
  let left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  try {
    await source.open();
    if (options.tailLines !== undefined) await source.seekTail(options.tailLines);
    while (!signal.aborted && left > 0) {
      // Asked before reading: what is written between the read and the wait must not be missed.
      const { changes, ended } = file;
      const data = await source.read();
      if (data !== undefined) {
        const piece = decoder.decode(data).subarray(0, left);
        left -= piece.length;
        if (piece.length > 0) yield piece;
        continue;
      }
      if (!options.follow || ended) return;
      await file.changed(changes, signal);
    }
  } finally {
    await source.close();
  }
}

function since({ sinceTime, sinceSeconds }: LogOptions, now: () => number): string {
  if (sinceTime !== undefined) {
    return `${new Date(Math.floor(Date.parse(sinceTime) / 1000) * 1000).toISOString().slice(0, 19)}.000000000Z`;
  }
  if (sinceSeconds === undefined) return '';
  return `${new Date(now() - sinceSeconds * 1000).toISOString().slice(0, -1)}000000Z`;
}

/** Reads whole records of a log, from one file to the next. */
class FileCursor {
  readonly #file: LogFile;
  #generation = 0;
  #handle: FileHandle | undefined;
  #position = 0;

  constructor(file: LogFile) {
    this.#file = file;
  }

  async open(generation = this.#file.generation): Promise<void> {
    await this.close();
    // Whoever went on with the oldest file that is left would be given a log in which nothing seems to be missing.
    if (this.#file.oldestFrom(generation) > generation) throw new Error('the log file was removed before it was read');
    this.#generation = generation;
    this.#handle = await open(this.#file.path(this.#generation), 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    this.#position = 0;
  }

  /** Places the cursor in front of the last `lines` records. */
  async seekTail(lines: number): Promise<void> {
    if (this.#handle === undefined) return;
    const { size } = await this.#handle.stat();
    let left = lines + 1;
    let end = size;
    while (end > 0) {
      const start = Math.max(0, end - chunkSize);
      const chunk = await this.#readAt(start, end - start);
      for (let index = chunk.length - 1; index >= 0; index -= 1) {
        if (chunk[index] !== newline) continue;
        left -= 1;
        if (left > 0) continue;
        this.#position = start + index + 1;
        return;
      }
      end = start;
    }
    this.#position = 0;
  }

  /** The next records, or undefined when there are none now. */
  async read(): Promise<Buffer | undefined> {
    for (;;) {
      if (this.#handle === undefined) {
        // Nothing was printed yet when it was opened, or it was removed meanwhile.
        await this.open(this.#generation);
        if (this.#handle === undefined) return undefined;
      }
      const outdated = this.#generation < this.#file.generation;
      const chunk = await this.#readAt(this.#position, chunkSize);
      // A part of a record is left where it is: it is taken back when the disk refuses the rest.
      const length = wholeLength(chunk);
      if (length > 0) {
        this.#position += length;
        return chunk.subarray(0, length);
      }
      if (!outdated) return undefined;
      await this.open(this.#generation + 1);
    }
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #readAt(position: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(length);
    const result = await this.#handle?.read(buffer, 0, length, position);
    return buffer.subarray(0, result?.bytesRead ?? 0);
  }
}

/** Joins records to the lines they were, leaving out what is too old. */
class RecordDecoder {
  readonly #timestamps: boolean;
  readonly #since: string;
  #passedSince: boolean;
  #atLineStart = true;

  constructor(timestamps: boolean, sinceTime: string) {
    this.#timestamps = timestamps;
    this.#since = sinceTime;
    this.#passedSince = sinceTime === '';
  }

  /** What whole records say, possibly nothing. */
  decode(data: Buffer): Buffer {
    const parts: Buffer[] = [];
    let start = 0;
    while (start < data.length) {
      const end = data.indexOf(newline, start);
      const full = endsLine(data, start);
      if (this.#wants(data, start)) {
        if (this.#timestamps && this.#atLineStart) parts.push(data.subarray(start, start + timeLength + 1));
        parts.push(data.subarray(start + headerLength, full ? end + 1 : end));
        this.#atLineStart = full;
      }
      start = end + 1;
    }
    return Buffer.concat(parts);
  }

  #wants(data: Buffer, start: number): boolean {
    // Times only grow within a log, so the first record that is new enough decides for all behind it.
    this.#passedSince ||= data.toString('latin1', start, start + timeLength) >= this.#since;
    return this.#passedSince;
  }
}
