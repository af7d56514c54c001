import type { ServerResponse } from 'node:http';
import type { Body } from '../marshaler.js';
import { sendsBody, writeHead } from './head.js';
import type { HeaderList } from './metadata.js';

// oxlint-disable-next-line no-control-regex -- they are ASCII
const NOT_ASCII = /[^\x00-\x7f]/;

/** Sends a complete response with its length. */
export function sendWhole(response: ServerResponse, status: number, headers: HeaderList, body: Body): void {
  // Node writes the head in the encoding of the body's first string, which would encode a header's bytes once more.
  const content = headers.some((text) => NOT_ASCII.test(text)) ? Buffer.from(body) : body;
  headers.push('Content-Length', String(Buffer.byteLength(body)));
  writeHead(response, status, headers);
  response.end(content);
}

/** Sends a plain text that ends the connection, as Go's server does where it does not ask the gateway: also in answer to HEAD. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  sendsBody(response, true);
  sendWhole(response, status, ['Content-Type', 'text/plain; charset=utf-8', 'Connection', 'close'], text);
}
