/** Many asynchronous sources as one, in the order in which they have something. */

/**
 * Yields batches: everything that is ready when the consumer asks, at most one item of a source. A source is asked for its
 * next item only when its last one was taken, so that a slow consumer slows every source and nothing piles up. An error of one
 * source ends the whole; the sources are closed in any case. With `idleMs`, an empty batch is yielded when nothing came for so
 * long.
 */
export async function* merge<T>(
  sources: readonly AsyncIterable<T>[],
  idle?: { readonly ms: number; sleep(ms: number): { done: Promise<void>; cancel(): void } },
): AsyncGenerator<T[], void, undefined> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const ready: { iterator: AsyncIterator<T>; result: IteratorResult<T> }[] = [];
  let failure: { error: unknown } | undefined;
  let wake: (() => void) | undefined;
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
        const timer = idle?.sleep(idle.ms);
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await (timer ? Promise.race([woken, timer.done]) : woken);
        wake = undefined;
        timer?.cancel();
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
    // Not awaited: a source that waits for its cluster ends when the caller's signal is aborted.
    for (const iterator of iterators) void iterator.return?.().catch(() => {});
  }
}
