/** The connections to one cluster: some for requests, and others for streams, so that followed logs never take a request's place. */

import { createSecureContext } from 'node:tls';
import { Pool, ProxyAgent, type Dispatcher } from 'undici';
import { connectorTo, type ConnectOptions } from './connector.js';
import type { ClusterConfig, Credentials } from './credentials.js';
import { RequestPool } from './request-pool.js';

/** How long the beginning of an answer may take. */
const HEADERS_TIMEOUT_MS = 30_000;

/** The two pools, made anew when the TLS material changes. */
export class Pools {
  readonly origin: string;
  /** Path of the server's URL: some clusters are behind a path. */
  readonly prefix: string;
  readonly #url: URL;
  readonly #proxy: string | undefined;
  #key: string | undefined;
  #requests: RequestPool | undefined;
  #streams: Dispatcher | undefined;

  constructor(config: ClusterConfig) {
    const url = new URL(config.server);
    this.#url = url;
    this.origin = url.origin;
    this.prefix = url.pathname === '/' ? '' : url.pathname;
    this.#proxy = config.proxyUrl;
    if (config.proxyUrl?.startsWith('socks')) {
      throw new Error(
        `the kubeconfig's proxy-url ${config.proxyUrl} is a SOCKS proxy; only HTTP proxies are supported`,
      );
    }
  }

  requests(credentials: Credentials): RequestPool {
    this.#renew(credentials);
    this.#requests ??= new RequestPool(this.#url.host, connectorTo(this.#url, optionsOf(credentials), this.#proxy));
    return this.#requests;
  }

  streams(credentials: Credentials): Dispatcher {
    this.#renew(credentials);
    this.#streams ??= this.#makeStreams(credentials);
    return this.#streams;
  }

  async close(): Promise<void> {
    this.#requests?.destroy();
    await this.#streams?.destroy();
  }

  #renew(credentials: Credentials): void {
    if (this.#key === credentials.tlsKey) return;
    this.#key = credentials.tlsKey;
    // Closing lets what is under way finish.
    this.#requests?.close();
    void this.#streams?.close().catch(() => {});
    this.#requests = undefined;
    this.#streams = undefined;
  }

  #makeStreams(credentials: Credentials): Dispatcher {
    const tls = optionsOf(credentials);
    // A quiet log or watch is not a dead one: whoever reads has a timer of its own.
    const timeouts = { headersTimeout: HEADERS_TIMEOUT_MS, bodyTimeout: 0, keepAliveTimeout: 30_000 };
    const options = { ...timeouts, connections: null, pipelining: 1, allowH2: false };
    if (this.#proxy !== undefined) return new ProxyAgent({ ...options, uri: this.#proxy, requestTls: tls });
    return new Pool(this.origin, { ...options, connect: tls });
  }
}

function optionsOf({ tls }: Credentials): ConnectOptions {
  // Made once: each connection would read certificates and key anew, for milliseconds in which nobody is answered.
  const secureContext = createSecureContext(tls);
  return { ...tls, secureContext, keepAlive: true, keepAliveInitialDelay: 30_000 };
}
