/** An HTTP/1.1 server for a bridge, with the manners of Go's: its limits, and its answers to what is not HTTP. */

import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Bridge } from './bridge.js';
import { Cors } from './cors.js';
import { headerValues } from './request/headers.js';
import { hasBody } from './request/read-body.js';
import { sendText } from './response/send-whole.js';

const MAX_HEADER_BYTES = 1024 * 1024;
const HEADERS_TIMEOUT_MS = 30_000;
const BODY_TIMEOUT_MS = 60_000;
const IDLE_TIMEOUT_MS = 75_000;

/** Limits and permissions of a server; what is left out has a default. */
export interface BridgeServerOptions {
  /** Request lines and headers above this are refused with 431. Default: 1 MiB. */
  readonly maxHeaderBytes?: number | undefined;
  /** Who takes longer to send the headers of a request gets 408. Default: 30 seconds. */
  readonly headersTimeoutMs?: number | undefined;
  /** How long a connection is kept after it was answered while there is no new request on it. Default: 75 seconds. */
  readonly idleTimeoutMs?: number | undefined;
  /** Origins whose web pages may call (`https://app.example`). Default: none. */
  readonly corsOrigins?: readonly string[] | undefined;
  /** Sees each request before the bridge does; false when it has answered it. */
  readonly admit?: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
}

/** Makes a server, which listens nowhere yet. */
export function createBridgeServer(bridge: Bridge, options: BridgeServerOptions = {}): Server {
  const cors = options.corsOrigins?.length ? new Cors(options.corsOrigins) : undefined;
  const server = createServer(
    {
      maxHeaderSize: options.maxHeaderBytes ?? MAX_HEADER_BYTES,
      headersTimeout: options.headersTimeoutMs ?? HEADERS_TIMEOUT_MS,
      keepAliveTimeout: options.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
      // Node's would cut streams of requests; the bridge has one of its own for all other bodies.
      requestTimeout: 0,
      requireHostHeader: false,
      noDelay: true,
    },
    (request, response) => {
      if (hasBody(request)) {
        latest.set(request.socket, response);
        limitRemainder(request, response);
      }
      const refusal = refusalOf(request);
      if (refusal) {
        sendText(response, refusal.status, refusal.text);
        return;
      }
      if (options.admit?.(request, response) === false || cors?.answers(request, response)) return;
      bridge.handle(request, response);
    },
  );
  // Node would close the connection without a word.
  server.on('connect', ({ url = '' }: IncomingMessage, connection: Duplex) =>
    refuseMethod(url.startsWith('/') ? url : '*', connection, bridge),
  );
  server.on('clientError', (error: ClientError, connection: Duplex) => refuseMalformed(error, connection, bridge));
  return server;
}

/** What Go's server would answer instead of asking the gateway; undefined where it would ask. */
function refusalOf({ headers, rawHeaders, httpVersion }: IncomingMessage): Refusal | undefined {
  if (httpVersion === '0.9') return { status: 400, text: '400 Bad Request' };
  if (httpVersion === '2.0') return UNKNOWN_VERSION;
  const encoding = headers['transfer-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'chunked' && httpVersion === '1.1') return UNKNOWN_ENCODING;
  if (headers.host === undefined) {
    return httpVersion === '1.1' ? { status: 400, text: '400 Bad Request: missing required Host header' } : undefined;
  }
  const hosts = headerValues(rawHeaders, 'host');
  if (hosts.length > 1) return { status: 400, text: '400 Bad Request' };
  return HOST.test(headers.host) ? undefined : { status: 400, text: '400 Bad Request: malformed Host header' };
}

/** Characters that Go takes in a Host header; what they make is nobody's business. */
const HOST = /^[\w!$%&'()*+,\-.:;=[\]~]*$/;
const UNKNOWN_VERSION: Refusal = { status: 505, text: '505 HTTP Version Not Supported: unsupported protocol version' };
const UNKNOWN_ENCODING: Refusal = { status: 501, text: 'Unsupported transfer encoding' };

/** What is answered without asking the bridge. */
interface Refusal {
  readonly status: number;
  readonly text: string;
}

/** A body that nobody wants has to end some time after the answer. */
function limitRemainder(request: IncomingMessage, response: ServerResponse): void {
  response.once('finish', () => {
    if (request.complete) return;
    const timer = setTimeout(() => request.destroy(), BODY_TIMEOUT_MS).unref();
    request.once('close', () => clearTimeout(timer));
  });
}

/** What Node's parser tells of its failure. */
interface ClientError extends Error {
  readonly code?: string;
  /** The bytes in which it failed. */
  readonly rawPacket?: Buffer;
}

const MALFORMED: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** The response to the last request with a body of each connection. */
const latest = new WeakMap<Duplex, ServerResponse>();

/** What is no HTTP gets an answer in the words of Go's server, behind which the gateway stands. */
function refuseMalformed(error: ClientError, connection: Duplex, bridge: Bridge): void {
  // Who closes in the middle of a request has gone.
  if (!connection.writable || error.code === 'ECONNRESET' || error.code === 'HPE_INVALID_EOF_STATE') {
    connection.destroy();
    return;
  }
  // What follows a request that was to be the last one is nobody's business.
  if (error.code === 'HPE_CLOSED_CONNECTION') return;
  const response = latest.get(connection);
  // The body of a request that is answered, or about to be: there is no place for another answer.
  if (response?.headersSent && !response.req.complete) {
    if (response.writableEnded) connection.end();
    else connection.destroy();
    return;
  }
  const target = error.code === 'HPE_INVALID_METHOD' ? unknownMethodTarget(error.rawPacket) : undefined;
  if (target !== undefined) refuseMethod(target, connection, bridge);
  else respondText(connection, MALFORMED[error.code ?? ''] ?? '400 Bad Request');
}

/** Answers a request with a method that node:http does not hand on. */
function refuseMethod(target: string, connection: Duplex, bridge: Bridge): void {
  const refusal = bridge.refuse(target);
  if (!refusal) {
    respondText(connection, '400 Bad Request');
    return;
  }
  const { status, contentType, body } = refusal;
  respond(connection, `${status} ${STATUS_CODES[status]}`, contentType, body);
}

function respondText(connection: Duplex, text: string): void {
  respond(connection, text, 'text/plain; charset=utf-8', text);
}

function respond(connection: Duplex, status: string, contentType: string, body: string | Uint8Array): void {
  connection.write(`HTTP/1.1 ${status}\r\nContent-Type: ${contentType}\r\nConnection: close\r\n\r\n`);
  connection.end(body);
}

/** Node's parser knows a fixed list of methods, and stops at any other one; the gateway takes every token. */
function unknownMethodTarget(packet: Buffer | undefined): string | undefined {
  const text = packet?.toString('latin1') ?? '';
  return /^[!#$%&'*+\-.^`|~\w]+ (\S+) HTTP\/1\.[01]\r?\n/.exec(text)?.[1];
}
