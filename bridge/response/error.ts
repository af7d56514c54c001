/** Errors -> statuses, and statuses -> responses. */

import type { Call } from '../call.js';
import type { Body, HeaderList, HttpResponse } from '../http/response.js';
import type { Marshaler } from '../marshaler.js';
import { Code, StatusError } from '../status.js';
import { httpStatus } from './http-status.js';
import { addMetadataHeaders, headerValue } from './metadata.js';
import { announceTrailers, sendTrailers } from './trailers.js';

/** Told of errors that are not statuses, with the method in which they were thrown. */
export type OnError = (error: unknown, method: string) => void;

const FALLBACK = '{"code": 13, "message": "failed to marshal error message"}';

/** The status of anything that was thrown. What is no StatusError is reported and stays unknown to the caller. */
export function toStatus(error: unknown, method: string, onError: OnError | undefined): StatusError {
  if (error instanceof StatusError) return error;
  onError?.(error, method);
  return new StatusError(Code.INTERNAL, 'internal error', [], { cause: error });
}

/** Answers with a status as the whole body. Without a call (nothing was called yet) there is no metadata. */
export function sendError(
  response: HttpResponse,
  error: StatusError,
  marshaler: Marshaler,
  call: Call | undefined,
  trailers: boolean,
): void {
  const headers: HeaderList = ['Content-Type', marshaler.contentType];
  let body: Body;
  try {
    body = marshaler.status(error);
  } catch {
    // A detail of a type that the bridge does not know. The gateway has this answer for it.
    response.send(500, headers, FALLBACK);
    return;
  }
  addMetadataHeaders(headers, call?.header);
  if (trailers) announceTrailers(headers, call?.trailer);
  if (error.code === Code.UNAUTHENTICATED) headers.push('Www-Authenticate', headerValue(error.message));
  const status = httpStatus(error.code);
  if (trailers && call) sendTrailers(response, status, headers, body, call.trailer);
  else response.send(status, headers, body);
}
