/** Waiting for the next change of a task, without missing one that comes between looking and waiting. */

import type { Clock, TaskStore } from './ports.js';

/** Tells when a task has changed since it was last asked. */
export interface Changes {
  /** Resolves at the next change, at once if there was one since the last call, and after `timeoutMs` at the latest. */
  next(timeoutMs: number): Promise<void>;
}

/** Begins to watch a task; ends with the signal. */
export function changesOf(store: TaskStore, clock: Clock, taskId: string, signal: AbortSignal): Changes {
  let changed = false;
  let wake: (() => void) | undefined;
  const notify = (): void => {
    changed = true;
    wake?.();
  };
  store.onChange(taskId, notify, signal);
  signal.addEventListener('abort', notify, { once: true });
  return {
    async next(timeoutMs) {
      if (!changed && !signal.aborted) {
        const timer = new AbortController();
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([woken, clock.sleep(timeoutMs, timer.signal)]);
        wake = undefined;
        timer.abort();
      }
      changed = false;
    },
  };
}
