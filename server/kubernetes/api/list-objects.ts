/** The objects of a list, out of the bytes that come: a list is never there as a whole, however long it is. */

import { type Taker, WholeBody } from './exchange.js';
import { isProtobuf } from './protobuf/objects.js';
import { ListReader } from './protobuf/list.js';

/** What a list tells of itself. */
export interface ListMetadata {
  readonly resourceVersion: string;
  /** What the next page is asked for with; empty or not there on the last one. */
  readonly continue?: string;
}

/** Takes the bytes of a list, and tells of its objects. Throws what is broken. */
export interface ListTaker extends Taker {
  /** What the list tells of itself, when all bytes were taken. Throws where it was cut off. */
  end(): ListMetadata;
}

/** Tells of each object of an answer of this content type, in the order in which they come. In JSON it is read as a whole first. */
export function takeList<T>(contentType: string | undefined, onObject: (object: T) => void): ListTaker {
  if (isProtobuf(contentType)) {
    const list = new ListReader((object) => onObject(object as T));
    return { take: (piece) => list.take(piece), end: () => list.end() as ListMetadata };
  }
  const body = new WholeBody();
  return {
    take: (piece) => body.take(piece),
    end: () => {
      const { metadata, items } = JSON.parse(body.bytes().toString()) as { metadata: ListMetadata; items: T[] };
      for (const item of items) onObject(item);
      return metadata;
    },
  };
}
