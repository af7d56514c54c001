/** Cross-origin requests, for the origins that the operator lists and nobody else. */

import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long a browser may remember the answer to a preflight, in seconds. */
const MAX_AGE_S = 600;

/** Lets the web pages of some origins call. */
export class Cors {
  readonly #origins: ReadonlySet<string>;

  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins);
  }

  /** Adds what a browser wants to see in the response; true when the request was a preflight and is answered. */
  answers(request: IncomingMessage, response: ServerResponse): boolean {
    const { origin } = request.headers;
    response.setHeader('Vary', 'Origin');
    if (origin === undefined || !this.#origins.has(origin)) return false;
    response.setHeader('Access-Control-Allow-Origin', origin);
    const method = request.headers['access-control-request-method'];
    if (request.method !== 'OPTIONS' || method === undefined) {
      response.setHeader('Access-Control-Expose-Headers', '*');
      return false;
    }
    const headers = request.headers['access-control-request-headers'];
    response.writeHead(204, {
      'Access-Control-Allow-Methods': method,
      ...(headers === undefined ? {} : { 'Access-Control-Allow-Headers': headers }),
      'Access-Control-Max-Age': String(MAX_AGE_S),
    });
    response.end();
    return true;
  }
}
