import type { Metadata, ServiceError } from '@grpc/grpc-js';
import { BadRequest, ErrorInfo, ResourceInfo, RetryInfo } from '../gen/google/rpc/error_details.js';
import { Status } from '../gen/google/rpc/status.js';
import { ClientError, type ErrorDetail, GRPC_CODE_NAMES, type GrpcCode } from './errors.js';

/** Details of a failed call: all of them, and those that this client makes use of. */
interface Decoded {
  readonly all: ErrorDetail[];
  info?: ErrorInfo;
  badRequest?: BadRequest;
  retryInfo?: RetryInfo;
}

/** How a system error that kept us from connecting is said to people. */
const CONNECT_FAILURES: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/ECONNREFUSED/, 'connection refused'],
  [/ENOTFOUND|EAI_AGAIN|Name resolution failed/, 'the host name cannot be resolved'],
  [/EHOSTUNREACH|ENETUNREACH|EHOSTDOWN/, 'no route to the host'],
  [/ETIMEDOUT/, 'the connection timed out'],
  [/Protocol error/, 'what listens there does not speak gRPC'],
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
  const { all: details, info, badRequest, retryInfo } = decodeDetails(error.metadata);
  const delay = retryInfo?.retryDelay;
  return new ClientError(error.details || error.message, {
    code,
    details,
    reason: info?.reason || undefined,
    metadata: info?.metadata,
    violations: badRequest?.fieldViolations.map(({ field, description }) => ({ field, description })),
    retryDelayMs: delay && Number(delay.seconds) * 1000 + delay.nanos / 1e6,
    unreachable: code === 'UNAVAILABLE' && details.length === 0 ? connectFailure(error.details) : undefined,
    cause: error,
  });
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' && 'details' in error;
}

function decodeDetails(metadata: Metadata | undefined): Decoded {
  const decoded: Decoded = { all: [] };
  const [packed] = metadata?.get('grpc-status-details-bin') ?? [];
  if (!(packed instanceof Uint8Array)) return decoded;
  try {
    for (const { typeUrl, value } of Status.decode(packed).details) {
      const type = typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
      decoded.all.push({ type, value: decodeDetail(decoded, type, value) });
    }
  } catch {
    // Details only add to code and message; a proxy that mangled them must not hide those two.
  }
  return decoded;
}

function decodeDetail(decoded: Decoded, type: string, value: Uint8Array): unknown {
  switch (type) {
    case 'google.rpc.ErrorInfo':
      return (decoded.info = ErrorInfo.decode(value));
    case 'google.rpc.BadRequest':
      return (decoded.badRequest = BadRequest.decode(value));
    case 'google.rpc.RetryInfo':
      return (decoded.retryInfo = RetryInfo.decode(value));
    case 'google.rpc.ResourceInfo':
      return ResourceInfo.decode(value);
    default:
      return value;
  }
}

function connectFailure(text: string): string | undefined {
  const prefix = 'No connection established. Last error: ';
  const known = CONNECT_FAILURES.find(([pattern]) => pattern.test(text));
  if (known) return known[1];
  // The rest is a time and a note on name resolution that helps nobody.
  return text.startsWith(prefix) ? text.slice(prefix.length).replace(/ \(\d{4}-.*$/s, '') : undefined;
}
