/** A grpc-gateway in this process: REST by google.api.http for ts-proto services, answered by the same handlers as gRPC. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ProtoMetadata } from './descriptors.js';
import { Exchange, type ExchangeOptions } from './exchange.js';
import type { MarshalerOptions, MarshalOptions } from './marshalers.js';
import { Marshalers } from './marshalers.js';
import type { BodyDecoder } from './request/decode.js';
import { defaultHeaderMatcher, type HeaderMatcher } from './request/metadata.js';
import type { OnError } from './response/error.js';
import type { EventId } from './response/stream.js';
import { Router } from './router.js';
import { type BridgeService, compileRoutes } from './routes.js';
import { Schema } from './schema.js';
import type { UnescapingMode } from './unescape.js';

export { serverSentEvents } from './marshalers.js';
export type { BridgeService } from './routes.js';

/** gRPC's own limit of a message. */
const DEFAULT_MAX_BODY_BYTES = 4 * 1024 * 1024;

/** What a bridge serves, and how. Everything that is left out is as the real gateway has it. */
export interface BridgeOptions {
  /** In the order of registration: of two routes that match, the later one answers. */
  readonly services: readonly BridgeService[];
  /** Files whose messages occur in Any, besides those that the services import. */
  readonly types?: readonly ProtoMetadata[] | undefined;
  /** How JSON is written and read. Default: emitUnpopulated and discardUnknown. */
  readonly marshal?: MarshalOptions | undefined;
  /** Further marshalers by MIME type, chosen by Accept and Content-Type. */
  readonly marshalers?: Readonly<Record<string, MarshalerOptions>> | undefined;
  /** Decoders of bodies that are not JSON, by media type. */
  readonly bodyDecoders?: Readonly<Record<string, BodyDecoder>> | undefined;
  /** Which request headers become metadata, under which key. Default: {@link defaultHeaderMatcher}. */
  readonly incomingHeader?: HeaderMatcher | undefined;
  /** Id of an event of a stream, for marshalers with events. */
  readonly eventId?: EventId | undefined;
  /** Bodies above this are refused with RESOURCE_EXHAUSTED. Default: 4 MiB. */
  readonly maxBodyBytes?: number | undefined;
  readonly unescapingMode?: UnescapingMode | undefined;
  readonly strictDeepWildcard?: boolean | undefined;
  /** Told of errors that are not statuses; their callers see INTERNAL. */
  readonly onError?: OnError | undefined;
}

/** A bridge. */
export interface Bridge {
  /** Answers a request; a listener for node:http's `request` event. */
  handle(request: IncomingMessage, response: ServerResponse): void;
}

/** Makes a bridge. Throws an Error that names what is wrong with a descriptor, a rule or a missing handler. */
export function createBridge(options: BridgeOptions): Bridge {
  const schema = new Schema([...options.services.map(({ metadata }) => metadata), ...(options.types ?? [])]);
  const marshal = options.marshal ?? { emitUnpopulated: true, discardUnknown: true };
  const exchange: ExchangeOptions = {
    router: new Router(compileRoutes(options.services, schema), options),
    marshalers: new Marshalers(schema, marshal, options.marshalers ?? {}),
    bodyDecoders: new Map(Object.entries(options.bodyDecoders ?? {})),
    incomingHeader: options.incomingHeader ?? defaultHeaderMatcher,
    eventId: options.eventId,
    maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
    onError: options.onError,
  };
  return {
    handle(request, response) {
      new Exchange(request, response, exchange).run();
    },
  };
}
