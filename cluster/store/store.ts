import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Change, changed, type UpdateOptions } from './change.js';
import { Compaction } from './compaction.js';
import { History } from './history.js';
import { Journal } from './journal.js';
import { type JournalLine, apply, eventOf, lineOf, snapshotLines } from './journal-line.js';
import { isOutOfSpace } from './no-space.js';
import { type KubeObject, type NewObject, frozenCopy, timestamp } from './object.js';
import { resourceNamed, resources } from './resources.js';
import { StatusError, alreadyExists, notFound } from './status-error.js';
import type { StoreEvent } from './store-event.js';
import { Table, keyOf } from './table.js';

export type { StoreEvent };

/** What a change did: the state afterwards, and whether the object is gone because nothing held it any more. */
export interface Updated {
  object: KubeObject;
  removed: boolean;
}

type Listener = (event: StoreEvent) => void;
type Lookup = (resource: string, key: string) => KubeObject | undefined;

/** Of a deletion, `object` is the state to report as the last one. */
type Write = Omit<StoreEvent, 'resourceVersion'>;

interface Operation {
  evaluate: (lookup: Lookup) => Write | undefined;
  resolve: (written: StoreEvent | undefined) => void;
  reject: (error: unknown) => void;
}

const maxBatch = 256;
const historyCapacity = 8192;
const defaultCompactAtBytes = 16 * 1024 * 1024;

/**
 * All objects of the cluster, in memory and in a journal on disk. There is one resource version for everything; every
 * write takes the next. What readers see is with the operating system already, so that it outlives this process however
 * that ends; a power cut may lose the last writes. Objects are frozen: a change is a new object.
 */
export class Store {
  readonly #journal: Journal;
  readonly #tables: ReadonlyMap<string, Table>;
  readonly #history: History;
  readonly #compaction: Compaction;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #queue: Operation[] = [];
  #revision: number;
  #draining: Promise<void> | undefined;
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
    this.#compaction = new Compaction(journal, compactAtBytes, () => this.#snapshot());
  }

  /** Opens the store of the directory, or makes an empty one; throws if its file is damaged. */
  static async open(directory: string, options: { compactAtBytes?: number } = {}): Promise<Store> {
    const tables = new Map([...resources.keys()].map((name) => [name, new Table()]));
    const history = new History(historyCapacity, 0);
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
  async create(resource: string, object: NewObject): Promise<KubeObject> {
    const { namespace, name = '', uid = randomUUID() } = object.metadata;
    const key = keyOf({ namespace, name });
    const written = await this.#submit((lookup) => {
      if (lookup(resource, key) !== undefined) throw alreadyExists(resourceNamed(resource), name);
      const metadata = { ...object.metadata, uid, creationTimestamp: timestamp() };
      return { type: 'ADDED', resource, object: { ...object, metadata } as KubeObject };
    });
    return (written as StoreEvent).object;
  }

  /**
   * Applies `change` to a copy of the current version, atomically. Returns the new state; when nothing differs (or
   * `change` returns 'skip') nothing is written. An object that is being deleted and is held by neither finalizers
   * nor a grace period any more is removed instead. Throws NotFound, or whatever `change` throws.
   */
  async update(...change: Parameters<Store['change']>): Promise<KubeObject> {
    return (await this.change(...change)).object;
  }

  /** As `update`, and tells whether the object was removed. */
  async change(
    resource: string,
    namespace: string | undefined,
    name: string,
    change: Change,
    options: UpdateOptions = {},
  ): Promise<Updated> {
    const kind = resourceNamed(resource);
    const key = keyOf({ namespace, name });
    let current: KubeObject | undefined;
    const written = await this.#submit((lookup) => {
      const previous = lookup(resource, key);
      if (previous === undefined) throw notFound(kind, name);
      current = previous;
      const next = changed(previous, change, options);
      return next && { ...next, resource, previous };
    });
    if (written === undefined) return { object: current as KubeObject, removed: false };
    return { object: written.object, removed: written.type === 'DELETED' };
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

  /** Finishes what is queued and closes the file. Later writes are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#draining !== undefined || this.#compaction.rewriting !== undefined) {
      await this.#draining;
      await this.#compaction.rewriting;
    }
    await this.#compaction.swapIfReady();
    await this.#journal.close();
  }

  #table(resource: string): Table {
    const table = this.#tables.get(resource);
    if (table === undefined) throw new Error(`the store has no resource ${JSON.stringify(resource)}`);
    return table;
  }

  #submit(evaluate: Operation['evaluate']): Promise<StoreEvent | undefined> {
    if (this.#closed) return Promise.reject(new StatusError(503, 'ServiceUnavailable', 'the cluster is stopping'));
    return new Promise((resolve, reject) => {
      this.#queue.push({ evaluate, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  async #drain(): Promise<void> {
    // Let everything that this turn of the event loop asks for come into one batch.
    await new Promise(setImmediate);
    while (this.#queue.length > 0) {
      await this.#compaction.swapIfReady();
      await this.#commit(this.#queue.splice(0, maxBatch));
      if (!this.#closed) this.#compaction.beginIfLarge();
    }
    this.#draining = undefined;
  }

  /** Writes a batch. Each operation sees what the ones before it did; readers see nothing until all is in the journal. */
  async #commit(batch: readonly Operation[]): Promise<void> {
    const overlay = new Map<string, KubeObject | undefined>();
    const lookup: Lookup = (resource, key) => {
      const id = `${resource}/${key}`;
      return overlay.has(id) ? overlay.get(id) : this.#table(resource).get(key);
    };
    const events: StoreEvent[] = [];
    const lines: string[] = [];
    const settle: (() => void)[] = [];
    for (const operation of batch) {
      try {
        const write = operation.evaluate(lookup);
        if (write === undefined) {
          settle.push(() => operation.resolve(undefined));
          continue;
        }
        const event = toEvent(write, this.#revision + events.length + 1);
        const key = keyOf(event.object.metadata);
        // First, so that an object that cannot be written leaves no trace.
        lines.push(lineOf(event, key));
        overlay.set(`${event.resource}/${key}`, event.type === 'DELETED' ? undefined : event.object);
        events.push(event);
        settle.push(() => operation.resolve(event));
      } catch (error) {
        settle.push(() => operation.reject(error));
      }
    }
    try {
      if (lines.length > 0) await this.#journal.append(lines);
    } catch (error) {
      // Refusals too may rest on writes of this batch that never happened.
      for (const operation of batch) operation.reject(writeFailure(error));
      return;
    }
    for (const event of events) {
      apply(this.#table(event.resource), event);
      this.#history.push(event);
      this.#revision = event.resourceVersion;
      this.#notify(event);
    }
    for (const done of settle) done();
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

  #snapshot(): Iterable<string> {
    const state = [...this.#tables].map(([name, table]) => [name, [...table.range('')]] as const);
    return snapshotLines(this.#revision, state);
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
