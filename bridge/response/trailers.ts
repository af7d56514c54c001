import type { ServerResponse } from 'node:http';
import type { Body } from '../marshaler.js';
import type { Metadata } from '../metadata.js';
import { type HeaderList, trailerPairs } from './metadata.js';

/** Sends a complete response, chunked, with trailer metadata behind the body. Each trailer is announced by its name. */
export function sendTrailers(
  response: ServerResponse,
  status: number,
  headers: HeaderList,
  body: Body,
  trailer: Metadata | undefined,
): void {
  const pairs = trailerPairs(trailer);
  for (const name of new Set(pairs.map(([name]) => name))) headers.push('Trailer', name);
  response.writeHead(status, [...headers, 'Transfer-Encoding', 'chunked']);
  response.write(body);
  response.addTrailers(pairs);
  response.end();
}
