/**
 * One HTTP request and its whole answer. Made of undici's events instead of its `request`, which makes a stream of every
 * answer: for the small ones of the Kubernetes API that costs half as much again as everything else, and the largest ones come in tens
 * of thousands of pieces.
 */

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

/** Sends a request and reads the answer. Rejects with undici's error, or at once with the signal's reason. */
export async function exchange(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  signal: AbortSignal,
): Promise<Answer> {
  const [head, body] = await receive(dispatcher, options, signal, () => new WholeBody());
  return { ...head, body: body.bytes() };
}

/**
 * Sends a request and has the body taken by what `begin` gives for the answer, which then is answered. While much comes, everybody else
 * has turns. Rejects as {@link exchange}, or with what the taker throws.
 */
export function receive<T extends Taker>(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  signal: AbortSignal,
  begin: (head: AnswerHead) => T,
): Promise<[AnswerHead, T]> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    let controller: Dispatcher.DispatchController | undefined;
    let begun: [AnswerHead, T] | undefined;
    let turnBeganMs: number | undefined;
    const onAbort = (): void => {
      // A request that waits for a connection has no controller yet; it is dropped when its turn comes.
      controller?.abort(signal.reason as Error);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    dispatcher.dispatch(options, {
      onRequestStart(started) {
        controller = started;
        if (signal.aborted) started.abort(signal.reason as Error);
      },
      onResponseStart(_controller, statusCode, headers) {
        const head = { statusCode, headers };
        begun = [head, begin(head)];
      },
      onResponseData(flow, piece) {
        if (turnBeganMs === undefined) {
          turnBeganMs = performance.now();
          setImmediate(() => {
            turnBeganMs = undefined;
            if (flow.paused) flow.resume();
          });
        }
        begun?.[1].take(piece);
        if (performance.now() - turnBeganMs >= TURN_MS) flow.pause();
      },
      onResponseEnd() {
        signal.removeEventListener('abort', onAbort);
        if (begun) resolve(begun);
      },
      onResponseError(_controller, error) {
        signal.removeEventListener('abort', onAbort);
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
