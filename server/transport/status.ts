/** The only place that makes a google.rpc.Status: errors of any kind -> what callers get. */

import { Code, StatusError, type AnyMessage } from '../../bridge/status.js';
import { BadRequest, ErrorInfo, ResourceInfo, RetryInfo } from '../../gen/google/rpc/error_details.js';
import { REASONS, TaskError, type Reason } from '../domain/errors.js';

/** ErrorInfo.domain of all errors of this service. */
const ERROR_DOMAIN = 'k8s-cli';

/** What a caller gets for an error. One that nobody foresaw is INTERNAL with an id; `report` gets the error itself. */
export function toStatusError(error: unknown, report: (id: string, error: unknown) => void): StatusError {
  if (error instanceof StatusError) return error;
  if (error instanceof TaskError) {
    const message = error.message.slice(0, MAX_MESSAGE);
    return new StatusError(Code[REASONS[error.reason]], message, detailsOf(error), { cause: error });
  }
  const id = Math.random().toString(36).slice(2, 10);
  report(id, error);
  return new StatusError(Code.INTERNAL, `internal error ${id}; the log of the server says more`, [
    any('ErrorInfo', ErrorInfo.encode({ reason: 'INTERNAL', domain: ERROR_DOMAIN, metadata: { id } }).finish()),
  ]);
}

/** Messages travel in an HTTP/2 header, which has a limit. */
const MAX_MESSAGE = 4000;
const MAX_VIOLATIONS = 40;

function detailsOf(error: TaskError): AnyMessage[] {
  const info = { reason: error.reason, domain: ERROR_DOMAIN, metadata: { ...error.metadata } };
  const details = [any('ErrorInfo', ErrorInfo.encode(info).finish())];
  if (error.violations.length > 0) {
    const fieldViolations = error.violations
      .slice(0, MAX_VIOLATIONS)
      .map(({ field, description }) => ({ field, description }));
    details.push(any('BadRequest', BadRequest.encode(BadRequest.fromPartial({ fieldViolations })).finish()));
  }
  const resource = RESOURCES[error.reason];
  if (resource) {
    const resourceName = error.metadata[resource.key] ?? '';
    const description = error.message;
    details.push(
      any(
        'ResourceInfo',
        ResourceInfo.encode({ resourceType: resource.type, resourceName, owner: '', description }).finish(),
      ),
    );
  }
  if (error.retryAfterMs !== undefined) {
    const seconds = BigInt(Math.floor(error.retryAfterMs / 1000));
    const nanos = Math.round(error.retryAfterMs % 1000) * 1_000_000;
    details.push(any('RetryInfo', RetryInfo.encode({ retryDelay: { seconds, nanos } }).finish()));
  }
  return details;
}

const RESOURCES: Partial<Record<Reason, { type: string; key: string }>> = {
  TASK_NOT_FOUND: { type: 'k8scli.v1.Task', key: 'task_id' },
  VOLUME_NOT_FOUND: { type: 'k8scli.v1.Volume', key: 'volume_id' },
  VOLUME_EXISTS: { type: 'k8scli.v1.Volume', key: 'volume_id' },
};

function any(name: string, value: Uint8Array): AnyMessage {
  return { typeUrl: `type.googleapis.com/google.rpc.${name}`, value };
}
