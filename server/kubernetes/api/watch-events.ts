/** The events of a watch, out of the bytes that come. */

import type { Taker } from './exchange.js';
import { isProtobuf, readEvent } from './protobuf/objects.js';

/** No object is as large: what says so is broken. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;
const LENGTH_BYTES = 4;
const NEWLINE = 0x0a;

/** One event; of an error the object is a metav1.Status. */
export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

/**
 * Tells of each event of an answer of this content type, as soon as it is there; of a last one that is not whole nothing is told. Throws
 * what is broken.
 */
export function takeEvents<T>(contentType: string | undefined, onEvent: (event: WatchEvent<T>) => void): Taker {
  return isProtobuf(contentType)
    ? frames((frame) => onEvent(readEvent(frame) as WatchEvent<T>))
    : lines((line) => onEvent(JSON.parse(line) as WatchEvent<T>));
}

/** Each after its length, in four bytes. */
function frames(onFrame: (frame: Buffer) => void): Taker {
  let rest: Buffer = Buffer.alloc(0);
  return {
    take: (piece) => {
      rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      while (rest.length >= LENGTH_BYTES) {
        const end = LENGTH_BYTES + rest.readUInt32BE();
        if (end > MAX_FRAME_BYTES) throw new Error(`an event of a watch claims to be of ${end} bytes`);
        if (rest.length < end) break;
        const frame = rest.subarray(LENGTH_BYTES, end);
        rest = rest.subarray(end);
        onFrame(frame);
      }
    },
  };
}

/** Lines, without their newline. */
function lines(onLine: (line: string) => void): Taker {
  let parts: Buffer[] = [];
  return {
    take: (piece) => {
      let start = 0;
      for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
        const last = piece.subarray(start, end);
        const line = parts.length === 0 ? last : Buffer.concat([...parts, last]);
        parts = [];
        start = end + 1;
        if (line.length > 0) onLine(line.toString());
      }
      if (start < piece.length) parts.push(piece.subarray(start));
    },
  };
}
