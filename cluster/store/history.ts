import type { StoreEvent } from './store-event.js';

/** The latest events in order, so that a watch can go on from a resource version of a while ago. Holds `capacity` of them. */
export class History {
  readonly #events: (StoreEvent | undefined)[];
  readonly #capacity: number;
  #next = 0;
  #size = 0;
  #horizon: number;

  /** Changes up to and including resource version `horizon` are not known here. */
  constructor(capacity: number, horizon: number) {
    this.#capacity = capacity;
    this.#events = Array.from({ length: capacity });
    this.#horizon = horizon;
  }

  /** Adds the newest event; the oldest one makes room. */
  push(event: StoreEvent): void {
    const dropped = this.#events[this.#next];
    if (dropped !== undefined) this.#horizon = dropped.resourceVersion;
    this.#events[this.#next] = event;
    this.#next = (this.#next + 1) % this.#capacity;
    this.#size = Math.min(this.#size + 1, this.#capacity);
  }

  /** Forgets everything and starts again after `horizon`. */
  reset(horizon: number): void {
    this.#events.fill(undefined);
    this.#next = 0;
    this.#size = 0;
    this.#horizon = horizon;
  }

  /** Every event of the resource after the version, oldest first; undefined when some of them are forgotten. */
  since(resource: string, version: number): StoreEvent[] | undefined {
    if (version < this.#horizon) return undefined;
    const found: StoreEvent[] = [];
    for (let back = 1; back <= this.#size; back += 1) {
      const event = this.#events[(this.#next - back + this.#capacity) % this.#capacity];
      if (event === undefined || event.resourceVersion <= version) break;
      if (event.resource === resource) found.push(event);
    }
    return found.toReversed();
  }
}
