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
