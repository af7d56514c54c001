import type { KubeObject } from './object.js';
import { textOf } from './object-text.js';
import { type StoreEvent, eventAt } from './store-event.js';
import { type Table, keyOf } from './table.js';

/** One line of the journal: an object after a write, or the key of one that was removed. */
export interface JournalLine {
  rv: number;
  /** Resource; absent in the line that ends a snapshot and says of which version it is. */
  r?: string;
  /** Object after the write. */
  o?: KubeObject;
  /** Key of a removed object. */
  d?: string;
}

/** The line for a write. */
export function lineOf({ type, resource, object, resourceVersion }: StoreEvent): string {
  if (type !== 'DELETED') return `{"rv":${resourceVersion},"r":${JSON.stringify(resource)},"o":${textOf(object)}}`;
  return line({ rv: resourceVersion, r: resource, d: keyOf(object.metadata) });
}

function line(fields: JournalLine): string {
  return JSON.stringify(fields);
}

/** The lines that a whole store comes back from, made into text only as they are taken. */
export function* snapshotLines(
  revision: number,
  state: readonly (readonly [string, readonly KubeObject[]])[],
): Iterable<string> {
  for (const [name, objects] of state) {
    for (const object of objects) yield line({ rv: Number(object.metadata.resourceVersion), r: name, o: object });
  }
  // Last, because whoever reads it forgets the objects' events: what comes behind it is the history.
  yield line({ rv: revision });
}

/** The event that a journal line stands for, seen from the state before it; undefined when it changes nothing. */
export function eventOf(
  { rv, o: object, d = '' }: JournalLine,
  resource: string,
  table: Table,
): StoreEvent | undefined {
  const previous = table.get(object === undefined ? d : keyOf(object.metadata));
  if (object !== undefined) {
    return eventAt({ type: previous === undefined ? 'ADDED' : 'MODIFIED', resource, object, previous }, rv);
  }
  return previous && eventAt({ type: 'DELETED', resource, object: previous, previous }, rv);
}
