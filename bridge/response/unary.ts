/** A response message -> a complete response. */

import type { ServerResponse } from 'node:http';
import type { Call } from '../call.js';
import type { Marshaler } from '../marshalers.js';
import type { Route } from '../routes.js';
import type { Value } from '../schema.js';
import { Code, StatusError } from '../status.js';
import { addMetadataHeaders, type HeaderList, headerValue } from './metadata.js';
import { bodyWriter } from './response-body.js';
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
  const body: string | Uint8Array = raw ? message.data : marshaler.prefix + writeJson(route, marshaler, message);
  const headers: HeaderList = ['Content-Type', raw ? headerValue(message.contentType) : marshaler.contentType];
  addMetadataHeaders(headers, call.header);
  if (trailers) sendTrailers(response, 200, headers, body, call.trailer);
  else {
    sendWhole(response, 200, headers, body);
  }
}

/** JSON of a message, or of the field of it that is the body. Throws UNKNOWN, as the gateway does. */
export function writeJson(route: Route, marshaler: Marshaler, message: Value): string {
  try {
    return bodyWriter(route, marshaler)(message);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new StatusError(Code.UNKNOWN, what.startsWith('json: ') ? what : `proto: ${what}`, [], { cause: error });
  }
}
