/** How many objects of one task are being written at a time. */
const CONCURRENCY = 8;

/** Runs `work` for every item, a few at a time. At the first failure nothing new is begun; what runs is waited for. */
export async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  let failure: { error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (failure) return;
      try {
        await work(item);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, worker));
  if (failure) throw failure.error;
}

/**
 * The same for work that may be the first of a call that has an effect: then the first item is done before all others, and is told that
 * it is the first, so that its failure can tell that nothing was done.
 */
export async function inParallelAfterFirst<T>(
  items: readonly T[],
  begun: boolean,
  work: (item: T, first: boolean) => Promise<void>,
): Promise<void> {
  const alone = begun ? [] : items.slice(0, 1);
  for (const item of alone) await work(item, true);
  await inParallel(items.slice(alone.length), (item) => work(item, false));
}
