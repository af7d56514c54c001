/**
 * What a service method looks like to every transport: a plain function of a request and a context.
 * gRPC and HTTP call the same functions, so nothing here knows of either.
 */

import type { Metadata } from './metadata.js';

/** What a method knows of the call it answers, besides the request. */
export interface CallContext {
  /** Full method name, `/package.Service/Method`. */
  readonly method: string;
  /** Metadata that came with the request. */
  readonly metadata: Metadata;
  /** Who calls, as `address:port`; empty when unknown. */
  readonly peer: string;
  /** When the caller stops waiting; undefined when it never does. */
  readonly deadline: Date | undefined;
  /** Aborted when the caller has gone, its deadline has passed, or the server ends its streams. */
  readonly signal: AbortSignal;
  /** Sends header metadata; has to come before the first response message, and counts once. */
  sendHeader(metadata: Metadata): void;
  /** Sets the metadata that follows the last response message. */
  setTrailer(metadata: Metadata): void;
}

/** One request, one response. Throws {@link StatusError} (or anything: then it is INTERNAL). */
export type UnaryHandler<Req, Res> = (request: Req, context: CallContext) => Promise<Res>;
/**
 * One request, a stream of responses. The iterator is returned early when the caller goes away. A response that is Disposable is
 * disposed of once it is written down, also while its reader takes nothing: see {@link written}.
 */
export type ServerStreamHandler<Req, Res> = (request: Req, context: CallContext) => AsyncIterable<Res>;
/** A stream of requests, one response. */
export type ClientStreamHandler<Req, Res> = (requests: AsyncIterable<Req>, context: CallContext) => Promise<Res>;
/** A stream of requests, a stream of responses. */
export type BidiHandler<Req, Res> = (requests: AsyncIterable<Req>, context: CallContext) => AsyncIterable<Res>;

/** Any of the four kinds, when the kind is not known at compile time. */
// biome-ignore lint: the request and response types vary per method and are checked where a service is registered
export type AnyHandler = (request: any, context: CallContext) => Promise<any> | AsyncIterable<any>;

/** A method as ts-proto's `outputServices=grpc-js` describes it. */
export interface MethodDefinition {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  // biome-ignore lint: as above
  readonly requestSerialize: (value: any) => Buffer;
  // biome-ignore lint: as above
  readonly requestDeserialize: (bytes: Buffer) => any;
  // biome-ignore lint: as above
  readonly responseSerialize: (value: any) => Buffer;
  // biome-ignore lint: as above
  readonly responseDeserialize: (bytes: Buffer) => any;
}

/** A service as ts-proto describes it: method key (lower camel case) -> definition. */
export type ServiceDefinition = Readonly<Record<string, MethodDefinition>>;

/** The methods of a service, typed by its ts-proto definition: same keys, protocol-neutral functions. */
export type ServiceHandlers<S extends ServiceDefinition> = {
  readonly [K in keyof S]: MethodHandler<S[K]>;
};

type RequestOf<M extends MethodDefinition> = ReturnType<M['requestDeserialize']>;
type ResponseOf<M extends MethodDefinition> = ReturnType<M['responseDeserialize']>;

/** The handler that fits a method definition. */
export type MethodHandler<M extends MethodDefinition> = M['requestStream'] extends true
  ? M['responseStream'] extends true
    ? BidiHandler<RequestOf<M>, ResponseOf<M>>
    : ClientStreamHandler<RequestOf<M>, ResponseOf<M>>
  : M['responseStream'] extends true
    ? ServerStreamHandler<RequestOf<M>, ResponseOf<M>>
    : UnaryHandler<RequestOf<M>, ResponseOf<M>>;
