/** A kept-alive HTTP/1.1 connection: one request at a time, each with its whole answer. */

import type { Socket } from 'node:net';
import { type Answer, AnswerReader } from './answer-reader.js';
import type { Limit } from './limit.js';

/** An API server that does not say how long it keeps an idle connection keeps it for longer than this. */
const IDLE_MS = 30_000;
/** Closed so much sooner than the other side would: a request that crosses the end of its connection fails. */
const SOONER_MS = 2000;

/** Told what becomes of a connection. */
interface Owner {
  /** It carries nothing, and may carry something. */
  onFree(connection: Connection): void;
  /** It is closed. */
  onGone(connection: Connection): void;
}

/** What is on its way. */
interface Exchange {
  readonly reader: AnswerReader;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** An open connection. */
export class Connection {
  readonly #socket: Socket;
  readonly #owner: Owner;
  #current: Exchange | undefined;
  #kept: Answer['headers'][string];

  constructor(socket: Socket, owner: Owner) {
    this.#socket = socket;
    this.#owner = owner;
    // Who waits for an answer has a timer.
    socket.unref();
    socket.setTimeout(IDLE_MS);
    socket.on('timeout', () => {
      if (this.#current === undefined) socket.destroy();
    });
    socket.on('data', (bytes) => this.#take(bytes));
    socket.on('end', () => this.#end());
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => {
      this.#fail(new Error('the connection was closed before the answer was complete'));
      owner.onGone(this);
    });
  }

  /** Sends a request and reads the answer. Only for a connection that is free. Rejects when it breaks off, or the limit is over. */
  carry(request: string, limit: Limit): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const exchange = { reader: new AnswerReader(), resolve, reject };
      this.#current = exchange;
      limit.whenOver((error) => {
        if (this.#current === exchange) this.#fail(error);
      });
      this.#socket.write(request);
    });
  }

  /** Closes it at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    let answer: Answer | undefined;
    try {
      answer = this.#current?.reader.take(bytes);
    } catch (error) {
      this.#fail(error);
    }
    if (answer !== undefined) this.#complete(answer);
    // Nobody asked for this.
    else if (this.#current === undefined) this.#socket.destroy();
  }

  #end(): void {
    const answer = this.#current?.reader.end();
    if (answer !== undefined) this.#complete(answer);
    this.#socket.destroy();
  }

  #complete(answer: Answer): void {
    const { resolve } = this.#current ?? {};
    this.#current = undefined;
    if (answer.keepsAlive && this.#keep(answer.headers['keep-alive'])) this.#owner.onFree(this);
    else this.#socket.destroy();
    resolve?.(answer);
  }

  /** Takes in how long the server keeps an idle connection; false where that is no time at all. */
  #keep(hint: Answer['headers'][string]): boolean {
    if (hint === this.#kept) return true;
    this.#kept = hint;
    const seconds = /\btimeout=(\d{1,6})\b/.exec(String(hint))?.[1];
    const ms = seconds === undefined ? IDLE_MS : Number(seconds) * 1000 - SOONER_MS;
    this.#socket.setTimeout(Math.max(0, ms));
    return ms > 0;
  }

  #fail(error: unknown): void {
    const { reject } = this.#current ?? {};
    this.#current = undefined;
    this.#socket.destroy();
    reject?.(error);
  }
}
