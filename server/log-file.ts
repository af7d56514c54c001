/** What the server has to say, in a file that does not grow without bound. */

import { appendFileSync, renameSync, statSync } from 'node:fs';

/** A file that is larger is put aside, in place of the one that was put aside before. */
const MAX_BYTES = 1024 * 1024;

/** Appends lines to a file, readable by its owner only; keeps it and one older, FILE.1. What cannot be written is left out. */
export function openLogFile(path: string): (line: string) => void {
  let bytes = sizeOf(path);
  return (line) => {
    try {
      if (bytes > MAX_BYTES) {
        putAsideWhenLarge(path);
        bytes = 0;
      }
      appendFileSync(path, line, { mode: 0o600 });
      bytes += Buffer.byteLength(line);
    } catch {
      // A full disk is no reason to stop serving.
    }
  };
}

/** Makes FILE.1 of a file that is too large to go on with, in place of the one that was put aside before. */
export function putAsideWhenLarge(path: string): void {
  if (sizeOf(path) > MAX_BYTES) renameSync(path, `${path}.1`);
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
