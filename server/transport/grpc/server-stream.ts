/** A neutral handler of a server-streaming method as a method of grpc-js, with back-pressure. */

import type { handleServerStreamingCall, ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';
import type { AnyHandler } from '../../../bridge/handler.js';
import { contextOf } from './context.js';
import { grpcError } from './error.js';

type StreamCall = ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>;

/** Serves a server-streaming method. */
export function serverStream(handler: AnyHandler): handleServerStreamingCall<unknown, unknown> {
  return (call) => answerStream(call, handler, call.request);
}

/** Answers with the handler's stream. A slow reader slows the handler: nothing is produced that cannot be sent. */
export function answerStream(call: StreamCall, handler: AnyHandler, request: unknown): void {
  const { context, trailer } = contextOf(call);
  const stream = handler(request, context) as AsyncIterable<unknown>;
  send(call, stream, context.signal).then(
    () => call.end(trailer()),
    (error: unknown) => {
      // Of a cancelled call nobody hears the error any more.
      if (!call.cancelled) call.emit('error', grpcError(error, trailer()));
    },
  );
}

async function send(call: StreamCall, stream: AsyncIterable<unknown>, signal: AbortSignal): Promise<void> {
  for await (const message of stream) {
    if (signal.aborted) return;
    if (!call.write(message)) await drained(call, signal);
  }
}

function drained(call: StreamCall, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      call.off('drain', finish);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    call.on('drain', finish);
    signal.addEventListener('abort', finish, { once: true });
  });
}
