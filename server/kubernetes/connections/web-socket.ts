/** WebSockets to the Kubernetes API, with the credentials of all other requests. A message is a channel's number and bytes. */

import type { IncomingMessage } from 'node:http';
import { HttpProxyAgent, HttpsProxyAgent } from 'hpagent';
import { createWebSocketStream, WebSocket } from 'ws';
import type { ClusterConfig, Credentials } from '../api/credentials.js';
import { KubernetesError, parseError } from '../api/errors.js';
import { CONNECT_TIMEOUT_MS } from '../api/pools.js';

/** Proxies and load balancers cut connections on which nothing is said. */
const PING_MS = 15_000;
/** So long nothing at all may come, not even the answer to a ping. */
const SILENCE_MS = 60_000;
/** How long the API server may take to reach the pod's machine. */
const OPEN_TIMEOUT_MS = 30_000;
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;
const CLOSED_WITHOUT_A_WORD = 1006;

/** What to open. */
export interface SocketRequest {
  /** Path below the server's URL, beginning with a slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Sub-protocols, the best one first. */
  readonly protocols: readonly string[];
  /** Cuts the connection, also later. */
  readonly signal: AbortSignal;
}

/** An open WebSocket. */
export interface KubeSocket {
  /** The sub-protocol that the server chose. */
  readonly protocol: string;
  /** Each message as it comes; read once, and only as fast as it is read. Throws where the connection was lost. */
  readonly messages: AsyncIterable<{ readonly channel: number; readonly bytes: Buffer }>;
  /** Resolves when more may be sent. */
  send(channel: number, bytes: Uint8Array): Promise<void>;
}

/** Opens a WebSocket. Throws {@link KubernetesError}, or the signal's reason. */
export async function openSocket(config: ClusterConfig, request: SocketRequest): Promise<KubeSocket> {
  for (const renew of [false, true]) {
    request.signal.throwIfAborted();
    const socket = connect(config, request, await config.credentials(renew, request));
    // Before it is open: the first message may come together with that.
    const wrapped = wrap(socket, config.server, request.signal);
    try {
      await opened(socket, config.server);
    } catch (error) {
      request.signal.throwIfAborted();
      if (error instanceof KubernetesError && error.code === 401 && !renew) continue;
      throw error;
    }
    return wrapped;
  }
  throw new KubernetesError(401, 'Unauthorized', 'the credentials are not accepted');
}

function connect(config: ClusterConfig, request: SocketRequest, { headers, tls }: Credentials): WebSocket {
  const url = new URL(config.server + request.path);
  url.search = request.query.toString();
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const { proxyUrl: proxy } = config;
  const Agent = url.protocol === 'wss:' ? HttpsProxyAgent : HttpProxyAgent;
  const socket = new WebSocket(url, [...request.protocols], {
    ...tls,
    headers,
    ...(proxy === undefined ? {} : { agent: new Agent({ proxy }) }),
    handshakeTimeout: OPEN_TIMEOUT_MS,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    finishRequest: (opening, unopened) => {
      const timer = setTimeout(() => {
        unopened.emit('error', new Error(`no connection within ${CONNECT_TIMEOUT_MS / 1000} s`));
        unopened.terminate();
      }, CONNECT_TIMEOUT_MS);
      unopened.once('close', () => clearTimeout(timer));
      // It is sent as soon as there is a connection, with its TLS, and through the proxy.
      opening.once('finish', () => clearTimeout(timer)).end();
    },
  });
  const cut = (): void => socket.terminate();
  request.signal.addEventListener('abort', cut, { once: true });
  socket.once('close', () => request.signal.removeEventListener('abort', cut));
  // Errors are told where somebody waits; without a listener they would end the process.
  socket.on('error', () => {});
  return socket;
}

function opened(socket: WebSocket, server: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (_request, response: IncomingMessage) => {
      void textOf(response).then((text) => {
        reject(parseError(response.statusCode ?? 0, text, response.headers['retry-after']));
        socket.terminate();
      });
    });
    socket.once('error', (error) =>
      reject(new KubernetesError(0, 'Unreachable', `${server}: ${error.message}`, { cause: error })),
    );
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  try {
    for await (const chunk of response) {
      text += String(chunk);
      if (text.length > MAX_ERROR_BYTES) break;
    }
  } catch {
    // What has come has to do.
  }
  return text;
}

function wrap(socket: WebSocket, server: string, signal: AbortSignal): KubeSocket {
  // Each message stays one piece; few are kept waiting, and then the socket is not read.
  const stream = createWebSocketStream(socket, { readableObjectMode: true });
  stream.on('error', () => {});
  let lost: string | undefined;
  socket.once('error', (error) => (lost = error.message));
  socket.once('close', (code) => {
    if (code === CLOSED_WITHOUT_A_WORD) lost ??= 'it was cut';
  });
  keepAlive(socket, () => (lost ??= `nothing was heard for ${SILENCE_MS / 1000} s`));

  async function* messages(): AsyncGenerator<{ channel: number; bytes: Buffer }, void, undefined> {
    try {
      for await (const message of stream as AsyncIterable<Buffer>) {
        const [channel] = message;
        if (channel !== undefined) yield { channel, bytes: message.subarray(1) };
      }
    } catch {
      lost ??= 'it was cut';
    }
    signal.throwIfAborted();
    if (lost !== undefined) throw new KubernetesError(0, 'Unreachable', `${server}: the connection was lost: ${lost}`);
  }

  return {
    get protocol() {
      return socket.protocol;
    },
    messages: messages(),
    send: (channel, bytes) =>
      new Promise((resolve, reject) => {
        stream.write(Buffer.concat([Buffer.of(channel), bytes]), (error) => (error ? reject(error) : resolve()));
      }),
  };
}

function keepAlive(socket: WebSocket, onSilence: () => void): void {
  let heardMs = Date.now();
  const heard = (): void => {
    heardMs = Date.now();
  };
  socket.on('pong', heard).on('message', heard);
  const timer = setInterval(() => {
    // Who is not read cannot be heard.
    if (socket.isPaused) heard();
    if (Date.now() - heardMs > SILENCE_MS) {
      onSilence();
      socket.terminate();
    } else if (socket.readyState === WebSocket.OPEN) socket.ping();
  }, PING_MS);
  socket.once('close', () => clearInterval(timer));
}
