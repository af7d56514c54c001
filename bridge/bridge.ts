/** A grpc-gateway in this process: REST by google.api.http for ts-proto services, answered by the same handlers as gRPC. */

import type { ProtoMetadata } from './descriptors.js';
import { Exchange, type ExchangeOptions } from './exchange.js';
import type { HttpRequest } from './http/request.js';
import type { HttpResponse } from './http/response.js';
import type { MarshalerFactory, MarshalOptions } from './marshaler.js';
import { Marshalers } from './marshalers.js';
import type { BodyDecoder } from './request/decode.js';
import { defaultHeaderMatcher, type HeaderMatcher } from './request/metadata.js';
import type { OnError } from './response/error.js';
import type { EventId } from './response/stream.js';
import { Router } from './router.js';
import { type HealthCheck, healthRoute } from './health.js';
import { type BridgeService, compileRoutes, type RouteOptions } from './routes.js';
import { Schema } from './schema.js';
import type { UnescapingMode } from './unescape.js';

export { jsonMarshaler, serverSentEvents } from './json-marshaler.js';
export { protobufMarshaler } from './protobuf-marshaler.js';
export type { BridgeService } from './routes.js';

/** gRPC's own limit of a message. */
const DEFAULT_MAX_BODY_BYTES = 4 * 1024 * 1024;
const DEFAULT_BODY_TIMEOUT_MS = 60_000;

/** What a bridge serves, and how. Everything that is left out is as the real gateway has it. */
export interface BridgeOptions extends RouteOptions {
  /** In the order of registration: of two routes that match, the later one answers. */
  readonly services: readonly BridgeService[];
  /** Files whose messages occur in Any, besides those that the services import. */
  readonly types?: readonly ProtoMetadata[] | undefined;
  /** How JSON is written and read. Default: emitUnpopulated and discardUnknown. */
  readonly marshal?: MarshalOptions | undefined;
  /** Further marshalers by MIME type, chosen by Accept and Content-Type; `*` replaces the one for everything else. */
  readonly marshalers?: Readonly<Record<string, MarshalerFactory>> | undefined;
  /** Decoders of bodies that are not JSON, by media type. */
  readonly bodyDecoders?: Readonly<Record<string, BodyDecoder>> | undefined;
  /** Which request headers become metadata, under which key. Default: {@link defaultHeaderMatcher}. */
  readonly incomingHeader?: HeaderMatcher | undefined;
  /** Id of an event of a stream, for marshalers with events. */
  readonly eventId?: EventId | undefined;
  /** Bodies above this are refused with RESOURCE_EXHAUSTED. Default: 4 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /** Who takes longer to send a body gets 408; streams of requests may take for ever. Default: 60 seconds. */
  readonly bodyTimeoutMs?: number | undefined;
  /** Answers `GET /healthz`; any service's route that matches it goes first. Default: there is no such path. */
  readonly health?: HealthCheck | undefined;
  readonly unescapingMode?: UnescapingMode | undefined;
  readonly strictDeepWildcard?: boolean | undefined;
  /** Told of errors that are not statuses; their callers see INTERNAL. */
  readonly onError?: OnError | undefined;
}

/** A bridge. */
export interface Bridge {
  /** Answers a request. Never throws. */
  handle(request: HttpRequest, response: HttpResponse): void;
}

/** Makes a bridge. Throws an Error that names what is wrong with a descriptor, a rule or a missing handler. */
export function createBridge(options: BridgeOptions): Bridge {
  const schema = new Schema([...options.services.map(({ metadata }) => metadata), ...(options.types ?? [])]);
  const marshal = options.marshal ?? { emitUnpopulated: true, discardUnknown: true };
  const health = options.health ? [healthRoute('/healthz', options.health)] : [];
  const router = new Router([...health, ...compileRoutes(options.services, schema, options)], options);
  const exchange: ExchangeOptions = {
    router,
    marshalers: new Marshalers(schema, marshal, options.marshalers ?? {}),
    bodyDecoders: new Map(Object.entries(options.bodyDecoders ?? {})),
    incomingHeader: options.incomingHeader ?? defaultHeaderMatcher,
    eventId: options.eventId,
    body: {
      maxBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
      timeoutMs: options.bodyTimeoutMs ?? DEFAULT_BODY_TIMEOUT_MS,
    },
    onError: options.onError,
  };
  return {
    handle(request, response) {
      new Exchange(request, response, exchange).run();
    },
  };
}
