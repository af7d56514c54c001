/** A stream of messages -> a chunked response, each message sent as it comes. */

import type { Call } from '../call.js';
import type { Body, HeaderList, HttpResponse } from '../http/response.js';
import type { Marshaler } from '../marshaler.js';
import type { Route } from '../routes.js';
import type { Value } from '../schema.js';
import type { StatusError } from '../status.js';
import { written } from '../written.js';
import { type OnError, toStatus } from './error.js';
import { httpStatus } from './http-status.js';
import { addMetadataHeaders, headerValue } from './metadata.js';

/** Id of an event, for the marshalers that have events; undefined or '' for none. */
export type EventId = (method: string, message: Value) => string | undefined;

/** Says to caches and proxies that events are for now: without the second nginx collects them first. */
const LIVE: HeaderList = ['Cache-Control', 'no-cache', 'X-Accel-Buffering', 'no'];

/** What a stream is sent with. */
export interface StreamOptions {
  readonly route: Route;
  readonly marshaler: Marshaler;
  readonly eventId: EventId | undefined;
  readonly onError: OnError | undefined;
}

/** Opens a handler's stream and sends all its messages; resolves when the response has ended, however it did. */
export async function sendStream(
  response: HttpResponse,
  open: () => AsyncIterable<Value>,
  call: Call,
  options: StreamOptions,
): Promise<void> {
  const writer = new StreamWriter(response, call, options);
  let iterator: AsyncIterator<Value> | undefined;
  // Not awaited: a generator that waits for something takes its time, and it has the signal to hurry.
  const close = (): void => void iterator?.return?.()?.then(undefined, noop);
  call.onAbort((reason) => {
    writer.fail(reason);
    close();
  });
  try {
    iterator = open()[Symbol.asyncIterator]();
    while (!call.ended) {
      const step = await iterator.next();
      if (call.ended) return;
      if (step.done) break;
      const goesOn = writer.send(step.value);
      written(step.value);
      if (!goesOn) await response.drained();
    }
    if (!call.ended) writer.end();
  } catch (error) {
    if (!call.ended) writer.fail(toStatus(error, call.method, options.onError));
    close();
  } finally {
    call.finish();
  }
}

function noop(): void {}

class StreamWriter {
  readonly #response: HttpResponse;
  readonly #call: Call;
  readonly #options: StreamOptions;
  readonly #isRaw: boolean;

  constructor(response: HttpResponse, call: Call, options: StreamOptions) {
    this.#response = response;
    this.#call = call;
    this.#options = options;
    this.#isRaw = !options.route.responseBody && options.route.rpc.output.fullName === 'google.api.HttpBody';
  }

  /** Sends a message; false when the peer cannot keep up. Throws a status when it cannot be written. */
  send(message: Value): boolean {
    const { marshaler, route } = this.#options;
    if (this.#isRaw) {
      this.#start(200, marshaler.rawHttpBody ? headerValue(message.contentType) : marshaler.contentType);
      return this.#response.write(message.data, marshaler.delimiter);
    }
    const chunk = marshaler.chunk(route, message);
    this.#start(200, marshaler.contentType);
    return this.#response.write(joined(this.#eventLine(message), chunk), marshaler.delimiter);
  }

  #eventLine(message: Value): string {
    const { marshaler, eventId } = this.#options;
    const id = marshaler.events ? eventId?.(this.#call.method, message) : undefined;
    return id ? `id: ${id.replace(/[\0\r\n]/g, '')}\n` : '';
  }

  #start(status: number, contentType: string | undefined): void {
    if (this.#response.started) return;
    const headers: HeaderList = contentType === undefined ? [] : ['Content-Type', contentType];
    if (this.#options.marshaler.events) headers.push(...LIVE);
    addMetadataHeaders(headers, this.#call.header);
    this.#response.start(status, headers);
  }

  /** Ends the response after the last message. */
  end(): void {
    const { marshaler } = this.#options;
    const nothing = marshaler.events && !this.#response.started;
    this.#start(nothing ? 204 : 200, undefined);
    this.#response.end();
  }

  /** Ends the response with an error as its last message, or as its only one. */
  fail(error: StatusError): void {
    if (this.#response.ended) return;
    const { marshaler } = this.#options;
    this.#start(httpStatus(error.code), marshaler.contentType);
    try {
      this.#response.write(marshaler.errorChunk(error), marshaler.delimiter);
    } catch {
      // A detail of an unknown type, or nothing to frame it with: the gateway ends such a stream without a word.
    }
    this.#response.end();
  }
}

/** One piece of text as long as everything is text. */
function joined(before: string, chunk: Body): Body {
  if (before === '') return chunk;
  return typeof chunk === 'string' ? before + chunk : Buffer.concat([Buffer.from(before), chunk]);
}
