/** What a gRPC connection between a gateway and its service adds to a call, for handlers that are called without one. */

import type { AnyHandler, CallContext } from '../../bridge/handler.js';
import { Metadata } from '../../bridge/metadata.js';
import { encodeStatus } from '../../bridge/status-codec.js';
import { Code, StatusError } from '../../bridge/status.js';

type Handlers = Readonly<Record<string, AnyHandler>>;

/** The same handlers, called as if over gRPC. */
export function asOverGrpc(handlers: Handlers): Handlers {
  return Object.fromEntries(Object.entries(handlers).map(([key, handler]) => [key, wrapped(handler)]));
}

function wrapped(handler: AnyHandler): AnyHandler {
  return (request, context) => {
    const call = new TransportCall(context);
    const reply = handler(request, call);
    // What is wrong with a stream of requests is found before it gets to the connection.
    if (Symbol.asyncIterator in reply || Symbol.asyncIterator in request) return reply;
    return reply.catch((error: unknown) => call.fail(error));
  };
}

class TransportCall implements CallContext {
  readonly #call: CallContext;
  readonly metadata = new Metadata();
  #sentHeader = false;
  #trailer = new Metadata();

  constructor(call: CallContext) {
    this.#call = call;
    for (const [key, value] of call.metadata) this.metadata.append(key, value);
    this.metadata.append('content-type', 'application/grpc');
  }

  get method(): string {
    return this.#call.method;
  }

  get peer(): string {
    return this.#call.peer;
  }

  get deadline(): Date | undefined {
    return this.#call.deadline;
  }

  get signal(): AbortSignal {
    return this.#call.signal;
  }

  sendHeader(metadata: Metadata): void {
    this.#sentHeader = true;
    this.#call.sendHeader(metadata);
  }

  setTrailer(metadata: Metadata): void {
    this.#trailer = metadata;
    this.#call.setTrailer(metadata);
  }

  /** An error's details are trailer metadata, too, and what would have been in a header comes with the trailers. */
  fail(error: unknown): never {
    if (!this.#sentHeader) this.#trailer.append('content-type', 'application/grpc');
    if (error instanceof StatusError && error.details.length > 0) {
      this.#trailer.append('grpc-status-details-bin', encodeStatus(error));
    }
    this.#call.setTrailer(this.#trailer);
    // Codes travel as numbers without a sign, which Go's client reads as 32 bits with one.
    if (error instanceof StatusError && error.code < 0) {
      const sent = `strconv.ParseInt: parsing "${error.code >>> 0}": value out of range`;
      throw new StatusError(Code.UNKNOWN, `transport: malformed grpc-status: ${sent}`);
    }
    throw error;
  }
}
