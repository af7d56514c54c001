/**
 * One HTTP request and its whole answer. Made of undici's events instead of its `request`, which makes a stream of every
 * answer: for the small ones of the Kubernetes API that costs half as much again as everything else, and the largest ones come in tens
 * of thousands of pieces.
 */

import { setMaxListeners } from 'node:events';
import type { Dispatcher } from 'undici';
import { TURN_MS } from '../../in-turns.js';

/** The beginning of an answer. */
export interface AnswerHead {
  readonly statusCode: number;
  readonly headers: Dispatcher.ResponseData['headers'];
}

/** An answer that was read to its end. */
export interface Answer extends AnswerHead {
  readonly body: Buffer;
}

/** Who takes the body of an answer, piece by piece. May throw, which ends the request. */
export interface Taker {
  take(piece: Buffer): void;
}

/** What ends an exchange before it is over. */
export interface Limits {
  readonly signal?: AbortSignal | undefined;
  /** When it has taken too long, as `performance.now()` tells the time. */
  readonly untilMs?: number;
}

/** Sends a request and reads the answer. Rejects with undici's error, or at once with the signal's reason or a TimeoutError. */
export async function exchange(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  limits: Limits,
): Promise<Answer> {
  const [{ statusCode, headers }, body] = await receive(dispatcher, options, limits, () => new WholeBody());
  return { statusCode, headers, body: body.bytes() };
}

/**
 * Sends a request and has the body taken by what `begin` gives for the answer, which then is answered. Everybody else has a turn
 * whenever taking it has taken a while. Rejects as {@link exchange}, or with what the taker throws.
 */
export function receive<T extends Taker>(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  { signal, untilMs }: Limits,
  begin: (head: AnswerHead) => T,
): Promise<[AnswerHead, T]> {
  return new Promise((resolve, reject) => {
    const leftMs = untilMs === undefined ? undefined : untilMs - performance.now();
    const tooLong = (): Error => new DOMException('the request took too long', 'TimeoutError');
    if (signal?.aborted || (leftMs ?? 1) <= 0) {
      reject(signal?.aborted ? (signal.reason as Error) : tooLong());
      return;
    }
    let controller: Dispatcher.DispatchController | undefined;
    let begun: [AnswerHead, T] | undefined;
    /** By what was taken since everybody else was last given a turn. */
    let tookMs = 0;
    let givenUp: Error | undefined;
    const giveUp = (reason: Error): void => {
      givenUp = reason;
      // A request that waits for a connection has no controller yet; it is dropped when its turn comes.
      controller?.abort(reason);
      end();
      reject(reason);
    };
    const onAbort = (): void => giveUp(signal?.reason as Error);
    const timer = leftMs === undefined ? undefined : setTimeout(() => giveUp(tooLong()), leftMs);
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    // As many requests at a time as a caller likes are made under one signal.
    if (signal) setMaxListeners(0, signal);
    signal?.addEventListener('abort', onAbort);
    dispatcher.dispatch(options, {
      onRequestStart(started) {
        controller = started;
        if (givenUp) started.abort(givenUp);
      },
      onResponseStart(_controller, statusCode, headers) {
        const head = { statusCode, headers };
        begun = [head, begin(head)];
      },
      onResponseData(flow, piece) {
        const beganMs = performance.now();
        begun?.[1].take(piece);
        tookMs += performance.now() - beganMs;
        if (tookMs < TURN_MS) return;
        flow.pause();
        setImmediate(() => {
          tookMs = 0;
          flow.resume();
        });
      },
      onResponseEnd() {
        end();
        if (begun) resolve(begun);
      },
      onResponseError(_controller, error) {
        end();
        reject(error);
      },
    });
  });
}

/** Keeps the pieces. */
export class WholeBody implements Taker {
  readonly #pieces: Buffer[] = [];

  take(piece: Buffer): void {
    this.#pieces.push(piece);
  }

  /** All of them together. */
  bytes(): Buffer {
    const [first] = this.#pieces;
    return this.#pieces.length === 1 && first ? first : Buffer.concat(this.#pieces);
  }
}
