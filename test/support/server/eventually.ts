/** Resolves when the condition holds; looks after every turn of the event loop. Rejects after so many milliseconds. */
export async function eventually(condition: () => boolean, withinMs = 100_000): Promise<void> {
  const lateMs = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > lateMs) throw new Error(`not within ${withinMs} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
