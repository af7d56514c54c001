import { constants, ftruncateSync, renameSync, writeSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';

/** A line longer than this cannot be one of ours: an object is at most a few MiB. */
const maxLineBytes = 16 * 1024 * 1024;
/** So much of a new file is written at a time. */
const chunkBytes = 1024 * 1024;

/**
 * An append-only file of JSON lines that survives `kill -9`: what `append` has returned for is read back by the next
 * `open`. A torn last line, which nobody was told about, is dropped. `rewrite` replaces the file by a shorter one.
 */
export class Journal {
  readonly #path: string;
  #file: FileHandle;
  #length: number;
  /** Lines appended while a rewrite is under way: the new file needs them too. */
  #sinceRewrite: Buffer[] | undefined;

  private constructor(path: string, file: FileHandle, length: number) {
    this.#path = path;
    this.#file = file;
    this.#length = length;
  }

  /** Opens or creates the file and hands every complete line to `onLine`; throws if a line before the last is damaged. */
  static async open(path: string, onLine: (value: unknown) => void): Promise<Journal> {
    await rm(`${path}.new`, { force: true });
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      const { size } = await file.stat();
      const length = await replay(path, file, size, onLine);
      if (length < size) await file.truncate(length);
      return new Journal(path, file, length);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Bytes in the file. */
  get length(): number {
    return this.#length;
  }

  /** Appends a line; when it throws (a full disk, say) nothing of it is in the file. */
  append(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    try {
      writeFully(this.#file, bytes, this.#length);
    } catch (error) {
      try {
        ftruncateSync(this.#file.fd, this.#length);
      } catch {
        // Truncating needs no space; should it fail too, the next append overwrites the same place.
      }
      throw error;
    }
    this.#length += bytes.length;
    this.#sinceRewrite?.push(bytes);
  }

  /** Puts `lines` in the place of what is in the file, by way of a new one beside it. Appending goes on meanwhile. */
  async rewrite(lines: Iterable<string>): Promise<void> {
    const path = `${this.#path}.new`;
    const tail: Buffer[] = [];
    this.#sinceRewrite = tail;
    let file: FileHandle | undefined;
    try {
      file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC, 0o600);
      for (const chunk of chunked(lines)) await file.appendFile(chunk);
      // Without this a power cut could leave the new name on an empty file.
      await file.sync();
      const { size } = await file.stat();
      const rest = Buffer.concat(tail);
      writeFully(file, rest, size);
      renameSync(path, this.#path);
      this.#length = size + rest.length;
      const old = this.#file;
      this.#file = file;
      file = old;
    } finally {
      this.#sinceRewrite = undefined;
      await file?.close();
      await rm(path, { force: true });
    }
  }

  /** Closes the file; nothing may be appended afterwards. */
  async close(): Promise<void> {
    await this.#file.close();
  }
}

async function replay(path: string, file: FileHandle, size: number, onLine: (value: unknown) => void): Promise<number> {
  if (size === 0) return 0;
  const input = file.createReadStream({ start: 0, end: size - 1, autoClose: false });
  let length = 0;
  let number = 0;
  let damaged = false;
  // The lines are split by hand: readline treats other characters as line ends too, and hides where a line began.
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of input as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(0x0a); end !== -1; end = rest.indexOf(0x0a)) {
      if (damaged) throw damage(path, number);
      const value = parsed(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
      number += 1;
      damaged = value === undefined;
      if (damaged) continue;
      onLine(value);
      length += end + 1;
    }
    if (rest.length > maxLineBytes) throw damage(path, number + 1);
  }
  return length;
}

function damage(path: string, line: number): Error {
  return new Error(`${path} is damaged in line ${line}: restore the file from a copy, or remove it to start empty`);
}

function parsed(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function* chunked(lines: Iterable<string>): Iterable<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < chunkBytes) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

function writeFully({ fd }: FileHandle, bytes: Buffer, position: number): void {
  for (let offset = 0; offset < bytes.length; ) {
    offset += writeSync(fd, bytes, offset, bytes.length - offset, position + offset);
  }
}
