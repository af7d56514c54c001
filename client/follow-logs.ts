import type { StreamTaskLogsRequest, StreamTaskLogsResponse } from '../gen/k8scli/v1/task_service.js';
import { toDuration } from './duration.js';
import { ClientError } from './errors.js';
import { backoffMs, cancelled, isLostConnection, type RetryPolicy, sleep } from './retry.js';

/** What of a task's log is wanted. */
export interface LogSelection {
  /** Go on until every node has ended. Default: true. */
  readonly follow?: boolean | undefined;
  /** Only the last so many lines of each node, then what follows. Default: all. */
  readonly tail?: number | undefined;
  /** Only lines younger than this, in seconds. Default: all. */
  readonly sinceSeconds?: number | undefined;
  /** Only these nodes. Default: all. */
  readonly nodes?: readonly number[] | undefined;
}

/** A lost connection that is about to be made again. */
export interface Reconnect {
  /** 1 for the first try since something was received. */
  readonly attempt: number;
  /** Time until the try, in milliseconds. */
  readonly delayMs: number;
  /** What ended the stream. */
  readonly error: ClientError;
}

/** Is told of each lost connection before it is made again, which waits for what it returns. */
export type OnReconnect = (reconnect: Reconnect) => unknown;

/** How a followed log survives lost connections. */
export interface FollowOptions extends LogSelection {
  /** Give up after so long without a message, in milliseconds. Default: 5 minutes. */
  readonly patienceMs?: number | undefined;
  /** A stream that brings nothing for so long, heartbeats included, counts as lost. Default: 60 s (four heartbeats). */
  readonly silenceMs?: number | undefined;
  /** Waits between tries; `attempts` is not used. */
  readonly backoff?: RetryPolicy | undefined;
  /** Called, and waited for, before each reconnection. */
  readonly onReconnect?: OnReconnect | undefined;
}

/** Opens one stream of log messages. */
export type OpenLogStream = (
  request: StreamTaskLogsRequest,
  signal: AbortSignal,
) => AsyncIterable<StreamTaskLogsResponse>;

/** Of everything that is followed: give up after so long, and wait so between tries. */
export const DEFAULT_PATIENCE_MS = 5 * 60_000;
export const DEFAULT_BACKOFF: RetryPolicy = { attempts: Number.POSITIVE_INFINITY, baseMs: 200, maxMs: 3_000 };
const DEFAULT_SILENCE_MS = 60_000;

/**
 * Reads a task's log to its summary, which is always the last message. When the connection is lost, or the stream ends
 * without a summary, it goes on behind the last message that carried a resume token. Throws a ClientError: what the server
 * refused, CANCELLED when aborted, or UNAVAILABLE with reason LOG_STREAM_LOST when patience has run out.
 */
export async function* followTaskLogs(
  open: OpenLogStream,
  taskId: string,
  options: FollowOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<StreamTaskLogsResponse, void, undefined> {
  const patienceMs = options.patienceMs ?? DEFAULT_PATIENCE_MS;
  const silenceMs = options.silenceMs ?? DEFAULT_SILENCE_MS;
  const request = { ...toRequest(taskId, options) };
  let progressAt = performance.now();
  let attempt = 0;
  for (;;) {
    let lost: ClientError;
    try {
      for await (const message of unlessSilent(open, request, silenceMs, signal)) {
        attempt = 0;
        if (message.resumeToken !== '') request.resumeToken = message.resumeToken;
        yield message;
        if (message.summary !== undefined) return;
        // After the yield: the time a slow reader took is not time without progress.
        progressAt = performance.now();
      }
      lost = new ClientError('the log stream ended before the log did', { code: 'UNAVAILABLE' });
    } catch (error) {
      if (signal?.aborted || !isLostConnection(error)) throw error;
      lost = error;
    }
    attempt++;
    const delayMs = backoffMs(options.backoff ?? DEFAULT_BACKOFF, attempt);
    if (performance.now() + delayMs - progressAt > patienceMs) {
      throw new ClientError(`the log stream was lost and could not be resumed: ${lost.message}`, {
        code: 'UNAVAILABLE',
        reason: 'LOG_STREAM_LOST',
        unreachable: lost.unreachable,
        cause: lost,
      });
    }
    await options.onReconnect?.({ attempt, delayMs, error: lost });
    await sleep(delayMs, signal);
  }
}

function toRequest(taskId: string, selection: LogSelection): StreamTaskLogsRequest {
  const { sinceSeconds } = selection;
  return {
    taskId,
    follow: selection.follow ?? true,
    tail: selection.tail,
    since: toDuration(sinceSeconds),
    timestamps: false,
    node: [...(selection.nodes ?? [])],
    resumeToken: '',
  };
}

/** Passes a stream on; cancels it and throws UNAVAILABLE when a message takes longer than `silenceMs` to come. */
async function* unlessSilent(
  open: OpenLogStream,
  request: StreamTaskLogsRequest,
  silenceMs: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<StreamTaskLogsResponse, void, undefined> {
  const silence = new AbortController();
  const either = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal;
  const messages = open({ ...request }, either)[Symbol.asyncIterator]();
  const next = async (): Promise<IteratorResult<StreamTaskLogsResponse, unknown>> => {
    const timer = setTimeout(() => silence.abort(), silenceMs);
    try {
      return await messages.next();
    } catch (error) {
      if (signal?.aborted) throw cancelled(signal.reason);
      if (!silence.signal.aborted) throw error;
      throw new ClientError(`nothing was received for ${silenceMs / 1000} s`, { code: 'UNAVAILABLE', cause: error });
    } finally {
      clearTimeout(timer);
    }
  };
  try {
    for (let result = await next(); !result.done; result = await next()) yield result.value;
  } finally {
    await messages.return?.();
  }
}
