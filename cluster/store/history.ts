import type { StoreEvent } from './store-event.js';

/** The latest events in order, so that a watch can go on from a resource version of a while ago. */
export class History {
  readonly #capacity: number;
  #events: StoreEvent[] = [];
  #horizon = 0;

  /** Holds the latest `capacity` events at least, and twice as many at most. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Adds the newest event; the oldest ones make room. */
  push(event: StoreEvent): void {
    this.#events.push(event);
    if (this.#events.length < 2 * this.#capacity) return;
    const forgotten = this.#events.splice(0, this.#capacity);
    this.#horizon = forgotten.at(-1)?.resourceVersion ?? this.#horizon;
  }

  /** Forgets everything; changes up to and including the version are not known here. */
  reset(version: number): void {
    this.#events = [];
    this.#horizon = version;
  }

  /** Every event of the resource after the version, oldest first; undefined when some of them are forgotten. */
  since(resource: string, version: number): StoreEvent[] | undefined {
    if (version < this.#horizon) return undefined;
    const first = this.#events.findLastIndex((event) => event.resourceVersion <= version) + 1;
    return this.#events.slice(first).filter((event) => event.resource === resource);
  }
}
