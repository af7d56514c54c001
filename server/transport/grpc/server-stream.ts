/** A neutral handler of a server-streaming method as a method of grpc-js, with back-pressure. */

import type { handleServerStreamingCall, ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';
import type { AnyHandler } from '../../../bridge/handler.js';
import { contextOf } from './context.js';
import { grpcError } from './error.js';

type StreamCall = ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>;

/** One is on its way while the next one is made. */
const MAX_WAITING = 2;

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
  const room = new Room(signal);
  for await (const message of stream) {
    if (signal.aborted) return;
    call.write(message, room.take());
    await room.free();
  }
}

/** How much may wait to be sent. The stream itself would take sixteen messages, whatever their size. */
class Room {
  readonly #signal: AbortSignal;
  #waiting = 0;
  #wake = (): void => {};

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake(), { once: true });
  }

  /** One more message waits, until the returned function is called. */
  take(): () => void {
    this.#waiting += 1;
    return () => {
      this.#waiting -= 1;
      this.#wake();
    };
  }

  /** Resolves when the next message may be made, or the call is over. */
  async free(): Promise<void> {
    while (this.#waiting >= MAX_WAITING && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
