import type { Body, HeaderList, HttpResponse } from '../http/response.js';
import type { Metadata } from '../metadata.js';
import { trailerPairs } from './metadata.js';

/** Sends a complete response, chunked, with trailer metadata behind the body. Each trailer is announced by its name. */
export function sendTrailers(
  response: HttpResponse,
  status: number,
  headers: HeaderList,
  body: Body,
  trailer: Metadata | undefined,
): void {
  const pairs = trailerPairs(trailer);
  const names = new Set(pairs.map(([name]) => name));
  response.start(status, [...headers, ...[...names].flatMap((name) => ['Trailer', name])]);
  response.write(body);
  response.end(pairs);
}
