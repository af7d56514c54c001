/** Canonical gRPC status codes (google.rpc.Code). */
export const Code = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;
export type Code = (typeof Code)[keyof typeof Code];

/** A `google.protobuf.Any`: the type URL and the encoded message. */
export interface AnyMessage {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/** The one error that every transport understands: a `google.rpc.Status` on its way to the caller. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  /** Numbers outside {@link Code} are legal on the wire and are passed on. */
  readonly code: number;
  readonly details: readonly AnyMessage[];

  constructor(code: number, message: string, details: readonly AnyMessage[] = [], options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}

/** What is answered to a message that is too large. The size is what came so far. */
export function tooLarge(size: number, maxBytes: number): StatusError {
  return new StatusError(Code.RESOURCE_EXHAUSTED, `grpc: received message larger than max (${size} vs. ${maxBytes})`);
}
