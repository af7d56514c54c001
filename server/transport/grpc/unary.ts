/** A neutral handler of a unary method as a method of grpc-js. */

import type { handleUnaryCall } from '@grpc/grpc-js';
import type { AnyHandler } from '../../../bridge/handler.js';
import { contextOf } from './context.js';
import { grpcError } from './error.js';

/** Serves a unary method. */
export function unary(handler: AnyHandler): handleUnaryCall<unknown, unknown> {
  return (call, callback) => {
    const { context, trailer, answered } = contextOf(call);
    (handler(call.request, context) as Promise<unknown>).finally(answered).then(
      (response) => callback(null, response, trailer()),
      (error: unknown) => callback(grpcError(error, trailer())),
    );
  };
}
