import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { changed } from './change.js';
import { History } from './history.js';
import { Journal } from './journal.js';
import { type JournalLine, eventOf, lineOf, snapshotLines } from './journal-line.js';
import { isOutOfSpace } from './no-space.js';
import { type KubeObject, type NewObject, mutableCopy, timestamp } from './object.js';
import { resourceNamed, resourceOf, resources } from './resources.js';
import { StatusError, alreadyExists, notFound } from './status-error.js';
import { type StoreEvent, eventAt } from './store-event.js';
import { Table, keyOf } from './table.js';

export type { StoreEvent };

type Listener = (event: StoreEvent) => void;

const historyCapacity = 4096;
const defaultCompactAtBytes = 16 * 1024 * 1024;

/**
 * All objects of the cluster, in memory and in a journal on disk. There is one resource version for everything; every
 * write takes the next. Writes are done when they return, so whoever reads and then writes without a wait in between has
 * nobody in between either. What readers see is with the operating system already, so that it outlives this process
 * however that ends; a power cut may lose the last writes. Objects are frozen: a change is a new object.
 */
export class Store {
  #journal!: Journal;
  readonly #tables: ReadonlyMap<string, Table> = new Map([...resources.keys()].map((name) => [name, new Table()]));
  readonly #history = new History(historyCapacity);
  readonly #compactAtBytes: number;
  readonly #listeners = new Map<string, Set<Listener>>();
  /** Writes that listeners have not been told of; undefined while nobody is being told. */
  #news: StoreEvent[] | undefined;
  #revision = 0;
  #snapshotLength = 0;
  #compacting: Promise<void> | undefined;
  #closed = false;

  private constructor(compactAtBytes: number) {
    this.#compactAtBytes = compactAtBytes;
  }

  /** Opens the store of the directory, or makes an empty one; throws if its file is damaged. */
  static async open(directory: string, { compactAtBytes = defaultCompactAtBytes } = {}): Promise<Store> {
    const store = new Store(compactAtBytes);
    store.#journal = await Journal.open(join(directory, 'store.jsonl'), (line) => store.#replay(line as JournalLine));
    return store;
  }

  /** The resource version of the latest write. */
  get revision(): number {
    return this.#revision;
  }

  /** The object, or undefined. Never to be changed. */
  get(resource: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#table(resource).get(keyOf({ namespace, name }));
  }

  /** The object; throws NotFound when there is none. Never to be changed. */
  existing(resource: string, namespace: string | undefined, name: string): KubeObject {
    const object = this.get(resource, namespace, name);
    if (object === undefined) throw notFound(resourceNamed(resource), name);
    return object;
  }

  /** The version that there is now of an object that the caller has seen. Undefined when it is gone, or another one has its name. */
  current(seen: KubeObject): KubeObject | undefined {
    const { namespace, name, uid } = seen.metadata;
    const object = this.get(resourceOf(seen), namespace, name);
    return object?.metadata.uid === uid ? object : undefined;
  }

  /** All objects of the resource, of one namespace if given, in the order of namespace and name. */
  list(resource: string, namespace?: string): KubeObject[] {
    return [...this.range(resource, namespace)];
  }

  /** As `list`, but lazily and from behind the object of the key `after`; not to be kept over an `await`. */
  range(resource: string, namespace?: string, after?: string): Iterable<KubeObject> {
    return this.#table(resource).range(namespace === undefined ? '' : `${namespace}/`, after);
  }

  /** How many objects the resource has in all namespaces. */
  count(resource: string): number {
    return this.#table(resource).size;
  }

  /** Stores a new object of which the name is known; gives it resource version, creation time and, unless it has one, a uid. Throws AlreadyExists. */
  create(resource: string, object: NewObject): KubeObject {
    const { namespace, name = '', uid = randomUUID() } = object.metadata;
    if (this.get(resource, namespace, name) !== undefined) throw alreadyExists(resourceNamed(resource), name);
    const metadata = { ...object.metadata, uid, creationTimestamp: timestamp() };
    return this.#write({ type: 'ADDED', resource, object: { ...object, metadata } as KubeObject });
  }

  /**
   * As `replace`, by a copy of the current version of an object that the caller has seen, which `change` has changed. Undefined when
   * it is gone, or another one has its name by now.
   */
  update(seen: KubeObject, change: (draft: KubeObject) => void): KubeObject | undefined {
    const previous = this.current(seen);
    if (previous === undefined) return undefined;
    const draft = mutableCopy(previous);
    change(draft);
    return this.replace(previous, draft);
  }

