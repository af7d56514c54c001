/** An HTTP/1.1 server for a bridge. */

import type { Bridge } from './bridge.js';
import { Cors } from './cors.js';
import type { HttpRequest } from './http/request.js';
import type { HttpResponse } from './http/response.js';
import { HttpServer } from './http/server.js';

const MAX_HEADER_BYTES = 1024 * 1024;
const HEADERS_TIMEOUT_MS = 30_000;
const REST_TIMEOUT_MS = 60_000;
const IDLE_TIMEOUT_MS = 75_000;
const LINGER_MS = 1000;

/** Limits and permissions of a server; what is left out has a default. */
export interface BridgeServerOptions {
  /** Request lines and headers above this (and a little more, as with Go) are refused with 431. Default: 1 MiB. */
  readonly maxHeaderBytes?: number | undefined;
  /** Who takes longer to send the headers of a request gets 408. Default: 30 seconds. */
  readonly headersTimeoutMs?: number | undefined;
  /** How long a connection is kept after it was answered while there is no new request on it. Default: 75 seconds. */
  readonly idleTimeoutMs?: number | undefined;
  /** Origins whose web pages may call (`https://app.example`). Default: none. */
  readonly corsOrigins?: readonly string[] | undefined;
  /** Sees each request before the bridge does; false when it has answered it. */
  readonly admit?: ((request: HttpRequest, response: HttpResponse) => boolean) | undefined;
}

/** Makes a server, which listens nowhere: `net.createServer(server.accept).listen(…)` gives it connections. */
export function createBridgeServer(bridge: Bridge, options: BridgeServerOptions = {}): HttpServer {
  const cors = options.corsOrigins?.length ? new Cors(options.corsOrigins) : undefined;
  return new HttpServer(
    (request, response) => {
      if (options.admit?.(request, response) === false || cors?.answers(request, response)) return;
      bridge.handle(request, response);
    },
    {
      maxHeadBytes: options.maxHeaderBytes ?? MAX_HEADER_BYTES,
      headTimeoutMs: options.headersTimeoutMs ?? HEADERS_TIMEOUT_MS,
      idleTimeoutMs: options.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
      restTimeoutMs: REST_TIMEOUT_MS,
      lingerMs: LINGER_MS,
    },
  );
}
