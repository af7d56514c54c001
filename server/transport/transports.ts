/** Everything that answers callers: gRPC and REST over one domain, on one port. */

import type { Domain } from '../domain/context.js';
import { createGrpcServer } from './grpc/server.js';
import { createHttpServer, type HttpServerOptions } from './http/server.js';
import { openPort, type OpenPort } from './port.js';
import { createServices } from './services.js';

/** What is to be known besides the domain. */
export interface TransportOptions extends Pick<HttpServerOptions, 'loopback' | 'corsOrigins'> {
  /** Of the server. */
  readonly version: string;
  /** Ends streams when it is aborted. */
  readonly stopping: AbortSignal;
  /** What callers have to know; undefined where they need not know anything. */
  readonly token: string | undefined;
  /** Told of errors that nobody foresaw, with the ids that callers are told. */
  readonly report: (method: string, id: string, error: unknown) => void;
}

/** Both transports. */
export interface Transports {
  /** Opens the port and begins to answer; resolves with its URL. Rejects with the system's error when it cannot. */
  open(host: string, port: number): Promise<string>;
  /** Takes no more connections, and lets calls finish; after `graceMs` they are cut. */
  stop(graceMs: number): Promise<void>;
}

/** Makes both. Nothing is answered before {@link Transports.open}. */
export function createTransports(domain: Domain, options: TransportOptions): Transports {
  const { version, stopping, report, token, loopback, corsOrigins } = options;
  const services = createServices(domain, version, { stopping, report, token });
  const grpc = createGrpcServer(services);
  const http = createHttpServer(services, {
    loopback,
    corsOrigins,
    report: (error, method) => report(method, '', error),
  });
  let opened: OpenPort | undefined;
  return {
    open: async (host, port) => {
      opened = await openPort(host, port, { grpc: grpc.accept, http: http.accept });
      grpc.setServing(true);
      const { address, family, port: number } = opened.address;
      return `http://${family === 'IPv6' ? `[${address}]` : address}:${number}`;
    },
    stop: async (graceMs) => {
      grpc.setServing(false);
      opened?.close();
      await Promise.all([http.stop(graceMs), grpc.stop(graceMs)]);
    },
  };
}
