/** One call, as its handler sees it. */

import type { CallContext } from './handler.js';
import type { Metadata } from './metadata.js';
import { Code, StatusError } from './status.js';

/** Longest time that a Node timer can wait. */
const MAX_TIMER_MS = 0x7fffffff;
/** Latest Date there is. */
const MAX_DATE_MS = 8.64e15;

/** What a call is made of. */
export interface CallOptions {
  readonly method: string;
  readonly metadata: Metadata;
  readonly peer: string;
  readonly timeoutMs: number | undefined;
}

/** A call that came over HTTP. It ends once: by {@link finish}, or by {@link abort} and its deadline before that. */
export class Call implements CallContext {
  readonly method: string;
  readonly metadata: Metadata;
  readonly peer: string;
  readonly deadline: Date | undefined;
  /** Header metadata of the handler; undefined until it sends some. */
  header: Metadata | undefined;
  /** Trailer metadata of the handler; undefined until it sets some. */
  trailer: Metadata | undefined;
  readonly #expiresAtMs: number | undefined;
  #controller: AbortController | undefined;
  #reason: StatusError | undefined;
  #finished = false;
  #timer: NodeJS.Timeout | undefined;
  #onAbort: ((reason: StatusError) => void) | undefined;

  constructor(options: CallOptions) {
    this.method = options.method;
    this.metadata = options.metadata;
    this.peer = options.peer;
    const { timeoutMs } = options;
    if (timeoutMs === undefined) return;
    this.#expiresAtMs = performance.now() + timeoutMs;
    this.deadline = new Date(Math.min(Date.now() + timeoutMs, MAX_DATE_MS));
  }

  /** From here on the deadline counts; it may have passed. Until then the request was read, which has limits of its own. */
  begin(): void {
    if (this.#expiresAtMs === undefined || this.ended) return;
    const leftMs = this.#expiresAtMs - performance.now();
    const expire = (): void => this.abort(new StatusError(Code.DEADLINE_EXCEEDED, 'context deadline exceeded'));
    if (leftMs <= 0) expire();
    else if (leftMs <= MAX_TIMER_MS) this.#timer = setTimeout(expire, leftMs);
  }

  /** Made when a handler first asks: most unary ones never do. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#reason) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  sendHeader(metadata: Metadata): void {
    this.header ??= metadata;
  }

  setTrailer(metadata: Metadata): void {
    this.trailer = metadata;
  }

  /** Whether the call has ended. */
  get ended(): boolean {
    return this.#finished || this.#reason !== undefined;
  }

  /** Calls back when the call is aborted, at once when it already is. */
  onAbort(callback: (reason: StatusError) => void): void {
    this.#onAbort = callback;
    if (this.#reason) callback(this.#reason);
  }

  /** Tells the handler and the response that nobody waits any more. */
  abort(reason: StatusError): void {
    if (this.ended) return;
    this.#reason = reason;
    this.#leave();
    this.#controller?.abort(reason);
    this.#onAbort?.(reason);
  }

  /** The response is complete; from here on nothing is aborted. */
  finish(): void {
    this.#finished = true;
    this.#leave();
  }

  #leave(): void {
    clearTimeout(this.#timer);
  }
}
