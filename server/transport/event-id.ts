/** Ids of server-sent events: an EventSource sends the last one back as Last-Event-ID when it takes a stream up again. */

import type { TaskStatus } from '../../gen/k8scli/v1/task.js';
import type { StreamTaskLogsResponse } from '../../gen/k8scli/v1/task_service.js';

/** Id of a task's final state, behind which nothing comes any more. */
export const FINAL_STATE = 'final';

/** Id of a message of the stream of this method (`/package.Service/Method`); undefined for one behind which nobody takes up. */
export function eventIdOf(method: string, message: unknown): string | undefined {
  if (method === '/k8scli.v1.TaskService/StreamTaskLogs')
    return (message as StreamTaskLogsResponse).resumeToken || undefined;
  if (method === '/k8scli.v1.TaskService/WatchTask') return (message as TaskStatus).finishedAt && FINAL_STATE;
  return undefined;
}
