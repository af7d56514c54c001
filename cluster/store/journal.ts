import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';

/** A line longer than this cannot be one of ours: an object is at most a few MiB. */
const maxLineBytes = 64 * 1024 * 1024;

/**
 * An append-only file of JSON lines that survives `kill -9`: what `append` has resolved for is read back by the next
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

  /** Appends the lines; when it throws (a full disk, say) none of them is in the file. One call at a time. */
  async append(lines: readonly string[]): Promise<void> {
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    try {
      await writeFully(this.#file, bytes, this.#length);
    } catch (error) {
      // Truncating needs no space; should it fail too, the next append overwrites the same place.
      await this.#file.truncate(this.#length).catch(() => undefined);
      throw error;
    }
    this.#length += bytes.length;
    this.#sinceRewrite?.push(bytes);
  }

  /**
   * Writes `lines` to a new file beside the journal. Appending goes on meanwhile; the function that it resolves to
   * takes the new file into use and must not run at the same time as `append`.
   */
  async rewrite(lines: Iterable<string>): Promise<() => Promise<void>> {
    const path = `${this.#path}.new`;
    const tail: Buffer[] = [];
    this.#sinceRewrite = tail;
    let file: FileHandle | undefined;
    try {
      file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC, 0o600);
      let length = 0;
      for (const chunk of chunked(lines)) {
        await writeFully(file, chunk, length);
        length += chunk.length;
      }
      return this.#useNewFile(path, file, length, tail);
    } catch (error) {
      this.#sinceRewrite = undefined;
      await file?.close();
      await rm(path, { force: true });
      throw error;
    }
  }

  #useNewFile(path: string, file: FileHandle, snapshotLength: number, tail: readonly Buffer[]) {
    return async () => {
      this.#sinceRewrite = undefined;
      try {
        const rest = Buffer.concat(tail);
        await writeFully(file, rest, snapshotLength);
        // Without this a power cut could leave the new name on an empty file.
        await file.sync();
        await rename(path, this.#path);
        const old = this.#file;
        this.#file = file;
        this.#length = snapshotLength + rest.length;
        await old.close();
      } catch (error) {
        if (this.#file !== file) {
          await file.close();
          await rm(path, { force: true });
        }
        throw error;
      }
    };
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
  let damaged: number | undefined;
  // The lines are split by hand: readline treats other characters as line ends too, and hides where a line began.
  let rest: Buffer[] = [];
  let restBytes = 0;
  for await (const chunk of input as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      rest.push(chunk.subarray(start, end));
      const line = rest.length === 1 ? (rest[0] as Buffer) : Buffer.concat(rest);
      rest = [];
      restBytes = 0;
      start = end + 1;
      number += 1;
      if (damaged !== undefined) throw damage(path, damaged);
      const value = parsed(line);
      if (value === undefined) damaged = number;
      else {
        onLine(value);
        length += line.length + 1;
      }
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
    restBytes += chunk.length - start;
    if (restBytes > maxLineBytes) throw damage(path, number + 1);
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

function* chunked(lines: Iterable<string>): Iterable<Buffer> {
  let pending: string[] = [];
  let size = 0;
  for (const line of lines) {
    pending.push(line);
    size += line.length;
    if (size < 1024 * 1024) continue;
    yield Buffer.from(`${pending.join('\n')}\n`);
    pending = [];
    size = 0;
  }
  if (pending.length > 0) yield Buffer.from(`${pending.join('\n')}\n`);
}

async function writeFully(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let offset = 0; offset < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, offset, bytes.length - offset, position + offset);
    offset += bytesWritten;
  }
}
