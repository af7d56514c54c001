/** Cross-origin requests, for the origins that the operator lists and nobody else. */

import { firstOf } from './http/fields.js';
import type { HttpRequest } from './http/request.js';
import type { HttpResponse } from './http/response.js';

/** How long a browser may remember the answer to a preflight, in seconds. */
const MAX_AGE_S = 600;

/** Lets the web pages of some origins call. */
export class Cors {
  readonly #origins: ReadonlySet<string>;

  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins);
  }

  /** Adds what a browser wants to see in the response; true when the request was a preflight and is answered. */
  answers({ head }: HttpRequest, response: HttpResponse): boolean {
    const origin = firstOf(head.fields, 'origin');
    response.addHeader('Vary', 'Origin');
    if (origin === undefined || !this.#origins.has(origin)) return false;
    response.addHeader('Access-Control-Allow-Origin', origin);
    const method = firstOf(head.fields, 'access-control-request-method');
    if (head.method !== 'OPTIONS' || method === undefined) {
      response.addHeader('Access-Control-Expose-Headers', '*');
      return false;
    }
    const headers = firstOf(head.fields, 'access-control-request-headers');
    response.addHeader('Access-Control-Allow-Methods', method);
    if (headers !== undefined) response.addHeader('Access-Control-Allow-Headers', headers);
    response.addHeader('Access-Control-Max-Age', String(MAX_AGE_S));
    response.send(204, [], '');
    return true;
  }
}
