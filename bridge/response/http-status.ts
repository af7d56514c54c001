import { Code } from '../status.js';

const HTTP_STATUS: ReadonlyMap<number, number> = new Map<number, number>([
  [Code.OK, 200],
  [Code.CANCELLED, 499],
  [Code.UNKNOWN, 500],
  [Code.INVALID_ARGUMENT, 400],
  [Code.DEADLINE_EXCEEDED, 504],
  [Code.NOT_FOUND, 404],
  [Code.ALREADY_EXISTS, 409],
  [Code.PERMISSION_DENIED, 403],
  [Code.RESOURCE_EXHAUSTED, 429],
  [Code.FAILED_PRECONDITION, 400],
  [Code.ABORTED, 409],
  [Code.OUT_OF_RANGE, 400],
  [Code.UNIMPLEMENTED, 501],
  [Code.INTERNAL, 500],
  [Code.UNAVAILABLE, 503],
  [Code.DATA_LOSS, 500],
  [Code.UNAUTHENTICATED, 401],
]);

/** HTTP status of a gRPC code, as the gateway maps it; 500 for codes that gRPC does not define. */
export function httpStatus(code: number): number {
  return HTTP_STATUS.get(code) ?? 500;
}
