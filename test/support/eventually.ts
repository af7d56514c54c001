/** How long a condition may take to come true, in milliseconds; generous, because the machine may be busy. */
const PATIENCE_MS = 100_000;
const EVERY_MS = 100;

/**
 * Repeats a check until it passes and returns what it returned. After the patience it throws what the check threw last, so
 * that a failed test says what was there instead.
 */
export async function eventually<T>(check: () => Promise<T> | T): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

/**
 * Tries with ever more seconds what has a time limit or lasts for a time, as long as the machine was too slow for that; returns what the
 * last try has come to. `enough` is what a usual machine needs.
 */
export async function withMoreTime<T>(
  attempt: (seconds: number) => Promise<T>,
  tooSlow: (result: T) => boolean,
  enough = 2,
): Promise<T> {
  let result = await attempt(enough);
  for (const times of [5, 20]) if (tooSlow(result)) result = await attempt(enough * times);
  return result;
}
