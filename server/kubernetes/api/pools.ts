/** The connections to one cluster: some for requests, and others for streams, so that followed logs never take a request's place. */

import { createSecureContext } from 'node:tls';
import { errors, Pool, ProxyAgent, type Dispatcher } from 'undici';
import type { ClusterConfig, Credentials } from './credentials.js';
import { KubernetesError, NOT_SENT } from './errors.js';

/** Most connections for requests; more callers wait their turn. */
const REQUEST_CONNECTIONS = 64;
/**
 * How long a connection may take, in milliseconds, and each of the steps through a proxy. One that takes longer leads nowhere mostly:
 * into a VPN that is off, where packets are dropped.
 */
export const CONNECT_TIMEOUT_MS = 5000;
/** How long the beginning of an answer may take. */
const HEADERS_TIMEOUT_MS = 30_000;
const CONNECTION = { pipelining: 1, allowH2: false, keepAliveTimeout: 30_000 };

/** The two pools, made anew when the TLS material changes. */
export class Pools {
  readonly origin: string;
  /** Path of the server's URL: some clusters are behind a path. */
  readonly prefix: string;
  readonly #config: ClusterConfig;
  #key: string | undefined;
  #requests: Dispatcher | undefined;
  #streams: Dispatcher | undefined;

  constructor(config: ClusterConfig) {
    const url = new URL(config.server);
    this.origin = url.origin;
    this.prefix = url.pathname === '/' ? '' : url.pathname;
    this.#config = config;
    if (config.proxyUrl?.startsWith('socks')) {
      throw new Error(
        `the kubeconfig's proxy-url ${config.proxyUrl} is a SOCKS proxy; only HTTP proxies are supported`,
      );
    }
  }

  requests(credentials: Credentials): Dispatcher {
    this.#renew(credentials);
    this.#requests ??= this.#make(credentials, {
      connections: REQUEST_CONNECTIONS,
      headersTimeout: HEADERS_TIMEOUT_MS,
    });
    return this.#requests;
  }

  streams(credentials: Credentials): Dispatcher {
    this.#renew(credentials);
    // A quiet log or watch is not a dead one: whoever reads has a timer of its own.
    this.#streams ??= this.#make(credentials, {
      connections: null,
      headersTimeout: HEADERS_TIMEOUT_MS,
      bodyTimeout: 0,
    });
    return this.#streams;
  }

  async close(): Promise<void> {
    await Promise.all([this.#requests?.destroy(), this.#streams?.destroy()]);
  }

  #renew(credentials: Credentials): void {
    if (this.#key === credentials.tlsKey) return;
    this.#key = credentials.tlsKey;
    // Closing lets what is under way finish.
    void this.#requests?.close().catch(() => {});
    void this.#streams?.close().catch(() => {});
    this.#requests = undefined;
    this.#streams = undefined;
  }

  #make(credentials: Credentials, options: Pool.Options): Dispatcher {
    // Made once: each connection would read certificates and key anew, for milliseconds in which nobody is answered.
    const secureContext = createSecureContext(credentials.tls);
    const tls = {
      ...credentials.tls,
      secureContext,
      keepAlive: true,
      keepAliveInitialDelay: 30_000,
      timeout: CONNECT_TIMEOUT_MS,
    };
    const common = { ...options, ...CONNECTION };
    const { server, proxyUrl: uri } = this.#config;
    if (!uri) return new Pool(this.origin, { ...common, connect: tls });
    return new ProxyAgent({
      ...common,
      uri,
      proxyTls: { timeout: CONNECT_TIMEOUT_MS },
      requestTls: tls,
      clientFactory: (proxy, given) => new Tunnels(proxy, given, server),
    });
  }
}

/** Tunnels through a proxy. Of a request for which none came to be the cluster has seen nothing. */
class Tunnels extends Pool {
  readonly #proxy: URL;
  readonly #server: string;

  constructor(proxy: URL, options: Pool.Options, server: string) {
    super(proxy, { ...options, headersTimeout: CONNECT_TIMEOUT_MS });
    this.#proxy = proxy;
    this.#server = server;
  }

  override async connect(options: Parameters<Pool['connect']>[0]): Promise<Dispatcher.ConnectData> {
    try {
      const answer = await super.connect(options);
      if (answer.statusCode === 200) return answer;
      answer.socket.on('error', () => {}).destroy();
      throw new Error(`it answers with ${answer.statusCode}`);
    } catch (error) {
      const why = error instanceof errors.HeadersTimeoutError ? 'no answer in time' : (error as Error).message;
      const text = `${this.#server}: no way through the proxy ${this.#proxy.host}: ${why}`;
      throw new KubernetesError(0, NOT_SENT, text, { cause: error });
    }
  }
}
