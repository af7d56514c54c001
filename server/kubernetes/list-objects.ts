/** The objects of a list, out of the bytes that come: a list is never there as a whole, however long it is. */

import { isProtobuf } from './protobuf/objects.js';
import { readList } from './protobuf/list.js';

/** What a list tells of itself. */
export interface ListMetadata {
  readonly resourceVersion: string;
  /** What the next page is asked for with; empty or not there on the last one. */
  readonly continue?: string;
}

/** Some objects of a list, or its metadata; each part in the order in which they come. */
export type ListPart<T> = { readonly objects: Iterable<T> } | { readonly metadata: ListMetadata };

/**
 * The parts of an answer of this content type. In JSON it is read as a whole first. Throws what is broken, or was cut off.
 */
export async function* listParts<T>(
  body: AsyncIterable<Buffer>,
  contentType: string | undefined,
): AsyncGenerator<ListPart<T>, void, undefined> {
  if (isProtobuf(contentType)) {
    yield* readList(body) as AsyncGenerator<ListPart<T>, void, undefined>;
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  const { metadata, items } = JSON.parse(Buffer.concat(chunks).toString()) as { metadata: ListMetadata; items: T[] };
  for (const item of items) yield { objects: [item] };
  yield { metadata };
}