  /**
   * Puts `next` in the place of the current version. Returns the new state; when nothing differs nothing is written. An
   * object that is being deleted and is held by neither finalizers nor a grace period any more is removed instead.
   */
  replace(current: KubeObject, next: KubeObject): KubeObject {
    const change = changed(current, next);
    return change === undefined
      ? current
      : this.#write({ ...change, resource: resourceOf(current), previous: current });
  }

  /** Removes the current version as it is; returns it as it was last. */
  remove(current: KubeObject): KubeObject {
    return this.#write({ type: 'DELETED', object: current, resource: resourceOf(current), previous: current });
  }

  /**
   * Calls the listener for every write to the resources, in the order of resource versions, synchronously and after
   * the write is in the journal. Returns the function that ends it, as the signal does. An exception of a listener is
   * reported and ignored.
   */
  subscribe(names: readonly string[], listener: Listener, signal?: AbortSignal): () => void {
    for (const name of names) {
      resourceNamed(name);
      const listeners = this.#listeners.get(name) ?? new Set();
      listeners.add(listener);
      this.#listeners.set(name, listeners);
    }
    const end = (): void => {
      for (const name of names) this.#listeners.get(name)?.delete(listener);
    };
    signal?.addEventListener('abort', end, { once: true });
    return end;
  }

  /** The writes to the resource after that resource version, oldest first; undefined when they are forgotten. */
  since(resource: string, version: number): StoreEvent[] | undefined {
    return this.#history.since(resource, version);
  }

  /** Closes the file. Later writes are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#compacting;
    await this.#journal.close();
  }

  #table(resource: string): Table {
    const table = this.#tables.get(resource);
    if (table === undefined) throw new Error(`the store has no resource ${JSON.stringify(resource)}`);
    return table;
  }

  #replay(line: JournalLine): void {
    const { r: resource } = line;
    const table = resource === undefined ? undefined : this.#tables.get(resource);
    const event = table && eventOf(line, resource ?? '', table);
    if (event !== undefined) this.#apply(event);
    else if (table === undefined) this.#history.reset(line.rv);
    this.#revision = line.rv;
  }

  #apply(event: StoreEvent): void {
    const key = keyOf(event.object.metadata);
    if (event.type === 'DELETED') this.#table(event.resource).delete(key);
    else this.#table(event.resource).set(key, event.object);
    this.#history.push(event);
    this.#revision = event.resourceVersion;
  }

  #write(write: Omit<StoreEvent, 'resourceVersion'>): KubeObject {
    if (this.#closed) throw new StatusError(503, 'ServiceUnavailable', 'the cluster is stopping');
    const event = eventAt(write, this.#revision + 1);
    try {
      this.#journal.append(lineOf(event));
    } catch (error) {
      throw writeFailure(error);
    }
    this.#apply(event);
    this.#tell(event);
    this.#compactIfLarge();
    return event.object;
  }

  /** A write that a listener makes is told when all of them have heard of the one before. */
  #tell(event: StoreEvent): void {
    if (this.#news !== undefined) {
      this.#news.push(event);
      return;
    }
    this.#news = [event];
    for (const next of this.#news) this.#notify(next);
    this.#news = undefined;
  }

  #notify(event: StoreEvent): void {
    for (const listener of this.#listeners.get(event.resource) ?? []) {
      try {
        listener(event);
      } catch (error) {
        process.stderr.write(`a listener of ${event.resource} failed: ${(error as Error).stack}\n`);
      }
    }
  }

  /** Begins to write the journal anew if it has grown large, and does not wait for it. */
  #compactIfLarge(): void {
    if (this.#compacting !== undefined) return;
    if (this.#journal.length < Math.max(this.#compactAtBytes, 3 * this.#snapshotLength)) return;
    const state = [...this.#tables].map(([name, table]) => [name, [...table.range('')]] as const);
    this.#compacting = this.#journal
      .rewrite(snapshotLines(this.#revision, state))
      .catch((error: Error) => {
        process.stderr.write(`the store could not be compacted: ${error.message}\n`);
      })
      .finally(() => {
        // After a failure, too: trying again only when it has grown keeps a full disk from a busy loop.
        this.#snapshotLength = this.#journal.length;
        this.#compacting = undefined;
      });
  }
}

function writeFailure(error: unknown): StatusError {
  const { message } = error as Error;
  const fix = isOutOfSpace(error) ? ': free some space on the disk of the data directory and try again' : '';
  return new StatusError(
    500,
    'InternalError',
    `Internal error occurred: the store could not be written: ${message}${fix}`,
  );
}
