/** The events of a watch, out of the bytes that come. */

import { isProtobuf, readEvent } from './protobuf/objects.js';

/** No object is as large: what says so is broken. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;
const LENGTH_BYTES = 4;

/** One event; of an error the object is a metav1.Status. */
export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

/** The events of an answer of this content type, until it ends; a last one that is not whole is dropped. Throws what is broken. */
export async function* watchEvents<T>(
  body: AsyncIterable<Buffer>,
  contentType: string | undefined,
): AsyncGenerator<WatchEvent<T>, void, undefined> {
  if (isProtobuf(contentType)) for await (const frame of frames(body)) yield readEvent(frame) as WatchEvent<T>;
  else for await (const line of lines(body)) yield JSON.parse(line) as WatchEvent<T>;
}

/** Each after its length, in four bytes. */
async function* frames(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of body) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + rest.readUInt32BE();
      if (end > MAX_FRAME_BYTES) throw new Error(`an event of a watch claims to be of ${end} bytes`);
      if (rest.length < end) break;
      yield rest.subarray(LENGTH_BYTES, end);
      rest = rest.subarray(end);
    }
  }
}

/** Lines of a byte stream, without their newline. */
async function* lines(body: AsyncIterable<Buffer>): AsyncGenerator<string, void, undefined> {
  let parts: Buffer[] = [];
  for await (const chunk of body) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const last = chunk.subarray(start, end);
      const line = parts.length === 0 ? last : Buffer.concat([...parts, last]);
      parts = [];
      start = end + 1;
      if (line.length > 0) yield line.toString('utf8');
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
  }
}
