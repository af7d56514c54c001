/** A body of JSON values in a row -> a stream of requests. */

import { decodeText, parseFirst } from '../json/parse.js';
import type { JsonReader } from '../json/reader.js';
import type { MessageType, Value } from '../schema.js';
import { asStatus } from './decode.js';

/** Yields each value of a body as a message. Throws INVALID_ARGUMENT at the first that is none. */
export async function* parseMessages(
  body: Promise<Buffer>,
  type: MessageType,
  json: JsonReader,
): AsyncGenerator<Value, void> {
  const text = decodeText(await body);
  const read = json.message(type);
  for (let at = 0; ; ) {
    const from = at;
    const parsed = asStatus(() => parseFirst(text, from, read));
    if (!parsed) return;
    yield parsed.value;
    at = parsed.end;
  }
}
