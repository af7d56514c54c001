/** The REST side: the bridge over the same handlers as gRPC. It listens nowhere: connections are handed to it. */

import { isUtf8 } from 'node:buffer';
import { createBridge, serverSentEvents } from '../../../bridge/bridge.js';
import { ServingStatus } from '../../../bridge/health.js';
import type { HttpResponse } from '../../../bridge/http/response.js';
import type { HttpServer } from '../../../bridge/http/server.js';
import { createBridgeServer } from '../../../bridge/server.js';
import { defaultHeaderMatcher } from '../../../bridge/request/metadata.js';
import { Code, StatusError } from '../../../bridge/status.js';
import { protoMetadata as errorDetails } from '../../../gen/google/rpc/error_details.js';
import { eventIdOf } from '../event-id.js';
import type { Service } from '../services.js';
import { withDocuments } from './documents.js';
import { foreignOrigin } from './origin.js';

/** Headers that are passed on under their own name. */
const OWN_HEADERS = new Set(['x-user', 'last-event-id']);

/** mapping.ts makes one message of each state of a task. */
const IMMUTABLE = new Set(['k8scli.v1.TaskStatus']);

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
  const bridge = createBridge({
    services,
    types: [errorDetails],
    marshal: {
      useProtoNames: true,
      emitUnpopulated: true,
      discardUnknown: false,
      suggestFieldNames: true,
      immutable: IMMUTABLE,
    },
    marshalers: { 'text/event-stream': serverSentEvents },
    bodyDecoders: {
      'application/yaml': (body, type) => (type === SUBMIT ? { taskYaml: textOf(body) } : undefined),
    },
    incomingHeader: (name) => (OWN_HEADERS.has(name) ? name : defaultHeaderMatcher(name)),
    eventId: eventIdOf,
    onError: options.report,
    health: async (service) => {
      if (!known.has(service)) throw new StatusError(Code.NOT_FOUND, 'unknown service');
      return server.stopping ? ServingStatus.NOT_SERVING : ServingStatus.SERVING;
    },
  });
  const server: HttpServer = createBridgeServer(withDocuments(bridge, options.report), {
    corsOrigins: options.corsOrigins,
    admit: ({ head }, response) => {
      const refusal = options.loopback ? foreignOrigin(head.fields, options.corsOrigins) : undefined;
      if (refusal !== undefined) refuse(response, refusal);
      return refusal === undefined;
    },
  });
  return server;
}

const SUBMIT = 'k8scli.v1.SubmitTaskRequest';

/** What is no text would be made into something else, and submitted. */
function textOf(body: Buffer): string {
  if (isUtf8(body)) return body.toString();
  throw new StatusError(Code.INVALID_ARGUMENT, 'the task file is not UTF-8 text; save it as UTF-8');
}

function refuse(response: HttpResponse, message: string): void {
  response.closeConnection();
  const body = JSON.stringify({ code: Code.PERMISSION_DENIED, message, details: [] });
  response.send(403, ['Content-Type', 'application/json'], body);
}
