/** The REST side: the bridge over the same handlers as gRPC. It listens nowhere: connections are handed to it. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createBridge } from '../../../bridge/bridge.js';
import { serverSentEvents } from '../../../bridge/marshalers.js';
import { defaultHeaderMatcher } from '../../../bridge/request/metadata.js';
import { Code } from '../../../bridge/status.js';
import { protoMetadata as errorDetails } from '../../../gen/google/rpc/error_details.js';
import type { StreamTaskLogsResponse } from '../../../gen/k8scli/v1/task_service.js';
import { OpenSet } from '../open-set.js';
import type { Service } from '../services.js';
import { foreignOrigin } from './origin.js';

/** As gRPC's own limit. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** A request has to be complete after so long; its answer may take for ever. */
const REQUEST_TIMEOUT_MS = 60_000;
const HEADERS_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 75_000;
const MAX_HEADER_BYTES = 1024 * 1024;

/** Headers that are passed on under their own name. */
const OWN_HEADERS = new Set(['x-user', 'last-event-id']);

/** An HTTP server and how connections get to it. */
export interface HttpServer {
  /** Takes over a connection that is not HTTP/2's. */
  readonly accept: (connection: Socket) => void;
  /** Lets answers finish; after `graceMs` they are cut. */
  stop(graceMs: number): Promise<void>;
}

/** How the server behaves. */
export interface HttpServerOptions {
  /** It is reached over loopback only, and refuses what others send through a browser. */
  readonly loopback: boolean;
  /** Told of errors that nobody foresaw. */
  readonly report: (error: unknown, method: string) => void;
}

/** Makes the server. */
export function createHttpServer(services: readonly Service[], options: HttpServerOptions): HttpServer {
  const bridge = createBridge({
    services,
    types: [errorDetails],
    marshal: { useProtoNames: true, emitUnpopulated: true, discardUnknown: false, suggestFieldNames: true },
    marshalers: { 'text/event-stream': serverSentEvents },
    bodyDecoders: {
      'application/yaml': (body, type) => (type === SUBMIT ? { taskYaml: body.toString('utf8') } : undefined),
    },
    incomingHeader: (name) => (OWN_HEADERS.has(name) ? name : defaultHeaderMatcher(name)),
    eventId: (method, message) =>
      method === STREAM ? (message as StreamTaskLogsResponse).resumeToken || undefined : undefined,
    maxBodyBytes: MAX_BODY_BYTES,
    onError: options.report,
  });
  const open = new OpenSet<ServerResponse>();
  let stopping = false;
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: HEADERS_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      noDelay: true,
    },
    (request, response) => {
      open.add(response);
      if (stopping) response.setHeader('Connection', 'close');
      const refusal = options.loopback ? foreignOrigin(request) : undefined;
      if (refusal === undefined) bridge.handle(request, response);
      else refuse(request, response, refusal);
    },
  );
  server.on('clientError', refuseMalformed);
  // Node starts to enforce the timeouts when a server listens; this one is handed its connections by another.
  server.emit('listening');
  return {
    accept: (connection) => {
      server.emit('connection', connection);
      connection.resume();
    },
    stop: async (graceMs) => {
      stopping = true;
      server.closeIdleConnections();
      await open.untilEmpty(graceMs);
      server.close();
      server.closeAllConnections();
    },
  };
}

const SUBMIT = 'k8scli.v1.SubmitTaskRequest';
const STREAM = '/k8scli.v1.TaskService/StreamTaskLogs';

/** What is no HTTP gets an answer in the words of Go's server, in front of which the gateway never comes. */
function refuseMalformed(error: NodeJS.ErrnoException, connection: Duplex): void {
  if (!connection.writable || error.code === 'ECONNRESET') {
    connection.destroy();
    return;
  }
  const status = MALFORMED[error.code ?? ''] ?? '400 Bad Request';
  const head = [`HTTP/1.1 ${status}`, 'Content-Type: text/plain; charset=utf-8', 'Connection: close'];
  connection.end(`${head.join('\r\n')}\r\n\r\n${status}`);
}

const MALFORMED: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

function refuse(request: IncomingMessage, response: ServerResponse, message: string): void {
  request.resume();
  response.writeHead(403, { 'Content-Type': 'application/json', Connection: 'close' });
  response.end(JSON.stringify({ code: Code.PERMISSION_DENIED, message, details: [] }));
}
