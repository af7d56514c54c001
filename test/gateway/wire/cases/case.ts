/** What the tables of cases have in common. Bytes are latin1. */

import type { Step } from '../conversation.js';

/**
 * What is sent, by name. Where the sending half stays open, a request is sent behind it that ends the connection ({@link LAST}):
 * so each case also tells whether the connection is still good.
 */
export type Cases = Readonly<Record<string, readonly Step[]>>;

export const HOST = 'Host: x\r\n';
export const CHUNKED = 'Transfer-Encoding: chunked\r\n';
/** A request that is answered in few bytes. */
export const NEXT = 'GET /v1/overlap/next HTTP/1.1\r\nHost: x\r\n\r\n';
/** The same, and the last one on its connection. */
export const LAST = 'GET /v1/overlap/last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

/** A request line, header lines that each end themselves, and a body. */
export function request(line: string, headers = HOST, body = ''): string {
  return `${line}\r\n${headers}\r\n${body}`;
}

/** A GET with these headers besides its Host. */
export function get(headers: string, target = '/v1/overlap/n', version = '1.1'): string {
  return request(`GET ${target} HTTP/${version}`, HOST + headers);
}

/** A POST with these headers besides its Host, to a method that answers `{}`. */
export function post(headers: string, body: string, target = '/v1/empty', version = '1.1'): string {
  return request(`POST ${target} HTTP/${version}`, HOST + headers, body);
}

/** A case for each of these texts, named by what it is and by itself. */
export function each(what: string, texts: readonly string[], make: (text: string) => readonly Step[]): Cases {
  return Object.fromEntries(texts.map((text) => [`${what} ${shortened(text)}`, make(text)]));
}

function shortened(text: string): string {
  return text.length > 100 ? `${JSON.stringify(text.slice(0, 50))} and ${text.length - 50} more` : JSON.stringify(text);
}
