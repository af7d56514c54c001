/** One thing that is wrong with a request, as the server found it. */
export interface FieldViolation {
  /** Path of the field (`resources.cpus`); empty when the whole request is meant. */
  readonly field: string;
  /** What is wrong and how to repair it; for a task file it may begin with `line 3, column 5: `. */
  readonly description: string;
}

/** One packed error detail, decoded when its type is known. */
export interface ErrorDetail {
  /** Full name of the protobuf type, for example google.rpc.ErrorInfo. */
  readonly type: string;
  /** The decoded message, or its bytes when this client does not know the type. */
  readonly value: unknown;
}

/** Names of the gRPC status codes, at the index of their number. */
export const GRPC_CODE_NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

/** Name of a gRPC status code. */
export type GrpcCode = (typeof GRPC_CODE_NAMES)[number];

/** What a ClientError carries beside its message. */
export interface ClientErrorInit {
  readonly code: GrpcCode;
  readonly reason?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly violations?: readonly FieldViolation[] | undefined;
  readonly details?: readonly ErrorDetail[] | undefined;
  readonly retryDelayMs?: number | undefined;
  readonly unreachable?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The one error this client throws, whatever went wrong with a call. An aborted call throws it too, with code CANCELLED.
 * This file imports nothing, so that it can be recognised without loading gRPC.
 */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  /** gRPC code by name. */
  readonly code: GrpcCode;
  /** Machine-readable reason in UPPER_SNAKE, from google.rpc.ErrorInfo. */
  readonly reason: string | undefined;
  /** The dynamic parts of the message, from google.rpc.ErrorInfo. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Everything that is wrong with the request, from google.rpc.BadRequest. */
  readonly violations: readonly FieldViolation[];
  /** All details in the order in which they were sent. */
  readonly details: readonly ErrorDetail[];
  /** How long the server asks to wait before the next try, in milliseconds. */
  readonly retryDelayMs: number | undefined;
  /** Why no connection could be made (for example "connection refused"); unset when the server answered. */
  readonly unreachable: string | undefined;

  constructor(message: string, init: ClientErrorInit) {
    super(message, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = init.code;
    this.reason = init.reason;
    this.metadata = init.metadata ?? {};
    this.violations = init.violations ?? [];
    this.details = init.details ?? [];
    this.retryDelayMs = init.retryDelayMs;
    this.unreachable = init.unreachable;
  }

  /** Whether it is sure that the call had no effect: it reached no server, or the server could not begin. */
  get isHarmless(): boolean {
    return this.unreachable !== undefined || this.metadata['begun'] === 'false';
  }
}

/** Whether something that was thrown is a ClientError, also one of another copy of this module in the same process. */
export function isClientError(error: unknown): error is ClientError {
  return (
    error instanceof ClientError || (error instanceof Error && error.name === 'ClientError' && 'violations' in error)
  );
}
