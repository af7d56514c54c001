/** Streams end when the server does, and say that it is not the end of what there is. Other calls are let finish. */

import { setMaxListeners } from 'node:events';
import type { AnyHandler, CallContext } from '../../../bridge/handler.js';
import { TaskError } from '../../domain/errors.js';

/** Ends streams with UNAVAILABLE when `stopping` is aborted, so that their readers go on at another replica. */
export function draining(streams: ReadonlySet<string>, stopping: AbortSignal): (next: AnyHandler) => AnyHandler {
  // One for each open stream, gone with it: Node would take more than ten for a leak.
  setMaxListeners(0, stopping);
  return (next) => (request, context) =>
    streams.has(context.method) ? untilStopped(next, request, context, stopping) : next(request, context);
}

async function* untilStopped(
  next: AnyHandler,
  request: unknown,
  context: CallContext,
  stopping: AbortSignal,
): AsyncGenerator<unknown, void, undefined> {
  const stop = new AbortController();
  const onStop = (): void =>
    stop.abort(new TaskError('SERVER_STOPPING', 'the server is stopping; connect again', { retryAfterMs: 500 }));
  if (stopping.aborted) onStop();
  stopping.addEventListener('abort', onStop, { once: true });
  try {
    const signal = AbortSignal.any([context.signal, stop.signal]);
    yield* next(request, withSignal(context, signal)) as AsyncIterable<unknown>;
  } finally {
    stopping.removeEventListener('abort', onStop);
  }
}

function withSignal(context: CallContext, signal: AbortSignal): CallContext {
  const { method, metadata, peer, deadline } = context;
  return {
    method,
    metadata,
    peer,
    deadline,
    signal,
    sendHeader: (header) => context.sendHeader(header),
    setTrailer: (trailer) => context.setTrailer(trailer),
  };
}
