/** A response message -> a complete response. */

import type { Call } from '../call.js';
import type { Body, HeaderList, HttpResponse } from '../http/response.js';
import type { Marshaler } from '../marshaler.js';
import type { Route } from '../routes.js';
import type { Value } from '../schema.js';
import { addMetadataHeaders, headerValue } from './metadata.js';
import { announceTrailers, sendTrailers } from './trailers.js';

/** Sends a message. Throws a status, before anything is sent, when it cannot be written as JSON. */
export function sendUnary(
  response: HttpResponse,
  message: Value,
  route: Route,
  marshaler: Marshaler,
  call: Call,
  trailers: boolean,
): void {
  const raw = marshaler.rawHttpBody && !route.responseBody && route.rpc.output.fullName === 'google.api.HttpBody';
  const body: Body = raw ? message.data : marshaler.message(route, message);
  const headers: HeaderList = ['Content-Type', raw ? headerValue(message.contentType) : marshaler.contentType];
  addMetadataHeaders(headers, call.header);
  if (!trailers) {
    response.send(200, headers, body);
    return;
  }
  announceTrailers(headers, call.trailer);
  sendTrailers(response, 200, headers, body, call.trailer);
}
