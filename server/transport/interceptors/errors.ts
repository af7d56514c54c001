/** Whatever a handler throws becomes a status. */

import type { AnyHandler, CallContext } from '../../../bridge/handler.js';
import { TaskError } from '../../domain/errors.js';
import { toStatusError } from '../status.js';

/** Told of an error that nobody foresaw, with the id that the caller got. */
export type Report = (method: string, id: string, error: unknown) => void;

/** Turns errors into statuses; `streams` are the methods that answer with a stream. */
export function errors(streams: ReadonlySet<string>, report: Report): (next: AnyHandler) => AnyHandler {
  const convert = (context: CallContext, error: unknown): unknown => {
    const cause = context.signal.aborted ? whyAborted(context) : error;
    return toStatusError(cause, (id, unforeseen) => report(context.method, id, unforeseen));
  };

  async function answer(next: AnyHandler, request: unknown, context: CallContext): Promise<unknown> {
    try {
      return await (next(request, context) as Promise<unknown>);
    } catch (error) {
      throw convert(context, error);
    }
  }

  async function* stream(
    next: AnyHandler,
    request: unknown,
    context: CallContext,
  ): AsyncGenerator<unknown, void, undefined> {
    try {
      yield* next(request, context) as AsyncIterable<unknown>;
    } catch (error) {
      throw convert(context, error);
    }
    // A stream that was ended from outside says so: its reader must not take this for the end of what there is.
    if (context.signal.aborted) throw convert(context, undefined);
  }

  return (next) => (request, context) =>
    streams.has(context.method) ? stream(next, request, context) : answer(next, request, context);
}

function whyAborted(context: CallContext): unknown {
  const reason: unknown = context.signal.reason;
  if (reason instanceof TaskError) return reason;
  if (reason instanceof DOMException && reason.name === 'TimeoutError') {
    return new TaskError('DEADLINE_EXCEEDED', 'the deadline of the call has passed');
  }
  return new TaskError('CLIENT_GONE', 'the caller has gone');
}
