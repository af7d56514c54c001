/** The gRPC server: the services, health and reflection. It listens nowhere: connections are handed to it. */

import type { Socket } from 'node:net';
import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation } from 'grpc-health-check';
import type { AnyHandler, ServiceDefinition } from '../../../bridge/handler.js';
import { FILE_DESCRIPTORS } from '../../../gen/file-descriptors.js';
import { OpenSet } from '../open-set.js';
import type { Service } from '../services.js';
import { bidiStream } from './bidi-stream.js';
import { serverStream } from './server-stream.js';
import { unary } from './unary.js';

/** A message may hold a long task file, or a full page of tasks. */
const MAX_RECEIVE_BYTES = 4 * 1024 * 1024;
const MAX_SEND_BYTES = 64 * 1024 * 1024;

/** A gRPC server and how connections get to it. */
export interface GrpcServer {
  /** Takes over a connection whose first bytes are HTTP/2's. */
  readonly accept: (connection: Socket) => void;
  /** What grpc.health.v1 answers, for the server as a whole and for each service. */
  setServing(serving: boolean): void;
  /** Lets calls finish; after `graceMs` they are cut. */
  stop(graceMs: number): Promise<void>;
}

/** Makes the server. The handlers are behind the interceptors already. */
export function createGrpcServer(services: readonly Service[]): GrpcServer {
  const server = new Server({
    'grpc.max_receive_message_length': MAX_RECEIVE_BYTES,
    'grpc.max_send_message_length': MAX_SEND_BYTES,
    // Statistics that nobody reads, kept for every call.
    'grpc.enable_channelz': 0,
    // Clients may ask every 10 seconds whether a quiet stream lives.
    'grpc.http2.min_ping_interval_without_data_ms': 5000,
    'grpc.keepalive_permit_without_calls': 1,
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
  });
  for (const { definition, handlers } of services) {
    server.addService(withEncodedStreams(definition), implementation(definition, handlers));
  }
  const names = ['', ...services.map(({ name }) => name)];
  const health = new HealthImplementation(Object.fromEntries(names.map((name) => [name, 'NOT_SERVING' as const])));
  health.addToServer(server);
  reflection(services).addToServer(server);
  const connections = new OpenSet<Socket>();
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return {
    accept: (connection) => {
      connections.add(connection);
      injector.injectConnection(connection);
    },
    setServing: (serving) => {
      for (const name of names) health.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING');
    },
    stop: async (graceMs) => {
      // Tells clients to go elsewhere; a connection closes when its last call has ended.
      injector.drain(graceMs);
      await connections.untilEmpty(graceMs);
      injector.destroy();
      server.forceShutdown();
    },
  };
}

/** The service as grpc-js sees it: the messages of streams come to it encoded. */
function withEncodedStreams(definition: ServiceDefinition): ServiceDefinition {
  const asItIs = (bytes: Buffer): Buffer => bytes;
  return Object.fromEntries(
    Object.entries(definition).map(([key, method]) => [
      key,
      method.responseStream ? { ...method, responseSerialize: asItIs } : method,
    ]),
  );
}

function implementation(
  definition: ServiceDefinition,
  handlers: Readonly<Record<string, AnyHandler>>,
): UntypedServiceImplementation {
  return Object.fromEntries(
    Object.entries(definition).map(([key, method]) => {
      const handler = handlers[key];
      if (!handler || (method.requestStream && !method.responseStream)) {
        throw new Error(`${method.path} cannot be served`);
      }
      const encode = method.responseSerialize;
      if (method.requestStream) return [key, bidiStream(handler, encode)];
      return [key, method.responseStream ? serverStream(handler, encode) : unary(handler)];
    }),
  );
}

/** Reflection from the compiler's own descriptors: nothing is read from disk. */
function reflection(services: readonly Service[]): ReflectionService {
  const fileDescriptorProtos = FILE_DESCRIPTORS.map((file) => Buffer.from(file, 'base64'));
  const names = services.map(({ name }) => name);
  // The library takes a package definition as proto-loader makes it, and reads nothing of it but the descriptors.
  const definition = { all: { format: '', type: {}, fileDescriptorProtos } };
  return new ReflectionService(definition as unknown as ConstructorParameters<typeof ReflectionService>[0], {
    services: names,
  });
}
