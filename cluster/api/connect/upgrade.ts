import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { PodExec } from '../../node/node.js';
import { badRequest } from '../../store/status-error.js';
import type { Store } from '../../store/store.js';
import { createGuard } from '../guard.js';
import { parsePath } from '../paths.js';
import { statusOf } from '../send.js';
import { execRequest, serveExec } from './exec.js';
import { forwardPort, serveForward } from './port-forward.js';

/** What the connections into pods are made of. */
export interface UpgradeOptions {
  store: Store;
  exec: PodExec;
  /** The bearer token that every request has to carry. */
  token: string;
  /** Cuts the connections that are open. */
  signal: AbortSignal;
}

/** Subresources that are connections. */
export const connectSubresources: ReadonlySet<string> = new Set(['exec', 'portforward']);

const maxMessageBytes = 16 * 1024 * 1024;

/** Sub-protocols that are spoken; only in the first one a client can end the input of a program. */
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

/** What is to be done with a request, once its connection is a WebSocket. */
type Service = (socket: WebSocket, signal: AbortSignal) => Promise<void>;

/** Answers `pods/x/exec` and `pods/x/portforward` over WebSockets, as a listener for `upgrade` of a node:http(s) server. */
export function createUpgrade({
  store,
  exec,
  token,
  signal,
}: UpgradeOptions): (message: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const guard = createGuard(token);
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    // Only such as are known are offered by now.
    handleProtocols: (offered) => protocols.find((known) => offered.has(known)) ?? false,
  });

  return (message, connection, head) => {
    connection.on('error', () => undefined);
    let service: Service;
    try {
      guard(message.headers);
      service = serviceOf(store, exec, message);
    } catch (error) {
      refuse(connection, error);
      return;
    }
    server.handleUpgrade(message, connection, head, (socket) => void serve(service, socket, signal));
  };
}

async function serve(service: Service, socket: WebSocket, ending: AbortSignal): Promise<void> {
  const gone = new AbortController();
  const cut = (): void => socket.terminate();
  ending.addEventListener('abort', cut, { once: true });
  socket.on('error', () => undefined);
  socket.once('close', () => {
    ending.removeEventListener('abort', cut);
    gone.abort();
  });
  try {
    await service(socket, gone.signal);
    socket.close(1000);
  } catch (error) {
    if (!gone.signal.aborted) process.stderr.write(`a connection failed: ${String(error)}\n`);
    socket.terminate();
  }
}

/** Throws a StatusError for what cannot be served. */
function serviceOf(store: Store, exec: PodExec, { url = '/', headers }: IncomingMessage): Service {
  const { pathname, searchParams: query } = new URL(url, 'http://localhost');
  const target = parsePath(pathname);
  const { subresource = '' } = target ?? {};
  if (target === undefined || !connectSubresources.has(subresource))
    throw badRequest('nothing is upgraded at this path');
  const { namespace, name = '' } = target;
  const pod = store.existing('pods', namespace, name);
  if ((headers.upgrade ?? '').toLowerCase() !== 'websocket') {
    throw badRequest(
      `the embedded cluster serves ${subresource} over WebSockets only, not over ${headers.upgrade ?? 'this protocol'}` +
        (subresource === 'exec'
          ? ': use kubectl 1.31 or later, or k8s-cli jobs exec'
          : ': use k8s-cli jobs port-forward'),
    );
  }
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
  if (!protocols.some((known) => offered.includes(known))) {
    throw badRequest(`unable to upgrade: ask for one of the protocols ${protocols.join(', ')}`);
  }
  if (subresource === 'portforward') {
    const port = forwardPort(query);
    return (socket, signal) => serveForward(socket, pod.status?.podIP, port, signal);
  }
  const request = execRequest(pod, query);
  return (socket, signal) => serveExec(socket, () => exec(pod, request.container, request), signal);
}

/** Answers with a Status over the connection that was not upgraded. */
function refuse(connection: Duplex, error: unknown): void {
  const status = statusOf(error);
  const body = `${JSON.stringify(status.toStatus())}\n`;
  connection.end(
    `HTTP/1.1 ${status.code} ${status.reason}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
