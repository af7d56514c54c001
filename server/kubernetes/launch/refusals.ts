/** Submissions that are refused before or after the cluster was asked, and what is said of each. */

import { type FieldViolation, TaskError } from '../../domain/errors.js';
import type { LaunchRequest } from '../../domain/ports.js';
import { MAX_SCRIPT_BYTES } from '../manifests/shell.js';

/** Refuses a setup or run that no program can be started with. */
export function checkScripts(request: LaunchRequest): void {
  for (const field of ['setup', 'run'] as const) {
    const bytes = Buffer.byteLength(request.spec[field] ?? '');
    if (bytes <= MAX_SCRIPT_BYTES) continue;
    const description = `is ${bytes} bytes long, more than ${MAX_SCRIPT_BYTES}; put the program on a volume or into the image`;
    throw new TaskError('INVALID_TASK', `${field}: ${description}`, { violations: [{ field, description }] });
  }
}

/** Secrets that are not those of the task under the same request id: values of secrets are not shown. */
export const OTHER_SECRETS: readonly FieldViolation[] = [
  { field: 'secrets', description: 'secrets have other values now' },
];

/** The request id belongs to another task, which differs in this. */
export function reused(
  { id, requestId }: Pick<LaunchRequest, 'id' | 'requestId'>,
  violations: readonly FieldViolation[],
): TaskError {
  const named = requestId === '' ? 'the request_id' : `request_id "${requestId}"`;
  const [text, fields] = [violations.map(({ description }) => description), violations.map(({ field }) => field)];
  const why = text.length === 0 ? '' : `: ${text.join('; ')}`;
  return new TaskError(
    'REQUEST_ID_REUSED',
    `${named} was used for another task, ${id}; use a new one for a new task${why}`,
    { metadata: { task_id: id, request_id: requestId, different_fields: fields.join(',') }, violations },
  );
}

/** The submission that the call would repeat is gone. */
export function undone(taskId: string): TaskError {
  return new TaskError('SUBMISSION_UNDONE', `the submission of task ${taskId} was undone; submit it again`, {
    metadata: { task_id: taskId },
  });
}
