/** What a number of calls took, in milliseconds. */
export interface Load {
  readonly elapsedMs: number;
  /** Of each call, in the order in which they ended. */
  readonly latenciesMs: readonly number[];
}

/** Makes `count` calls, never more than `callers` of them at a time, and begins none after `forMs`. The first failure ends it. */
export async function callMany(
  count: number,
  callers: number,
  call: () => Promise<void>,
  signal: AbortSignal,
  forMs = Number.POSITIVE_INFINITY,
): Promise<Load> {
  const latenciesMs: number[] = [];
  let begun = 0;
  const caller = async (): Promise<void> => {
    while (begun < count && performance.now() - loadBeganMs < forMs) {
      signal.throwIfAborted();
      begun += 1;
      const beganMs = performance.now();
      await call();
      latenciesMs.push(performance.now() - beganMs);
    }
  };
  const loadBeganMs = performance.now();
  await Promise.all(Array.from({ length: Math.min(callers, count) }, caller));
  return { elapsedMs: performance.now() - loadBeganMs, latenciesMs };
}
