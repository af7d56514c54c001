/**
 * Heads and trailers of responses with any bytes in their values. node:http refuses control characters, which the gateway
 * sends: bytes of `-bin` metadata, for one. They are put in behind its back, into the text that it has made and not yet sent.
 */

import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { HeaderList } from './metadata.js';

// biome-ignore lint: control characters are what it is about
const REFUSED = /[^\t\x20-\x7e\x80-\xff]/;
const ALL_REFUSED = new RegExp(REFUSED, 'g');

/** What node:http keeps of a response before it is sent; not part of its documented interface. */
interface Unsent {
  /** As this and the next one will be sent, each ending in an empty line. */
  _header: string;
  _trailer: string;
  /** False in answers to HEAD. */
  _hasBody: boolean;
}

/** Whether what is written as the body of a response is sent, whatever the method of its request. */
export function sendsBody(response: ServerResponse, does: boolean): void {
  Object.assign(response, { _hasBody: does } satisfies Partial<Unsent>);
}

/** As `response.writeHead`, with values that are bytes of latin1. Line ends, which would end the header, must not be in them. */
export function writeHead(response: ServerResponse, status: number, headers: HeaderList): void {
  const reason = STATUS_CODES[status] ?? `status code ${status}`;
  if (!headers.some((text) => REFUSED.test(text))) {
    response.writeHead(status, reason, headers);
    return;
  }
  response.writeHead(status, reason, headers.map(accepted));
  const pairs = headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1] ?? ''] as const] : []));
  restore(response, '_header', pairs);
}

/** As `response.addTrailers`, for the same values. The response has to be chunked, and is to be ended. */
export function addTrailers(response: ServerResponse, pairs: readonly (readonly [string, string])[]): void {
  response.addTrailers(pairs.map(([name, value]): [string, string] => [name, accepted(value)]));
  restore(response, '_trailer', pairs);
}

function accepted(value: string): string {
  return value.replace(ALL_REFUSED, ' ');
}

function restore(
  response: ServerResponse,
  part: '_header' | '_trailer',
  pairs: readonly (readonly [string, string])[],
): void {
  const unsent = response as unknown as Unsent;
  for (const [name, value] of pairs) {
    const written = accepted(value);
    if (written !== value)
      unsent[part] = unsent[part].replace(`${name}: ${written}\r\n`, () => `${name}: ${value}\r\n`);
  }
}
