import type { StopTaskRequest } from '../gen/k8scli/v1/task_service.js';
import { toDuration } from './duration.js';

/** How tasks are stopped. */
export interface StopOptions {
  /** Kept with each of them. */
  readonly reason?: string | undefined;
  /** Most time that their programs have to end, at least 1; never more than their pods have anyway. */
  readonly graceSeconds?: number | undefined;
}

/** What a request to stop one task or all of them says of that. */
export function stopFields({ reason = '', graceSeconds }: StopOptions = {}): Omit<StopTaskRequest, 'taskId'> {
  return { reason, gracePeriod: toDuration(graceSeconds) };
}
