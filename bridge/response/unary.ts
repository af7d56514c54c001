/** A response message -> a complete response. */

import type { ServerResponse } from 'node:http';
import type { Call } from '../call.js';
import type { Body, Marshaler } from '../marshaler.js';
import type { Route } from '../routes.js';
import type { Value } from '../schema.js';
import { addMetadataHeaders, type HeaderList, headerValue } from './metadata.js';
import { sendWhole } from './send-whole.js';
import { sendTrailers } from './trailers.js';

/** Sends a message. Throws a status, before anything is sent, when it cannot be written as JSON. */
export function sendUnary(
  response: ServerResponse,
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
  if (trailers) sendTrailers(response, 200, headers, body, call.trailer);
  else {
    sendWhole(response, 200, headers, body);
  }
}
