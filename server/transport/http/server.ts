/** The REST side: the bridge over the same handlers as gRPC. It listens nowhere: connections are handed to it. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createBridge, serverSentEvents } from '../../../bridge/bridge.js';
import { ServingStatus } from '../../../bridge/health.js';
import { createBridgeServer } from '../../../bridge/server.js';
import { defaultHeaderMatcher } from '../../../bridge/request/metadata.js';
import { Code, StatusError } from '../../../bridge/status.js';
import { protoMetadata as errorDetails } from '../../../gen/google/rpc/error_details.js';
import type { StreamTaskLogsResponse } from '../../../gen/k8scli/v1/task_service.js';
import { OpenSet } from '../open-set.js';
import type { Service } from '../services.js';
import { withDocuments } from './documents.js';
import { foreignOrigin } from './origin.js';

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
  /** Origins whose web pages may call, also on loopback. */
  readonly corsOrigins: readonly string[];
  /** Told of errors that nobody foresaw. */
  readonly report: (error: unknown, method: string) => void;
}

/** Makes the server. */
export function createHttpServer(services: readonly Service[], options: HttpServerOptions): HttpServer {
  const known = new Set(['', ...services.map(({ name }) => name)]);
  let stopping = false;
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
    onError: options.report,
    health: async (service) => {
      if (!known.has(service)) throw new StatusError(Code.NOT_FOUND, 'unknown service');
      return stopping ? ServingStatus.NOT_SERVING : ServingStatus.SERVING;
    },
  });
  const open = new OpenSet<ServerResponse>();
  const server = createBridgeServer(withDocuments(bridge), {
    corsOrigins: options.corsOrigins,
    admit: (request, response) => {
      open.add(response);
      if (stopping) response.setHeader('Connection', 'close');
      const refusal = options.loopback ? foreignOrigin(request, options.corsOrigins) : undefined;
      if (refusal !== undefined) refuse(request, response, refusal);
      return refusal === undefined;
    },
  });
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

function refuse(request: IncomingMessage, response: ServerResponse, message: string): void {
  request.resume();
  response.writeHead(403, { 'Content-Type': 'application/json', Connection: 'close' });
  response.end(JSON.stringify({ code: Code.PERMISSION_DENIED, message, details: [] }));
}
