import type { Body, HeaderList, HttpResponse } from '../http/response.js';
import type { Metadata } from '../metadata.js';
import { trailerPairs } from './metadata.js';

/** Announces trailer metadata by the names that it will have. */
export function announceTrailers(headers: HeaderList, trailer: Metadata | undefined): void {
  for (const name of new Set(trailerPairs(trailer).map(([name]) => name))) headers.push('Trailer', name);
}

/** Sends a complete response, chunked, with trailer metadata behind the body. */
export function sendTrailers(
  response: HttpResponse,
  status: number,
  headers: HeaderList,
  body: Body,
  trailer: Metadata | undefined,
): void {
  response.start(status, headers);
  response.write(body);
  response.end(trailerPairs(trailer));
}
