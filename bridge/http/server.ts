/** An HTTP/1.1 server over connections that somebody else accepts, with the manners of Go's and limits of its own. */

import type { Socket } from 'node:net';
import { Connection, type Host, type HttpLimits } from './connection.js';
import type { HttpRequest } from './request.js';
import type { HttpResponse } from './response.js';

/** Timeouts are looked after so often, or four times within the shortest of them. */
const MAX_TICK_MS = 1000;

/** What Go's server has read ahead when it finds that a head is too long. */
const SLACK_BYTES = 4096;

/** A server. */
export class HttpServer {
  readonly #connections = new Set<Connection>();
  readonly #host: Host & { stopping: boolean; nowMs: number };
  readonly #tickMs: number;
  #ticking: NodeJS.Timeout | undefined;
  #idle: (() => void) | undefined;

  /** `handle` answers the requests, and must not throw. */
  constructor(handle: (request: HttpRequest, response: HttpResponse) => void, limits: HttpLimits) {
    const { headTimeoutMs, idleTimeoutMs, restTimeoutMs, lingerMs } = limits;
    this.#tickMs = Math.min(MAX_TICK_MS, Math.min(headTimeoutMs, idleTimeoutMs, restTimeoutMs, lingerMs) / 4);
    const maxHeadBytes = limits.maxHeadBytes + SLACK_BYTES;
    this.#host = { ...limits, maxHeadBytes, stopping: false, nowMs: 0, handle, idle: (one) => this.#isIdle(one) };
  }

  /** It takes no new requests. */
  get stopping(): boolean {
    return this.#host.stopping;
  }

  /** Takes over a connection, from its first byte on. */
  readonly accept = (socket: Socket): void => {
    this.#host.nowMs = performance.now();
    const connection = new Connection(socket, this.#host);
    this.#connections.add(connection);
    socket.on('close', () => this.#connections.delete(connection));
    this.#ticking ??= setInterval(() => this.#tick(), this.#tickMs).unref();
  };

  /** Ends the connections that wait, lets answers finish, and cuts them after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#host.stopping = true;
    for (const connection of this.#connections) connection.endWhenIdle();
    if (this.#busy) await this.#untilIdle(graceMs);
    for (const connection of this.#connections) connection.destroy();
    clearInterval(this.#ticking);
  }

  get #busy(): boolean {
    return [...this.#connections].some(({ busy }) => busy);
  }

  async #untilIdle(graceMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#idle = resolve;
      timer = setTimeout(resolve, graceMs);
    });
    clearTimeout(timer);
  }

  #isIdle(connection: Connection): void {
    if (!this.#host.stopping) return;
    connection.endWhenIdle();
    if (!this.#busy) this.#idle?.();
  }

  #tick(): void {
    this.#host.nowMs = performance.now();
    for (const connection of this.#connections) connection.checkTime();
    if (this.#connections.size > 0) return;
    clearInterval(this.#ticking);
    this.#ticking = undefined;
  }
}
