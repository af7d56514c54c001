import type { RequestBody } from './body.js';
import type { Head } from './head.js';

/** Who is at the other end of a connection. */
export interface Peer {
  /** Empty when the connection has gone. */
  readonly address: string;
  readonly port: number;
}

/** A request, from the moment that its head has come. */
export class HttpRequest {
  readonly head: Head;
  readonly body: RequestBody;
  readonly peer: Peer;
  #gone = false;
  #whenGone: (() => void) | undefined;

  constructor(head: Head, body: RequestBody, peer: Peer) {
    this.head = head;
    this.body = body;
    this.peer = peer;
  }

  /** Nobody waits for the answer any more. */
  get gone(): boolean {
    return this.#gone;
  }

  /** Calls back when nobody waits for the answer any more: at once, when that is so already. One at a time. */
  whenGone(callback: () => void): void {
    this.#whenGone = callback;
    if (this.#gone) callback();
  }

  /** The caller has closed the connection, or its half of it, which counts as much. */
  leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#whenGone?.();
  }
}
