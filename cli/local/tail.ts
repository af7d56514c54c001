import { type FileHandle, open } from 'node:fs/promises';
import { isCode } from '../config.js';

const PIECE_BYTES = 65_536;

/** Reads what is appended to a file, also when the file is renamed and another one takes its place. */
export interface Tail {
  /** What has been written since the last time, piece by piece; at first all of it. Nothing while there is no such file. */
  more(): AsyncIterable<Buffer>;
  close(): Promise<void>;
}

/** Makes a tail at the beginning of a file, which need not be there yet. */
export function createTail(path: string): Tail {
  let file: FileHandle | undefined;

  async function* rest(): AsyncGenerator<Buffer, void, undefined> {
    if (file === undefined) return;
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(PIECE_BYTES), 0, PIECE_BYTES, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  }

  return {
    more: async function* () {
      yield* rest();
      const newer = await openOther(path, file);
      if (newer) {
        // What was written to the old one until it was renamed.
        yield* rest();
        await file?.close();
        file = newer;
        yield* rest();
      }
    },
    close: async () => file?.close(),
  };
}

/** The file that has the name now; undefined when it is the known one, or there is none. */
async function openOther(path: string, known: FileHandle | undefined): Promise<FileHandle | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  const [here, there] = await Promise.all([file.stat(), known?.stat()]);
  if (here.ino !== there?.ino) return file;
  await file.close();
  return undefined;
}
