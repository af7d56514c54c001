/** Deleting tasks, with all that belongs to them. */

import type { Domain } from './context.js';
import { TaskError } from './errors.js';
import { ownedView } from './get.js';
import { aggregate } from './status/aggregate.js';
import { isFinal } from './task.js';

type Uses = Pick<Domain, 'store' | 'launcher' | 'namespace'>;

/** Deletes the user's task. One that has not ended is deleted only by force. Throws NOT_FOUND, FAILED_PRECONDITION. */
export async function deleteTask(
  domain: Uses,
  user: string,
  taskId: string,
  force: boolean,
  signal: AbortSignal,
): Promise<void> {
  const view = await ownedView(domain, user, taskId, { signal });
  const task = aggregate(view, domain.namespace);
  if (!force && !isFinal(task)) {
    const [state, first] =
      task.state === 'STOPPING'
        ? ['is still being stopped', `wait for that with \`k8s-cli jobs wait ${taskId}\``]
        : [`is ${task.status}`, `stop it first with \`k8s-cli jobs stop ${taskId}\``];
    const text = `task ${taskId} ${state}; ${first}, or delete it with --force`;
    throw new TaskError('TASK_NOT_FINISHED', text, { metadata: { task_id: taskId } });
  }
  await domain.launcher.remove(view, signal);
}
