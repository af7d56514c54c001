import type { TaskStatus } from '../gen/k8scli/v1/task.js';
import { DEFAULT_BACKOFF, DEFAULT_PATIENCE_MS, type OnReconnect } from './follow-logs.js';
import { backoffMs, isLostConnection, sleep } from './retry.js';
import { ClientError } from './errors.js';
import { taskStateWord } from './task-state.js';

/**
 * A task's present state, then each change, until it has ended, over as many connections as that takes. Throws a ClientError: what
 * the server refused, NOT_FOUND when the task is deleted meanwhile, CANCELLED when aborted, or why the connection was lost when for five
 * minutes there was no other. `onReconnect` is told before each try to make one.
 */
export async function* followTask(
  open: () => AsyncIterable<TaskStatus>,
  signal: AbortSignal | undefined,
  onReconnect?: OnReconnect,
): AsyncGenerator<TaskStatus, void, undefined> {
  /** Since when there is no connection. A quiet one lives: a task that does not change is not told. */
  let lostAt: number | undefined;
  let attempt = 0;
  for (;;) {
    let lost: ClientError;
    try {
      for await (const task of open()) {
        attempt = 0;
        lostAt = undefined;
        yield task;
        if (hasEnded(task)) return;
      }
      lost = new ClientError('the connection ended before the task did', { code: 'UNAVAILABLE' });
    } catch (error) {
      if (signal?.aborted || !isLostConnection(error)) throw error;
      lost = error;
    }
    lostAt ??= performance.now();
    if (performance.now() - lostAt > DEFAULT_PATIENCE_MS) throw lost;
    attempt++;
    const delayMs = backoffMs(DEFAULT_BACKOFF, attempt);
    await onReconnect?.({ attempt, delayMs, error: lost });
    await sleep(delayMs, signal);
  }
}

function hasEnded(task: TaskStatus): boolean {
  // Failed is said at the first node that failed; the task has ended when the last one has.
  const word = taskStateWord(task.state);
  return task.finishedAt !== undefined && (word === 'completed' || word === 'failed' || word === 'stopped');
}
