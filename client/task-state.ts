import type { TaskState } from '../gen/k8scli/v1/task.js';

/** Name of a task or node state in lower case, as people read it. Imports types only, so that printing needs no gRPC. */
export type TaskStateWord = 'unknown' | 'pending' | 'running' | 'stopping' | 'stopped' | 'completed' | 'failed';

const WORDS: Readonly<Record<TaskState, TaskStateWord>> = {
  0: 'unknown',
  1: 'pending',
  2: 'running',
  3: 'stopping',
  4: 'stopped',
  5: 'completed',
  6: 'failed',
};

/** The word for a state; `unknown` for one that a newer server invented. */
export function taskStateWord(state: TaskState): TaskStateWord {
  return WORDS[state] ?? 'unknown';
}
