import type { Metadata, ServiceError } from '@grpc/grpc-js';
import {
  BadRequest,
  ErrorInfo,
  Help,
  PreconditionFailure,
  ResourceInfo,
  RetryInfo,
} from '../gen/google/rpc/error_details.js';
import { Status } from '../gen/google/rpc/status.js';
import { ClientError, type ErrorDetail, GRPC_CODE_NAMES, type GrpcCode } from './errors.js';

const DETAIL_TYPES: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  'google.rpc.BadRequest': (bytes) => BadRequest.decode(bytes),
  'google.rpc.ErrorInfo': (bytes) => ErrorInfo.decode(bytes),
  'google.rpc.Help': (bytes) => Help.decode(bytes),
  'google.rpc.PreconditionFailure': (bytes) => PreconditionFailure.decode(bytes),
  'google.rpc.ResourceInfo': (bytes) => ResourceInfo.decode(bytes),
  'google.rpc.RetryInfo': (bytes) => RetryInfo.decode(bytes),
};

/** How a system error that kept us from connecting is said to people. */
const CONNECT_FAILURES: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/ECONNREFUSED/, 'connection refused'],
  [/ENOTFOUND|EAI_AGAIN|Name resolution failed/, 'the host name cannot be resolved'],
  [/EHOSTUNREACH|ENETUNREACH|EHOSTDOWN/, 'no route to the host'],
  [/ETIMEDOUT/, 'the connection timed out'],
  [/certificate|CERT_|SELF_SIGNED/i, 'its certificate is not trusted'],
  [/WRONG_VERSION_NUMBER|wrong version number/, 'it does not speak TLS; use http:// instead of https://'],
];

/** Turns whatever a gRPC call failed with into a ClientError; a ClientError is returned as it is. */
export function toClientError(error: unknown): ClientError {
  if (error instanceof ClientError) return error;
  if (!isServiceError(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return new ClientError(message, { code: 'UNKNOWN', cause: error });
  }
  const code: GrpcCode = GRPC_CODE_NAMES[error.code] ?? 'UNKNOWN';
  const details = decodeDetails(error.metadata);
  const info = find<ErrorInfo>(details, 'google.rpc.ErrorInfo');
  const delay = find<RetryInfo>(details, 'google.rpc.RetryInfo')?.retryDelay;
  return new ClientError(error.details || error.message, {
    code,
    details,
    reason: info?.reason || undefined,
    metadata: info?.metadata,
    violations: find<BadRequest>(details, 'google.rpc.BadRequest')?.fieldViolations.map(({ field, description }) => ({
      field,
      description,
    })),
    retryDelayMs: delay && Number(delay.seconds) * 1000 + delay.nanos / 1e6,
    unreachable: code === 'UNAVAILABLE' && details.length === 0 ? connectFailure(error.details) : undefined,
    cause: error,
  });
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' && 'details' in error;
}

function decodeDetails(metadata: Metadata | undefined): ErrorDetail[] {
  const [packed] = metadata?.get('grpc-status-details-bin') ?? [];
  if (!(packed instanceof Uint8Array)) return [];
  try {
    return Status.decode(packed).details.map(({ typeUrl, value }) => {
      const type = typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
      return { type, value: DETAIL_TYPES[type]?.(value) ?? value };
    });
  } catch {
    // Details only add to code and message; a proxy that mangled them must not hide those two.
    return [];
  }
}

function find<T>(details: readonly ErrorDetail[], type: string): T | undefined {
  return details.find((detail) => detail.type === type)?.value as T | undefined;
}

function connectFailure(text: string): string | undefined {
  const prefix = 'No connection established. Last error: ';
  const known = CONNECT_FAILURES.find(([pattern]) => pattern.test(text));
  if (known) return known[1];
  return text.startsWith(prefix) ? text.slice(prefix.length) : undefined;
}
