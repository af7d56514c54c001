/** HTTP/1.1 over a socket, so that requests may be as wrong as they like and answers are seen as they are. */

import { connect, type Socket } from 'node:net';

/** What came back. */
export interface Answer {
  readonly status: number;
  /** Names as they were written, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly trailers: readonly (readonly [name: string, value: string])[];
}

/** A request; a body gets its length, unless the headers say otherwise. */
export interface RawRequest {
  readonly method: string;
  readonly target: string;
  readonly headers?: readonly (readonly [name: string, value: string])[] | undefined;
  readonly body?: string | Buffer | undefined;
}

/** Sends a request on a connection of its own and reads the answer. */
export async function send(port: number, request: RawRequest): Promise<Answer> {
  return parseAnswer(await exchange(port, requestBytes(request)));
}

/** Bytes of a request that ends its connection. */
export function requestBytes({ method, target, headers = [], body }: RawRequest): Buffer {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const lines = [`${method} ${target} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  if (!names.has('host')) lines.push('Host: gateway.test');
  if (body !== undefined && !names.has('transfer-encoding')) lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  lines.push('Connection: close', '', '');
  return Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), Buffer.from(body ?? '')]);
}

/** Sends bytes over a connection of its own; answers all that comes back until the other side closes it. */
export async function exchange(port: number, bytes: Buffer | string, act?: (socket: Socket) => void): Promise<Buffer> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.write(bytes);
  act?.(socket);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  socket.destroy();
  return Buffer.concat(chunks);
}

/** Takes an answer apart; of several, the first that is final. */
export function parseAnswer(received: Buffer): Answer {
  const end = received.indexOf('\r\n\r\n');
  const [first = '', ...lines] = received.subarray(0, Math.max(end, 0)).toString('latin1').split('\r\n');
  const rest = received.subarray(end + 4);
  if (first.startsWith('HTTP/1.1 100')) return parseAnswer(rest);
  const headers = lines.map(field);
  const status = Number(/^HTTP\/1\.[01] (\d+)/.exec(first)?.[1] ?? 0);
  if (!headers.some(([name, value]) => name.toLowerCase() === 'transfer-encoding' && value === 'chunked')) {
    return { status, headers, body: rest.toString(), trailers: [] };
  }
  const { body, after } = unchunk(rest);
  const trailers = after.toString('latin1').split('\r\n').filter(Boolean).map(field);
  return { status, headers, body: body.toString(), trailers };
}

function field(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}

function unchunk(bytes: Buffer): { body: Buffer; after: Buffer } {
  const chunks: Buffer[] = [];
  for (let rest = bytes; ; ) {
    const end = rest.indexOf('\r\n');
    const size = Number.parseInt(rest.subarray(0, Math.max(end, 0)).toString() || 'none', 16);
    if (Number.isNaN(size)) throw new Error(`the answer broke off: ${bytes.toString()}`);
    if (size === 0) return { body: Buffer.concat(chunks), after: rest.subarray(end + 2) };
    chunks.push(rest.subarray(end + 2, end + 2 + size));
    rest = rest.subarray(end + 2 + size + 2);
  }
}
