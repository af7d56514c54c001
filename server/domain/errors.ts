/**
 * The one error class of the domain and the catalogue of what can go wrong. The transport turns a reason into a
 * google.rpc.Status; nothing else makes one.
 */

/** Reasons, as callers see them in ErrorInfo.reason, with the gRPC code each is reported as. */
export const REASONS = {
  INVALID_TASK: 'INVALID_ARGUMENT',
  INVALID_ARGUMENT: 'INVALID_ARGUMENT',
  TOKEN_MISSING: 'UNAUTHENTICATED',
  TOKEN_INVALID: 'UNAUTHENTICATED',
  IDENTITY_MISSING: 'UNAUTHENTICATED',
  IDENTITY_INVALID: 'UNAUTHENTICATED',
  TASK_NOT_FOUND: 'NOT_FOUND',
  TASK_NOT_FINISHED: 'FAILED_PRECONDITION',
  TASK_NOT_REPEATABLE: 'FAILED_PRECONDITION',
  NODE_NOT_RUNNING: 'FAILED_PRECONDITION',
  CONNECTION_LOST: 'UNAVAILABLE',
  PORT_REFUSED: 'UNAVAILABLE',
  VOLUME_NOT_FOUND: 'NOT_FOUND',
  VOLUME_EXISTS: 'ALREADY_EXISTS',
  VOLUME_IN_USE: 'FAILED_PRECONDITION',
  VOLUME_BEING_DELETED: 'FAILED_PRECONDITION',
  REQUEST_ID_REUSED: 'ALREADY_EXISTS',
  SUBMISSION_UNDONE: 'ABORTED',
  QUOTA_EXCEEDED: 'RESOURCE_EXHAUSTED',
  ADMISSION_DENIED: 'FAILED_PRECONDITION',
  CLUSTER_FORBIDDEN: 'PERMISSION_DENIED',
  CLUSTER_REFUSED: 'FAILED_PRECONDITION',
  CLUSTER_UNAVAILABLE: 'UNAVAILABLE',
  CLUSTER_UNAUTHENTICATED: 'UNAVAILABLE',
  SERVER_STOPPING: 'UNAVAILABLE',
  CLIENT_GONE: 'CANCELLED',
  DEADLINE_EXCEEDED: 'DEADLINE_EXCEEDED',
  RESUME_TOKEN_INVALID: 'INVALID_ARGUMENT',
} as const;

/** Name of a reason. */
export type Reason = keyof typeof REASONS;

/** One thing that is wrong with a request, for BadRequest.field_violations. */
export interface FieldViolation {
  /** Path of the field in the request, `resources.cpus`. */
  readonly field: string;
  /** What is wrong with it, where, and how to fix it. */
  readonly description: string;
}

/** What may accompany a {@link TaskError}. */
export interface TaskErrorOptions {
  /** The dynamic parts of the message, for ErrorInfo.metadata. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** All that is wrong with the request. */
  readonly violations?: readonly FieldViolation[];
  /** When a retry makes sense, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** Anything that a use case refuses or cannot do. The message is meant for the caller. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
  readonly reason: Reason;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly FieldViolation[];
  readonly retryAfterMs: number | undefined;

  constructor(reason: Reason, message: string, options: TaskErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.metadata = options.metadata ?? {};
    this.violations = options.violations ?? [];
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** INVALID_ARGUMENT for one field of a request. */
export function invalidArgument(field: string, description: string): TaskError {
  return new TaskError('INVALID_ARGUMENT', `${field}: ${description}`, { violations: [{ field, description }] });
}

/** NOT_FOUND for a task: the same words whether it does not exist or belongs to somebody else. */
export function taskNotFound(taskId: string): TaskError {
  return new TaskError('TASK_NOT_FOUND', `task "${taskId}" not found; \`k8s-cli jobs list\` shows your tasks`, {
    metadata: { task_id: taskId },
  });
}

/** NOT_FOUND for a volume: the same words whether it does not exist or belongs to somebody else. */
export function volumeNotFound(volumeId: string): TaskError {
  return new TaskError('VOLUME_NOT_FOUND', `no volume has the id "${volumeId}"; \`k8s-cli volumes list\` shows yours`, {
    metadata: { volume_id: volumeId },
  });
}
