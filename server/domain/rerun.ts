/** Submitting a task again as it was submitted before. */

import type { Domain } from './context.js';
import { TaskError } from './errors.js';
import { ownedView } from './get.js';
import { type Submitted, submitTask } from './submit.js';

type Uses = Pick<Domain, 'store' | 'submissions' | 'launcher' | 'volumes' | 'clock' | 'ids' | 'site'>;

/** Submits the user's task again, under a new id. Throws NOT_FOUND, and whatever {@link submitTask} does. */
export async function rerunTask(
  domain: Uses,
  user: string,
  taskId: string,
  requestId: string,
  signal: AbortSignal,
): Promise<Submitted> {
  const { record } = await ownedView(domain, user, taskId, { signal });
  const submission = await domain.submissions.of(record, signal);
  if (submission === undefined) {
    throw new TaskError(
      'TASK_NOT_REPEATABLE',
      `what task ${taskId} was asked to do is not recorded; submit its task file again`,
      { metadata: { task_id: taskId } },
    );
  }
  const once = { warnings: [], requestId, validateOnly: false, strict: false };
  return submitTask(domain, user, { ...submission, ...once, located: (found) => found }, signal);
}
