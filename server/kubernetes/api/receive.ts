/**
 * One HTTP request whose answer is taken piece by piece. Made of undici's events instead of its `request`, which makes a stream of every
 * answer: the largest ones come in tens of thousands of pieces.
 */

import type { Dispatcher } from 'undici';
import { TURN_MS } from '../../in-turns.js';
import type { AnswerHead } from './answer-reader.js';
import type { Limit } from './limit.js';

/** Who takes the body of an answer, piece by piece. May throw, which ends the request. */
export interface Taker {
  take(piece: Buffer): void;
}

/**
 * Sends a request and has the body taken by what `begin` gives for the answer, which then is answered. While much comes, everybody else
 * has turns. Rejects with undici's error, at once with the reason of the limit, or with what the taker throws.
 */
export function receive<T extends Taker>(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  limit: Limit,
  begin: (head: AnswerHead) => T,
): Promise<[AnswerHead, T]> {
  return new Promise((resolve, reject) => {
    if (limit.reason) {
      reject(limit.reason.error);
      return;
    }
    let controller: Dispatcher.DispatchController | undefined;
    let begun: [AnswerHead, T] | undefined;
    let turnBeganMs: number | undefined;
    limit.whenOver((error) => {
      // A request that waits for a connection has no controller yet; it is dropped when its turn comes.
      controller?.abort(error as Error);
      reject(error);
    });
    dispatcher.dispatch(options, {
      onRequestStart(started) {
        controller = started;
        if (limit.reason) started.abort(limit.reason.error as Error);
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
        if (begun) resolve(begun);
      },
      onResponseError(_controller, error) {
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
