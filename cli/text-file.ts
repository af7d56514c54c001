import { createReadStream } from 'node:fs';
import { addAbortSignal } from 'node:stream';
import { isCode, reasonOf } from './config.js';
import { usageError } from './errors.js';
import type { Io } from './io.js';

/** The file that stdin is; `-` on a command line is short for it. */
export const STDIN = '/dev/stdin';

const MAX_FILE_BYTES = 1024 * 1024;

/** How a file is called in messages. */
export function fileName(file: string): string {
  return file === STDIN ? 'stdin' : file;
}

/** Throws a CliError where stdin is named more than once: there is only one. */
export function checkStdinOnce(files: readonly string[]): void {
  if (files.filter((file) => file === STDIN).length > 1) throw usageError('only one file can be - (stdin)');
}

/** The text of a file, or of stdin; at most 1 MiB. Throws a CliError (exit code 2) where there is no such text. */
export async function readTextFile(file: string, io: Io, signal: AbortSignal): Promise<string> {
  const name = fileName(file);
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of addAbortSignal(signal, file === STDIN ? io.input : createReadStream(file))) {
      const bytes = Buffer.from(piece as Buffer);
      size += bytes.length;
      if (size > MAX_FILE_BYTES) break;
      pieces.push(bytes);
    }
  } catch (error) {
    if (signal.aborted) throw error;
    if (isCode(error, 'ENOENT')) throw usageError(`${name}: no such file; name one that is there, or - for stdin`);
    if (isCode(error, 'EISDIR')) throw usageError(`${name}: is a directory; name the file in it`);
    throw usageError(`${name}: cannot be read: ${reasonOf(error)}`);
  }
  if (size > MAX_FILE_BYTES) throw usageError(`${name}: is larger than ${MAX_FILE_BYTES} bytes (1 MiB)`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces));
  } catch {
    throw usageError(`${name}: is not UTF-8 text`);
  }
}
