/** Many watches of one collection, and when the last of them has seen each change. */

import { setMaxListeners } from 'node:events';
import type { KubeClient } from '../../server/kubernetes/api/client.js';

/** The watches. */
export interface Watchers {
  /** Resolves with the time at which all of them had seen so many changes. */
  seen(changes: number): Promise<number>;
  close(): void;
}

/** Opens so many watches from a version on; resolves when all of them are open. */
export async function openWatchers(
  client: KubeClient,
  path: string,
  resourceVersion: string,
  count: number,
): Promise<Watchers> {
  const ending = new AbortController();
  const { signal } = ending;
  setMaxListeners(0, signal);
  const query = { watch: true, resourceVersion, timeoutSeconds: 600 };
  const counts = Array.from({ length: count }, () => 0);
  const waiting = new Map<number, (atMs: number) => void>();
  const reachedMs: number[] = [];
  const note = (watcher: number): void => {
    counts[watcher] = (counts[watcher] ?? 0) + 1;
    // The slowest one decides, and only it can have moved that.
    if (counts[watcher] !== Math.min(...counts)) return;
    reachedMs[counts[watcher]] = performance.now();
    waiting.get(counts[watcher])?.(performance.now());
  };
  const follow = async (watcher: number, body: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of body) {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) note(watcher);
    }
  };
  for (let watcher = 0; watcher < count; watcher += 1) {
    follow(watcher, await client.stream({ path, query, signal })).catch(() => {
      // Closed: whoever waits for more has a deadline.
    });
  }
  return {
    seen: (changes) =>
      new Promise((resolve) => {
        const reached = reachedMs[changes];
        if (reached === undefined) waiting.set(changes, resolve);
        else resolve(reached);
      }),
    close: () => ending.abort(),
  };
}
