/** The conformance service over gRPC, all four kinds of call, for bridges that pass calls on. */

import type { EventEmitter } from 'node:events';
import type { Readable } from 'node:stream';
import {
  type Metadata as GrpcMetadata,
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import { fromGrpc, toGrpc } from '../../bridge/grpc-metadata.js';
import type { AnyHandler, CallContext, MethodDefinition } from '../../bridge/handler.js';
import { StatusError } from '../../bridge/status.js';
import { encodeStatus } from '../../bridge/status-codec.js';
import { ConfService } from '../../gen/gwconf/v1/conformance.js';
import { conformanceHandlers } from './service.js';

/** Serves it on a free port of loopback; answers the address. */
export async function serveOverGrpc(): Promise<{ address: string; close(): void }> {
  const server = new Server();
  const handlers: Readonly<Record<string, AnyHandler>> = conformanceHandlers;
  const implementation = Object.entries(ConfService).map(([key, method]): [string, UntypedHandleCall] => {
    const handler = handlers[key];
    if (!handler) throw new Error(`no handler for ${key}`);
    return [key, implement(handler, method)];
  });
  server.addService(ConfService, Object.fromEntries(implementation));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { address: `127.0.0.1:${port}`, close: () => server.forceShutdown() };
}

type UnaryLike = ServerUnaryCall<unknown, unknown> | ServerReadableStream<unknown, unknown>;
type StreamLike = ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>;
type Callback = (error: object | null, response?: unknown, trailer?: GrpcMetadata) => void;

function implement(handler: AnyHandler, { path, requestStream, responseStream }: MethodDefinition): UntypedHandleCall {
  if (responseStream) {
    return (call: StreamLike) => {
      const { context, trailer } = contextOf(call, path);
      const replies = handler(requestStream ? requests(call as Readable) : requestOf(call), context);
      void (async () => {
        for await (const reply of replies as AsyncIterable<unknown>) call.write(reply);
        call.end(trailer());
      })().catch((error: unknown) => call.emit('error', failure(error, trailer())));
    };
  }
  return (call: UnaryLike, callback: Callback) => {
    const { context, trailer } = contextOf(call, path);
    const reply = handler(requestStream ? requests(call as Readable) : requestOf(call), context);
    (reply as Promise<unknown>).then(
      (response) => callback(null, response, trailer()),
      (error: unknown) => callback(failure(error, trailer())),
    );
  };
}

/** A plain loop over a call would destroy it at the end, with the half that still has to answer. */
function requests(call: Readable): AsyncIterable<unknown> {
  return call.iterator({ destroyOnReturn: false });
}

function requestOf(call: UnaryLike | StreamLike): unknown {
  return 'request' in call ? call.request : undefined;
}

function contextOf(
  call: UnaryLike | StreamLike,
  method: string,
): { context: CallContext; trailer: () => GrpcMetadata } {
  const gone = new AbortController();
  (call as EventEmitter).on('cancelled', () => gone.abort());
  const deadline = call.getDeadline();
  let trailer = new Metadata();
  const context: CallContext = {
    method,
    metadata: fromGrpc(call.metadata),
    peer: call.getPeer(),
    deadline: deadline instanceof Date ? deadline : Number.isFinite(deadline) ? new Date(deadline) : undefined,
    signal: gone.signal,
    sendHeader: (metadata) => call.sendMetadata(toGrpc(metadata)),
    setTrailer: (metadata) => {
      trailer = toGrpc(metadata);
    },
  };
  return { context, trailer: () => trailer };
}

function failure(error: unknown, metadata: GrpcMetadata): object {
  if (!(error instanceof StatusError)) return { code: 2, details: String(error), metadata };
  metadata.set('grpc-status-details-bin', Buffer.from(encodeStatus(error)));
  return { code: error.code, details: error.message, metadata };
}
