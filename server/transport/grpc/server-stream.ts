/** A neutral handler of a server-streaming method as a method of grpc-js, with back-pressure. */

import type { handleServerStreamingCall, ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';
import type { AnyHandler } from '../../../bridge/handler.js';
import { written } from '../../../bridge/written.js';
import { contextOf } from './context.js';
import { grpcError } from './error.js';

type StreamCall = ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>;

/** Writes a message down. */
export type Encode = (message: unknown) => Buffer;

/** One is on its way while the next one is made. */
const MAX_WAITING = 2;

/** Serves a server-streaming method, whose definition takes messages that are encoded. */
export function serverStream(handler: AnyHandler, encode: Encode): handleServerStreamingCall<unknown, unknown> {
  return (call) => answerStream(call, handler, encode, call.request);
}

/** Answers with the handler's stream. A slow reader slows the handler: nothing is produced that cannot be sent. */
export function answerStream(call: StreamCall, handler: AnyHandler, encode: Encode, request: unknown): void {
  const { context, trailer } = contextOf(call);
  const stream = handler(request, context) as AsyncIterable<unknown>;
  send(call, stream, encode, context.signal).then(
    () => call.end(trailer()),
    (error: unknown) => {
      // Of a cancelled call nobody hears the error any more.
      if (!call.cancelled) call.emit('error', grpcError(error, trailer()));
    },
  );
}

async function send(
  call: StreamCall,
  stream: AsyncIterable<unknown>,
  encode: Encode,
  signal: AbortSignal,
): Promise<void> {
  const room = new Room(signal);
  for await (const message of stream) {
    if (signal.aborted) return;
    // Encoded before its turn comes: it waits as bytes then, and what it was made of does not wait with it.
    call.write(encode(message), room.take());
    written(message);
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
