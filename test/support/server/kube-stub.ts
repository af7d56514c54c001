import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ClusterConfig } from '../../../server/kubernetes/api/credentials.js';
import { createKubeClient, type KubeClient } from '../../../server/kubernetes/api/client.js';

/** A request as the stub saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** Answers one request. */
export type Answer = (request: SeenRequest, response: ServerResponse) => void | Promise<void>;

/** An API server on loopback that says what a test tells it to. */
export class KubeStub {
  readonly requests: SeenRequest[] = [];
  readonly sockets = new Set<Socket>();
  /** How many connections were ever made. */
  connections = 0;
  /** Most connections that were open at a time. */
  peak = 0;
  /** Times that credentials were renewed. */
  renewals = 0;
  client!: KubeClient;
  config!: ClusterConfig;
  readonly #answer: Answer;
  readonly #server = createServer((request, response) => {
    void this.#serve(request, response);
  });
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  private constructor(answer: Answer) {
    this.#answer = answer;
    this.#server.on('connection', (socket: Socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      this.peak = Math.max(this.peak, this.sockets.size);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  /** Starts a stub; `path` is what stands behind the host in the server's URL. */
  static async start(answer: Answer, path = ''): Promise<KubeStub> {
    const stub = new KubeStub(answer);
    await new Promise<void>((resolve) => stub.#server.listen(0, '127.0.0.1', resolve));
    const { port } = stub.#server.address() as AddressInfo;
    stub.config = {
      server: `http://127.0.0.1:${port}${path}`,
      proxyUrl: undefined,
      namespace: undefined,
      name: 'stub',
      credentials: async (renew) => {
        if (renew) stub.renewals += 1;
        return { headers: { authorization: `Bearer token-${stub.renewals}` }, tls: {}, tlsKey: 'none' };
      },
    };
    stub.client = createKubeClient(stub.config);
    return stub;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const url = new URL(request.url ?? '', 'http://stub');
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
    this.requests.push(seen);
    for (const { count, resolve } of this.#waiting) if (this.requests.length >= count) resolve();
    await this.#answer(seen, response);
  }

  /** Resolves when so many requests have come. */
  async seen(count: number): Promise<void> {
    if (this.requests.length >= count) return;
    await new Promise<void>((resolve) => this.#waiting.push({ count, resolve }));
  }

  /** Cuts every connection. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    await this.client.close();
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Answers with JSON. */
export function json(response: ServerResponse, body: unknown, code = 200, headers: Record<string, string> = {}): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** Answers as the API does when it refuses. */
export function refuse(
  response: ServerResponse,
  code: number,
  reason: string,
  message: string,
  headers: Record<string, string> = {},
): void {
  json(response, { kind: 'Status', status: 'Failure', code, reason, message }, code, headers);
}

/** Writes one event of a watch. */
export function event(response: ServerResponse, type: string, object: unknown): void {
  response.write(`${JSON.stringify({ type, object })}\n`);
}
