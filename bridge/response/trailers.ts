import type { ServerResponse } from 'node:http';
import type { Body } from '../marshaler.js';
import type { Metadata } from '../metadata.js';
import { addTrailers, writeHead } from './head.js';
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
  writeHead(response, status, [...headers, 'Transfer-Encoding', 'chunked']);
  response.write(body);
  addTrailers(response, pairs);
  response.end();
}
