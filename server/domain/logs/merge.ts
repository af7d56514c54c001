/** Many asynchronous sources as one, in the order in which they have something. */

import type { Clock } from '../ports.js';

/** When silence is worth an item of its own. */
export interface Idle {
  readonly ms: number;
  readonly clock: Clock;
}

/**
 * Yields batches: everything that is ready when the consumer asks, at most one item of a source. A source is asked for its
 * next item only when its last one was taken, so that a slow consumer slows every source and nothing piles up. An error of one
 * source ends the whole; the sources are closed in any case. With `idle`, an empty batch is yielded when nothing came for so
 * long.
 */
export async function* merge<T>(
  sources: readonly AsyncIterable<T>[],
  idle?: Idle,
): AsyncGenerator<T[], void, undefined> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const ready: { iterator: AsyncIterator<T>; result: IteratorResult<T> }[] = [];
  let failure: { error: unknown } | undefined;
  let wake: (() => void) | undefined;
  const silence = idle && new Silence(idle, () => wake?.());
  const ask = (iterator: AsyncIterator<T>): void => {
    iterator.next().then(
      (result) => {
        ready.push({ iterator, result });
        wake?.();
      },
      (error: unknown) => {
        failure ??= { error };
        wake?.();
      },
    );
  };
  let open = iterators.length;
  iterators.forEach(ask);
  try {
    while (open > 0) {
      if (ready.length === 0 && !failure) {
        silence?.begin();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = undefined;
        if (ready.length === 0 && !failure) {
          yield [];
          continue;
        }
      }
      if (failure) throw failure.error;
      const taken = ready.splice(0);
      const items: T[] = [];
      for (const { result } of taken) {
        if (result.done) open -= 1;
        else items.push(result.value);
      }
      if (items.length > 0) yield items;
      for (const { iterator, result } of taken) if (!result.done) ask(iterator);
    }
  } finally {
    silence?.end();
    // Not awaited: a source that waits for its cluster ends when the caller's signal is aborted.
    for (const iterator of iterators) void iterator.return?.().catch(() => {});
  }
}

/** Tells when nothing has come for so long. It sleeps once for many waits: once for each item would cost more than the item. */
class Silence {
  readonly #idle: Idle;
  readonly #onLong: () => void;
  readonly #over = new AbortController();
  #sinceMs = 0;
  #sleeping = false;

  constructor(idle: Idle, onLong: () => void) {
    this.#idle = idle;
    this.#onLong = onLong;
  }

  /** From now on nothing comes. */
  begin(): void {
    this.#sinceMs = this.#idle.clock.now();
    if (!this.#sleeping) void this.#sleep();
  }

  end(): void {
    this.#over.abort();
  }

  async #sleep(): Promise<void> {
    const { clock, ms } = this.#idle;
    const { signal } = this.#over;
    this.#sleeping = true;
    for (let leftMs = ms; leftMs > 0 && !signal.aborted; leftMs = this.#sinceMs + ms - clock.now()) {
      await clock.sleep(leftMs, signal);
    }
    this.#sleeping = false;
    if (!signal.aborted) this.#onLong();
  }
}
