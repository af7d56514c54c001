import { type KubeObject, frozenCopy } from './object.js';
import type { StoreEvent } from './store-event.js';
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
export function lineOf(event: StoreEvent, key: string): string {
  const line: JournalLine =
    event.type === 'DELETED'
      ? { rv: event.resourceVersion, r: event.resource, d: key }
      : { rv: event.resourceVersion, r: event.resource, o: event.object };
  return JSON.stringify(line);
}

/** The lines that a whole store comes back from, made into text only as they are taken. */
export function* snapshotLines(
  revision: number,
  state: readonly (readonly [string, readonly KubeObject[]])[],
): Iterable<string> {
  for (const [name, objects] of state) {
    for (const object of objects) {
      const line: JournalLine = { rv: Number(object.metadata.resourceVersion), r: name, o: object };
      yield JSON.stringify(line);
    }
  }
  // Last, because whoever reads it forgets the objects' events: what comes behind it is the history.
  const end: JournalLine = { rv: revision };
  yield JSON.stringify(end);
}

/** The event that a journal line stands for, seen from the state before it. */
export function eventOf(line: JournalLine, resource: string, table: Table): StoreEvent | undefined {
  const resourceVersion = line.rv;
  if (line.o !== undefined) {
    const object = frozenCopy(line.o);
    const previous = table.get(keyOf(object.metadata));
    return previous === undefined
      ? { type: 'ADDED', resource, object, resourceVersion }
      : { type: 'MODIFIED', resource, object, previous, resourceVersion };
  }
  const previous = table.get(line.d ?? '');
  if (previous === undefined) return undefined;
  const metadata = { ...previous.metadata, resourceVersion: String(resourceVersion) };
  return { type: 'DELETED', resource, object: frozenCopy({ ...previous, metadata }), previous, resourceVersion };
}

/** Brings a table up to date with an event. */
export function apply(table: Table, { type, object }: StoreEvent): void {
  const key = keyOf(object.metadata);
  if (type === 'DELETED') table.delete(key);
  else table.set(key, object);
}
