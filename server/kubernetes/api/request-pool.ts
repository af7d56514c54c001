/**
 * Requests over a bounded number of kept-alive connections, each with its whole answer. undici's pool, which everything else goes
 * through, takes for a small request several times the processor time of all that is said on the wire, and some turns of the event loop.
 */

import type { Answer } from './answer-reader.js';
import { Connection } from './connection.js';
import type { Connect } from './connector.js';
import type { Limit } from './limit.js';

/** Most connections; more callers wait their turn. */
const MAX_CONNECTIONS = 64;

/** What is sent. */
export interface PlainRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** A request that waits for a connection. */
interface Waiter {
  readonly resolve: (connection: Connection) => void;
  readonly reject: (error: unknown) => void;
}

/** The connections to one server. */
export class RequestPool {
  readonly #host: string;
  readonly #connect: Connect;
  readonly #all = new Set<Connection>();
  /** The one that was used last comes first, so that those which are not needed are closed in the end. */
  readonly #idle: Connection[] = [];
  readonly #waiting = new Set<Waiter>();
  #connecting = 0;
  #closed = false;

  /** `host` is what requests name, with the port where that is not the usual one. */
  constructor(host: string, connect: Connect) {
    this.#host = host;
    this.#connect = connect;
  }

  /** Sends a request and reads the answer. Rejects with what the connection fails with, or with the reason of the limit. */
  async exchange(request: PlainRequest, limit: Limit): Promise<Answer> {
    const text = textOf(request, this.#host);
    const connection = this.#idle.pop() ?? (await this.#nextFree(limit));
    return connection.carry(text, limit);
  }

  /** Closes the connections, each when nobody waits for it any more. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }

  /** Closes the connections at once. */
  destroy(): void {
    this.#closed = true;
    for (const { reject } of this.#waiting) reject(new Error('the client was closed'));
    this.#waiting.clear();
    for (const connection of this.#all) connection.destroy();
  }

  #nextFree(limit: Limit): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      this.#waiting.add(waiter);
      this.#open();
      limit.whenOver((error) => {
        this.#waiting.delete(waiter);
        reject(error);
      });
    });
  }

  /** Opens another connection if somebody waits who has none to come. One that fails is told to one who waits. */
  #open(): void {
    const open = this.#all.size + this.#connecting;
    if (this.#connecting >= this.#waiting.size || open >= MAX_CONNECTIONS) return;
    this.#connecting += 1;
    this.#connect().then(
      (socket) => {
        this.#connecting -= 1;
        const connection = new Connection(socket, {
          onFree: (free) => this.#free(free),
          onGone: (gone) => this.#forget(gone),
        });
        this.#all.add(connection);
        this.#free(connection);
      },
      (error: unknown) => {
        this.#connecting -= 1;
        this.#next()?.reject(error);
        this.#open();
      },
    );
  }

  #next(): Waiter | undefined {
    for (const waiter of this.#waiting) {
      this.#waiting.delete(waiter);
      return waiter;
    }
    return undefined;
  }

  #free(connection: Connection): void {
    const waiter = this.#next();
    if (waiter) waiter.resolve(connection);
    else if (this.#closed) connection.destroy();
    else this.#idle.push(connection);
  }

  #forget(connection: Connection): void {
    this.#all.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    this.#open();
  }
}

function textOf({ method, path, headers, body }: PlainRequest, host: string): string {
  if (/[^\x21-\x7e]/.test(path)) throw new Error(`the path ${JSON.stringify(path)} cannot stand in a request`);
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n`;
  for (const [name, value] of Object.entries(headers)) {
    if (/[^\t\x20-\x7e]/.test(value)) throw new Error(`the value of the header ${name} cannot stand in a request`);
    head += `${name}: ${value}\r\n`;
  }
  if (body === undefined) return method === 'GET' ? `${head}\r\n` : `${head}content-length: 0\r\n\r\n`;
  return `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
