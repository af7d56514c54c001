/**
 * ListTasksResponse in its binary encoding: the same bytes as of the generated code, but each task is encoded once for as long as it
 * stays as it is. Pages are asked for again and again, while few of their tasks change in between.
 */

import type { TaskStatus } from '../../gen/k8scli/v1/task.js';
import { ListTasksResponse } from '../../gen/k8scli/v1/task_service.js';

/** Lists of one task, by its message, which never changes. */
const ENCODED = new WeakMap<TaskStatus, Uint8Array>();

/** Encodes a list of tasks. Lists that follow each other are one list. */
export function encodeTaskList({ tasks, ...rest }: ListTasksResponse): Buffer {
  return Buffer.concat([...tasks.map(encoded), ListTasksResponse.encode({ tasks: [], ...rest }).finish()]);
}

function encoded(task: TaskStatus): Uint8Array {
  const known = ENCODED.get(task);
  if (known) return known;
  const bytes = ListTasksResponse.encode({ tasks: [task], nextPageToken: '' }).finish();
  ENCODED.set(task, bytes);
  return bytes;
}
