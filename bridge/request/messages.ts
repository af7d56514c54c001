/** A body of JSON values in a row -> a stream of requests, each as soon as it is complete. */

import { asStatus } from '../json/as-status.js';
import { decodeText, parseFirst } from '../json/parse.js';
import type { Read } from '../json/reader.js';
import { ValueSplitter } from '../json/split.js';
import type { Value } from '../schema.js';
import { Code, StatusError, tooLarge } from '../status.js';

/** Yields each value of a body as a message. Throws INVALID_ARGUMENT at the first that is none. */
export async function* parseMessages(
  body: AsyncIterable<Buffer>,
  read: Read,
  maxBytes: number,
): AsyncGenerator<Value, void> {
  const splitter = new ValueSplitter();
  for await (const chunk of body) {
    for (const value of splitter.push(chunk)) yield* parseAll(value, read);
    if (splitter.pendingBytes > maxBytes) throw tooLarge(splitter.pendingBytes, maxBytes);
  }
  yield* parseAll(splitter.rest(), read);
}

function* parseAll(bytes: Buffer, read: Read): Generator<Value, void> {
  const text = decodeText(bytes);
  for (let at = 0; ; ) {
    const from = at;
    const parsed = asStatus(() => parseFirst(text, from, read));
    if (!parsed) return;
    yield parsed.value;
    at = parsed.end;
  }
}

/** The messages up to one that cannot be read: as if the body ended there. So does the gateway where the answer is a stream. */
export async function* untilBadOne(messages: AsyncIterable<Value>): AsyncGenerator<Value, void> {
  try {
    yield* messages;
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== Code.INVALID_ARGUMENT) throw error;
  }
}
