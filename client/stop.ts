import type { StopTaskRequest } from '../gen/k8scli/v1/task_service.js';
import { toDuration } from './duration.js';

/** How a task is stopped. */
export interface StopOptions {
  /** Kept with the task. */
  readonly reason?: string | undefined;
  /** Most time that its programs have to end, at least 1; never more than their pods have anyway. */
  readonly graceSeconds?: number | undefined;
}

/** The request that stops a task so. */
export function stopRequest(taskId: string, { reason = '', graceSeconds }: StopOptions = {}): StopTaskRequest {
  return { taskId, reason, gracePeriod: toDuration(graceSeconds) };
}
