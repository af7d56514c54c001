import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { changed } from './change.js';
import { History } from './history.js';
import { Journal } from './journal.js';
import { type JournalLine, apply, eventOf, lineOf, snapshotLines } from './journal-line.js';
import { isOutOfSpace } from './no-space.js';
import { type KubeObject, type NewObject, frozenCopy, mutableCopy, timestamp } from './object.js';
import { resourceNamed, resourceOf, resources } from './resources.js';
import { StatusError, alreadyExists, notFound } from './status-error.js';
import type { StoreEvent } from './store-event.js';
import { Table, keyOf } from './table.js';

export type { StoreEvent };

type Listener = (event: StoreEvent) => void;
/** Of a deletion, `object` is the state to report as the last one. */
type Write = Omit<StoreEvent, 'resourceVersion'>;

const historyCapacity = 4096;
const defaultCompactAtBytes = 16 * 1024 * 1024;

/**
 * All objects of the cluster, in memory and in a journal on disk. There is one resource version for everything; every
 * write takes the next. Writes are done when they return, so whoever reads and then writes without a wait in between has
 * nobody in between either. What readers see is with the operating system already, so that it outlives this process
 * however that ends; a power cut may lose the last writes. Objects are frozen: a change is a new object.
 */
export class Store {
  readonly #journal: Journal;
  readonly #tables: ReadonlyMap<string, Table>;
  readonly #history: History;
  readonly #compactAtBytes: number;
  readonly #listeners = new Map<string, Set<Listener>>();
  /** Writes that listeners have not been told of; undefined while nobody is being told. */
  #news: StoreEvent[] | undefined;
  #revision: number;
  #snapshotLength = 0;
  #compacting: Promise<void> | undefined;
  #closed = false;

  private constructor(
    journal: Journal,
    tables: ReadonlyMap<string, Table>,
    history: History,
    revision: number,
    compactAtBytes: number,
  ) {
    this.#journal = journal;
    this.#tables = tables;
    this.#history = history;
    this.#revision = revision;
    this.#compactAtBytes = compactAtBytes;
  }

  /** Opens the store of the directory, or makes an empty one; throws if its file is damaged. */
  static async open(directory: string, options: { compactAtBytes?: number } = {}): Promise<Store> {
    const tables = new Map([...resources.keys()].map((name) => [name, new Table()]));
    const history = new History(historyCapacity);
    let revision = 0;
    const journal = await Journal.open(join(directory, 'store.jsonl'), (value) => {
      const line = value as JournalLine;
      revision = line.rv;
      const table = line.r === undefined ? undefined : tables.get(line.r);
      if (table === undefined || line.r === undefined) {
        history.reset(revision);
        return;
      }
      const event = eventOf(line, line.r, table);
      if (event === undefined) return;
      apply(table, event);
      history.push(event);
    });
    return new Store(journal, tables, history, revision, options.compactAtBytes ?? defaultCompactAtBytes);
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

  /** As `replace`, by a copy of the current version that `change` has changed. Throws NotFound, or whatever `change` throws. */
  update(
    resource: string,
    namespace: string | undefined,
    name: string,
    change: (draft: KubeObject) => void,
  ): KubeObject {
    const previous = this.existing(resource, namespace, name);
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

  #write(write: Write): KubeObject {
    if (this.#closed) throw new StatusError(503, 'ServiceUnavailable', 'the cluster is stopping');
    const event = toEvent(write, this.#revision + 1);
    const line = lineOf(event, keyOf(event.object.metadata));
    try {
      this.#journal.append(line);
    } catch (error) {
      throw writeFailure(error);
    }
    apply(this.#table(event.resource), event);
    this.#history.push(event);
    this.#revision = event.resourceVersion;
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

function toEvent({ object, ...write }: Write, resourceVersion: number): StoreEvent {
  const metadata = { ...object.metadata, resourceVersion: String(resourceVersion) };
  return { ...write, object: frozenCopy({ ...object, metadata }), resourceVersion };
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
