/** When a request has to end: after a time, or with its caller's signal. */

import { setMaxListeners } from 'node:events';

/** Told to whoever works on the request at the moment. An AbortSignal of their own would cost small requests more than all the rest. */
export class Limit {
  readonly #timer: NodeJS.Timeout;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#pass(this.#signal?.reason);
  #reason: { readonly error: unknown } | undefined;
  #stop: ((error: unknown) => void) | undefined;

  constructor(ms: number, signal: AbortSignal | undefined) {
    this.#signal = signal;
    this.#timer = setTimeout(() => this.#pass(new DOMException('the request took too long', 'TimeoutError')), ms);
    if (signal === undefined) return;
    if (signal.aborted) this.#onAbort();
    // As many requests at a time as a caller likes are made under one signal.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Why the request has to end; undefined while it may go on. */
  get reason(): { readonly error: unknown } | undefined {
    return this.#reason;
  }

  /** Calls `stop` when the request has to end, at once where it has to already; nobody who was to be called before. */
  whenOver(stop: (error: unknown) => void): void {
    this.#stop = stop;
    if (this.#reason) stop(this.#reason.error);
  }

  /** The request has ended by itself. */
  end(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#stop = undefined;
  }

  #pass(error: unknown): void {
    if (this.#reason) return;
    this.#reason = { error };
    this.#stop?.(error);
  }
}
