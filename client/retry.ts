import { setTimeout as delay } from 'node:timers/promises';
import { ClientError, isClientError } from './errors.js';

/** How often and how patiently a call is repeated. */
export interface RetryPolicy {
  /** Tries in all, the first one included. */
  readonly attempts: number;
  /** Wait before the second try, in milliseconds; doubles with each further one. */
  readonly baseMs: number;
  /** Longest wait, in milliseconds. */
  readonly maxMs: number;
}

/** Some one second in all: enough for a server that is being restarted, short enough for a person who forgot to start it. */
export const DEFAULT_RETRY: RetryPolicy = { attempts: 4, baseMs: 150, maxMs: 2_000 };

/** Wait before try number `attempt` (1 is the first repetition), in milliseconds: half of it fixed, half of it random. */
export function backoffMs(policy: RetryPolicy, attempt: number, random: () => number = Math.random): number {
  const full = Math.min(policy.maxMs, policy.baseMs * 2 ** (attempt - 1));
  return full / 2 + (full / 2) * random();
}

/**
 * Runs `call`, which may be repeated, until it succeeds, fails although its connection was not lost, or the policy or `deadlineMs` (time
 * of `performance.now()`) is exhausted; then throws what it failed with last, or last when it may have had an effect. `onRetry` is told
 * before each wait. A try that runs out of time is DEADLINE_EXCEEDED, with what the one before it was told.
 */
export async function withRetry<T>(
  policy: RetryPolicy,
  deadlineMs: number,
  signal: AbortSignal | undefined,
  call: () => Promise<T>,
  onRetry: (error: ClientError) => void = () => {},
): Promise<T> {
  // Of the tries before: why the server could not, and what may have had its effect.
  let refused: ClientError | undefined;
  let unsure: ClientError | undefined;
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      // Why there was no answer before says more than that there was no time left for another one.
      if (error.code === 'DEADLINE_EXCEEDED' && refused)
        throw new ClientError(refused.message, { code: error.code, cause: error });
      if (signal?.aborted || !isLostConnection(error)) throw error;
      if (error.unreachable === undefined) refused = error;
      if (!error.isHarmless) unsure = error;
      // A try that was cut off may have had its effect; one that found nobody later must not hide that.
      const failure = unsure ?? error;
      if (attempt >= policy.attempts) throw failure;
      const waitMs = Math.max(backoffMs(policy, attempt), Math.min(error.retryDelayMs ?? 0, policy.maxMs));
      if (performance.now() + waitMs >= deadlineMs) throw failure;
      onRetry(error);
      await sleep(waitMs, signal);
    }
  }
}

/** A deletion that may be repeated: what is not found after a try that may have had its effect is gone by that, and `done` is returned. */
export function goneIsDone<T>(call: () => Promise<T>, done: T): () => Promise<T> {
  let unsure = false;
  return async () => {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      if (unsure && error.code === 'NOT_FOUND') return done;
      unsure ||= !error.isHarmless;
      throw error;
    }
  };
}

/** A stop of many that may be repeated: what it answers says so where an earlier try may have stopped others, which it does not count. */
export function besidesEarlier<T extends { readonly message: string }>(call: () => Promise<T>): () => Promise<T> {
  let unsure = false;
  return async () => {
    try {
      const answer = await call();
      return unsure
        ? { ...answer, message: `${answer.message}, besides those that earlier tries may have stopped` }
        : answer;
    } catch (error) {
      unsure ||= error instanceof ClientError && !error.isHarmless;
      throw error;
    }
  };
}

/**
 * Whether a call ended because its connection was lost. Besides UNAVAILABLE: grpc-js reports a connection that broke under a call
 * as INTERNAL, and a proxy, or a server that is shut down by force, resets its streams, which reads as CANCELLED. So does what the
 * caller cancelled: only the caller can tell.
 */
export function isLostConnection(error: unknown): error is ClientError {
  if (!isClientError(error)) return false;
  if (error.code === 'UNAVAILABLE' || error.code === 'CANCELLED') return true;
  return error.code === 'INTERNAL' && /RST_STREAM|ECONNRESET/.test(error.message);
}

/** Waits; throws a ClientError with code CANCELLED as soon as the signal is aborted. */
export async function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    throw cancelled(error);
  }
}

/** The error of a call that its caller gave up. */
export function cancelled(cause?: unknown): ClientError {
  return new ClientError('the call was cancelled', { code: 'CANCELLED', cause });
}
