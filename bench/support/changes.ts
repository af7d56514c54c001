/** Statuses of pods that change all the time, as those of running tasks do. */

import type { KubeClient } from '../../server/kubernetes/api/client.js';

/** So many change a second. */
export const CHANGES_PER_SECOND = 50;

/** Changes the status of one pod after the other at that rate for so long; resolves with how many have changed. The first failure ends it. */
export async function changePods(client: KubeClient, paths: readonly string[], forMs: number): Promise<number> {
  const beganMs = performance.now();
  const running = new Set<Promise<unknown>>();
  let failure: unknown;
  for (let count = 0; ; count += 1) {
    const dueMs = beganMs + (count * 1000) / CHANGES_PER_SECOND;
    if (dueMs - beganMs >= forMs || failure !== undefined) {
      await Promise.all(running);
      if (failure !== undefined) throw failure;
      return count;
    }
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
    const body = { status: { message: `change at ${dueMs}` } };
    const change = client
      .request({ method: 'PATCH', path: `${paths[count % paths.length]}/status`, body })
      .catch((error: unknown) => {
        failure = error;
      })
      .finally(() => running.delete(change));
    running.add(change);
  }
}
