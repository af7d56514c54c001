const initialMs = 10_000;
const maximumMs = 300_000;
const calmMs = 600_000;

/** How long the kubelet waits before it starts a container again that has ended `restarts` times after a restart. */
export function restartDelayMs(restarts: number, ranMs: number): number {
  // The first time at once; and again at once after a long run.
  if (restarts === 0 || ranMs >= calmMs) return 0;
  return Math.min(initialMs * 2 ** (restarts - 1), maximumMs);
}
