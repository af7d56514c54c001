/** What callers are told of a connection that failed. */

import { TaskError } from '../../domain/errors.js';
import { KubernetesError, toTaskError } from '../api/errors.js';

/**
 * The error for callers; `doing` completes "while …". A connection that broke is told apart from a cluster that does not answer:
 * what was begun must not be repeated.
 */
export function connectionFailure(error: unknown, doing: string): unknown {
  if (!(error instanceof KubernetesError) || error.code !== 0) return toTaskError(error, doing);
  return new TaskError('CONNECTION_LOST', `the connection to the cluster failed while ${doing}: ${error.message}`, {
    cause: error,
  });
}

/** Whether Kubernetes says that a pod, or its container, does not run. */
export function saysGone(message: string): boolean {
  return /(container|pod) not found|container .* not running|not in running state/.test(message);
}

/** NODE_NOT_RUNNING for a node that had a pod a moment ago. */
export function podGone(cause: unknown): TaskError {
  return new TaskError('NODE_NOT_RUNNING', 'the node does not run any more: its pod has ended, or is being replaced', {
    cause,
  });
}
