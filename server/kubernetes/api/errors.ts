/** The one place that reads what the Kubernetes API says when it refuses, and the one that words it for callers. */

import { TaskError } from '../../domain/errors.js';

/** A metav1.Status, or a connection that did not work (code 0). */
export class KubernetesError extends Error {
  override readonly name = 'KubernetesError';
  /** HTTP status; 0 when there was no answer. */
  readonly code: number;
  /** metav1.StatusReason; where there was no answer `Unreachable`, {@link NOT_SENT} or {@link NOT_BEGUN}. */
  readonly reason: string;
  readonly causes: readonly { readonly field: string; readonly message: string }[];
  readonly retryAfterMs: number | undefined;

  constructor(
    code: number,
    reason: string,
    message: string,
    options: { causes?: KubernetesError['causes']; retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.reason = reason;
    this.causes = options.causes ?? [];
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Reason of a request that never left, because no connection could be made: it has had no effect. */
export const NOT_SENT = 'NotSent';

/** The same of the first request of a call: nothing was done at all. */
export const NOT_BEGUN = 'NotBegun';

/** The parts of a metav1.Status that are read. */
export interface RawStatus {
  readonly message?: string;
  readonly reason?: string;
  readonly details?: {
    readonly causes?: readonly { readonly field?: string; readonly message?: string }[];
    readonly retryAfterSeconds?: number;
  };
}

/** Reads an error body: a Status object, or whatever text a proxy sent instead. */
export function parseError(code: number, body: string, retryAfter: string | undefined): KubernetesError {
  try {
    return refusal(code, JSON.parse(body) as RawStatus, retryAfter);
  } catch {
    return refusal(code, { message: `HTTP ${code}: ${body.slice(0, 200).trim()}` }, retryAfter);
  }
}

/** The error of a Status. */
export function refusal(code: number, status: RawStatus, retryAfter: string | undefined): KubernetesError {
  const { reason = '', message = `HTTP ${code}`, details = {} } = status;
  const seconds = details.retryAfterSeconds ?? (retryAfter === undefined ? Number.NaN : Number(retryAfter));
  return new KubernetesError(code, reason, message, {
    causes: (details.causes ?? []).map(({ field = '', message: text = '' }) => ({ field, message: text })),
    retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : undefined,
  });
}

/** Whether the error is a Kubernetes answer with this HTTP status. */
export function hasCode(error: unknown, code: number): error is KubernetesError {
  return error instanceof KubernetesError && error.code === code;
}

/** Whether the same request may work a little later. */
export function isTransient(error: unknown): error is KubernetesError {
  return error instanceof KubernetesError && TRANSIENT.has(error.code);
}

/**
 * Whether something was changed by somebody else meanwhile. Of a creation, whose object cannot have been, that is something which it
 * needs: a quota in which many want to be counted at the same time. It has had no effect then.
 */
export function isConflict(error: unknown): error is KubernetesError {
  return hasCode(error, 409) && error.reason === 'Conflict';
}

/** Whether the cluster has answered no: the same request would be answered so again. */
export function isRefusal(error: unknown): error is KubernetesError {
  return error instanceof KubernetesError && !TRANSIENT.has(error.code);
}

/** Whether the cluster itself has failed, as one that cannot ask a webhook; what only stands before it gives no reason. */
export function hasFailed(error: unknown): error is KubernetesError {
  return hasCode(error, 500) && error.reason !== '';
}

const TRANSIENT = new Set([0, 429, 500, 502, 503, 504]);

/**
 * The error for callers, with Kubernetes' own words where it said why; its metadata tell where it is sure that nothing was done, as by
 * a call that was only `reading` yet. `doing` completes "while …".
 */
export function toTaskError(error: unknown, doing: string, { reading = false } = {}): unknown {
  if (!(error instanceof KubernetesError)) return error;
  const options = {
    cause: error,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(reading || error.reason === NOT_BEGUN ? { metadata: { begun: 'false' } } : {}),
  };
  const say = (text: string): string => `${text} while ${doing}: ${shorten(error)}`;
  if (error.code === 0)
    return new TaskError('CLUSTER_UNAVAILABLE', say('cannot reach the cluster'), { retryAfterMs: 1000, ...options });
  if (error.code === 401)
    return new TaskError(
      'CLUSTER_UNAUTHENTICATED',
      say('the cluster does not accept the credentials of the server'),
      options,
    );
  if (error.code === 403 && /exceeded quota/.test(error.message))
    return new TaskError('QUOTA_EXCEEDED', say('the cluster refused'), options);
  if (/admission webhook|violates PodSecurity/.test(error.message) && error.code < 500) {
    return new TaskError('ADMISSION_DENIED', say('the cluster refused'), options);
  }
  if (error.code === 403) return new TaskError('CLUSTER_FORBIDDEN', say('the cluster refused'), options);
  if (isTransient(error))
    return new TaskError('CLUSTER_UNAVAILABLE', say('the cluster is not able to answer'), options);
  return new TaskError('CLUSTER_REFUSED', say('the cluster refused'), options);
}

/** Validation errors repeat the whole object in Go syntax: their causes say the same in a line each. */
function shorten(error: KubernetesError): string {
  if (error.causes.length > 0 && error.message.length > 300) {
    return error.causes.map(({ field, message }) => `${field}: ${message.slice(0, 200)}`).join('; ');
  }
  return error.message;
}
