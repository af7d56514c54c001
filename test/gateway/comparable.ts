/** Answers without what may differ: framing, ports, and the choices that Go makes at random. */

import type { Answer } from './raw-client.js';

/** Headers that say how an answer is framed, and what only a call between two processes has. */
const FRAMING = /^(date|connection|keep-alive|content-length|transfer-encoding|trailer|grpc-metadata-content-type)$/;

/** What two answers have to have in common. */
export interface Comparable {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: readonly string[];
  readonly trailers: readonly string[];
}

/** The comparable part of an answer. Bodies are compared as JSON with its key order, line by line. */
export function comparable({ status, headers, body, trailers }: Answer): Comparable {
  const own = headers.filter(([name]) => !FRAMING.test(name.toLowerCase()));
  return { status, headers: fields(own), body: comparableBody(body), trailers: fields(trailers) };
}

function fields(pairs: Answer['headers']): string[] {
  return pairs.map(([name, value]) => `${name.toLowerCase()}: ${value}`).toSorted();
}

/**
 * A body, line by line. Go writes one of two spaces behind "proto:", by chance. They differ in length, which a protobuf message
 * says in front of it.
 */
export function comparableBody(body: string): string[] {
  return (
    body
      // oxlint-disable-next-line no-control-regex -- it is the tag of the field
      .replace(/\x12[^]{1,2}?(?=proto:)/, '\x12?')
      .replaceAll('\u00a0', ' ')
      .replaceAll('\\u00a0', ' ')
      .split('\n')
      .map(line)
  );
}

const TOKEN = /"(?:[^"\\]|\\.)*"|\s+/g;

/** A line with one spelling of white space. Strings and numbers stay as they were written, and so does the order of keys. */
function line(text: string): string {
  const prefix = text.startsWith('data: ') ? 'data: ' : '';
  const json = text.slice(prefix.length);
  if (!isJson(json)) return text;
  const compact = json.replace(TOKEN, (token) => (token.startsWith('"') ? token.replace(/proto:\s+/, 'proto: ') : ''));
  return prefix + withoutChance(compact);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What depends on time, on who notices first that it is up, and on the client library in between. */
function withoutChance(json: string): string {
  return json
    .replace(/"(deadlineMs|deadline_ms)":"-?\d+"/, '"$1":"N"')
    .replace(/"(:authority|user-agent)":"(?:[^"\\]|\\.)*",?/g, '')
    .replace(/"code":4,"message":"[^"]*"/, '"code":4,"message":"deadline exceeded"');
}
