/** A body of JSON values in a row -> a stream of requests. */

import { decodeText, parseFirst } from '../json/parse.js';
import type { JsonReader } from '../json/reader.js';
import type { MessageType, Value } from '../schema.js';
import { StatusError } from '../status.js';
import { asStatus } from './decode.js';

/**
 * Yields each value of a body as a message. At the first that is none, it throws INVALID_ARGUMENT, or with `lenient` (as
 * the gateway does where the answer is a stream, too) ends as if the body had ended.
 */
export async function* parseMessages(
  body: Promise<Buffer>,
  type: MessageType,
  json: JsonReader,
  lenient: boolean,
): AsyncGenerator<Value, void> {
  const text = decodeText(await body);
  const read = json.message(type);
  for (let at = 0; ; ) {
    const from = at;
    let parsed: ReturnType<typeof parseFirst>;
    try {
      parsed = asStatus(() => parseFirst(text, from, read));
    } catch (error) {
      if (lenient && error instanceof StatusError) return;
      throw error;
    }
    if (!parsed) return;
    yield parsed.value;
    at = parsed.end;
  }
}
