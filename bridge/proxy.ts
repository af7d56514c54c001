/** Handlers that pass every call on to another gRPC server: with them a bridge is a gateway in front of it. */

import type { Client, ClientReadableStream, Metadata as GrpcMetadata, ServiceError, StatusObject } from '@grpc/grpc-js';
import { fromGrpc, toGrpc } from './grpc-metadata.js';
import type { AnyHandler, CallContext, MethodDefinition, ServiceDefinition } from './handler.js';
import type { Value } from './schema.js';
import { Code, StatusError } from './status.js';
import { decodeDetails } from './status-codec.js';

/** The handlers of a service that somebody else implements, reached through a client that stays the caller's. */
export function proxyHandlers(definition: ServiceDefinition, client: Client): Record<string, AnyHandler> {
  return Object.fromEntries(Object.entries(definition).map(([key, method]) => [key, proxyHandler(method, client)]));
}

function proxyHandler(method: MethodDefinition, client: Client): AnyHandler {
  const { path, requestSerialize: write, responseDeserialize: read, requestStream, responseStream } = method;
  if (responseStream) {
    return (request, context) => {
      const [metadata, options] = callOptions(context);
      if (!requestStream) {
        return responses(client.makeServerStreamRequest(path, write, read, request, metadata, options), context);
      }
      const call = client.makeBidiStreamRequest(path, write, read, metadata, options);
      const sent = send(request, call);
      return responses(call, context, sent);
    };
  }
  return (request, context) =>
    new Promise((resolve, reject) => {
      const [metadata, options] = callOptions(context);
      const done = (error: ServiceError | null, response?: Value): void => {
        if (error) reject(toStatusError(error));
        else resolve(response);
      };
      if (!requestStream) {
        attach(client.makeUnaryRequest(path, write, read, request, metadata, options, done), context);
        return;
      }
      const call = client.makeClientStreamRequest(path, write, read, metadata, options, done);
      attach(call, context);
      send(request, call).catch(reject);
    });
}

function callOptions(context: CallContext): [GrpcMetadata, { deadline?: Date }] {
  return [toGrpc(context.metadata), context.deadline ? { deadline: context.deadline } : {}];
}

/** What the four kinds of call have in common. */
interface AnyCall {
  cancel(): void;
  on(event: 'metadata', listener: (metadata: GrpcMetadata) => void): unknown;
  on(event: 'status', listener: (status: StatusObject) => void): unknown;
}

/** Hands on what the server says besides messages, and tells it when the caller has gone. */
function attach(call: AnyCall, context: CallContext): void {
  const { signal } = context;
  const cancel = (): void => call.cancel();
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  call.on('metadata', (metadata) => context.sendHeader(fromGrpc(metadata)));
  call.on('status', ({ metadata }) => {
    signal.removeEventListener('abort', cancel);
    context.setTrailer(fromGrpc(metadata));
  });
}

/** What the server sends. A request that could not be sent (`sent` rejects) is the reason why the server was cancelled. */
async function* responses(
  call: ClientReadableStream<Value>,
  context: CallContext,
  sent?: Promise<void>,
): AsyncGenerator<Value, void> {
  attach(call, context);
  let unsent: unknown;
  sent?.catch((error: unknown) => {
    unsent = error;
  });
  try {
    yield* call;
  } catch (error) {
    throw unsent ?? (isServiceError(error) ? toStatusError(error) : error);
  } finally {
    call.cancel();
  }
}

/** The sending half of a call. */
interface RequestStream {
  write(message: Value): boolean;
  end(): void;
  cancel(): void;
  readonly destroyed: boolean;
  once(event: 'drain' | 'close' | 'error', listener: () => void): unknown;
  off(event: 'drain' | 'close' | 'error', listener: () => void): unknown;
}

/** Sends all requests, no faster than the server takes them. Rejects when one cannot be read; the call is cancelled then. */
async function send(requests: AsyncIterable<Value>, call: RequestStream): Promise<void> {
  try {
    for await (const request of requests) {
      if (!call.write(request)) await drained(call);
      if (call.destroyed) return;
    }
    call.end();
  } catch (error) {
    call.cancel();
    throw error;
  }
}

function drained(call: RequestStream): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of ['drain', 'close', 'error'] as const) call.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'close', 'error'] as const) call.once(event, done);
  });
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && 'metadata' in error;
}

function toStatusError(error: ServiceError): StatusError {
  const [encoded] = error.metadata.get('grpc-status-details-bin');
  let details: ReturnType<typeof decodeDetails> = [];
  try {
    if (Buffer.isBuffer(encoded)) details = decodeDetails(encoded);
  } catch {
    return new StatusError(Code.INTERNAL, 'the server sent malformed error details', [], { cause: error });
  }
  return new StatusError(error.code, messageOf(error), details, { cause: error });
}

/** Where grpc-js itself noticed that the time was up it tells of its inner life and the server's address; Go has three words. */
function messageOf({ code, details }: { readonly code: number; readonly details: string }): string {
  return code === Code.DEADLINE_EXCEEDED && details.startsWith('Deadline exceeded after ')
    ? 'context deadline exceeded'
    : details;
}
