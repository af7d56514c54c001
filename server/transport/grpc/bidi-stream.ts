/** A neutral handler of a method with streams both ways as a method of grpc-js, with back-pressure both ways. */

import { on } from 'node:events';
import type { handleBidiStreamingCall, ServerDuplexStream } from '@grpc/grpc-js';
import type { AnyHandler } from '../../../bridge/handler.js';
import { answerStream, type Encode } from './server-stream.js';

/** Serves a method with a stream of requests and a stream of responses, whose definition takes messages that are encoded. */
export function bidiStream(handler: AnyHandler, encode: Encode): handleBidiStreamingCall<unknown, unknown> {
  return (call) => answerStream(call, handler, encode, requestsOf(call));
}

/**
 * Requests as they come. The stream's own iterator would destroy the call when it fails or is left, and with it the status that is
 * to be sent.
 */
async function* requestsOf(call: ServerDuplexStream<unknown, unknown>): AsyncGenerator<unknown, void, undefined> {
  const options = { close: ['end', 'close'], highWaterMark: 16, lowWaterMark: 4 };
  for await (const [request] of on(call, 'data', options) as AsyncIterable<[unknown]>) yield request;
}
