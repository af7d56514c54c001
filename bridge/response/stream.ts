/** A stream of messages -> a chunked response, each message sent as it comes. */

import type { ServerResponse } from 'node:http';
import type { Call } from '../call.js';
import type { Body, Marshaler } from '../marshaler.js';
import type { Route } from '../routes.js';
import type { Value } from '../schema.js';
import type { StatusError } from '../status.js';
import { type OnError, toStatus } from './error.js';
import { writeHead } from './head.js';
import { httpStatus } from './http-status.js';
import { addMetadataHeaders, type HeaderList, headerValue } from './metadata.js';

/** Id of an event, for the marshalers that have events; undefined or '' for none. */
export type EventId = (method: string, message: Value) => string | undefined;

/** What a stream is sent with. */
export interface StreamOptions {
  readonly route: Route;
  readonly marshaler: Marshaler;
  readonly eventId: EventId | undefined;
  readonly onError: OnError | undefined;
}

/** Opens a handler's stream and sends all its messages; resolves when the response has ended, however it did. */
export async function sendStream(
  response: ServerResponse,
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
      if (!writer.send(step.value)) await writer.drained();
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
  readonly #response: ServerResponse;
  readonly #call: Call;
  readonly #options: StreamOptions;
  readonly #isRaw: boolean;

  constructor(response: ServerResponse, call: Call, options: StreamOptions) {
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
      return this.#write(joined('', message.data, marshaler.delimiter));
    }
    const chunk = marshaler.chunk(route, message);
    this.#start(200, marshaler.contentType);
    return this.#write(joined(this.#eventLine(message), chunk, marshaler.delimiter));
  }

  #eventLine(message: Value): string {
    const { marshaler, eventId } = this.#options;
    const id = marshaler.events ? eventId?.(this.#call.method, message) : undefined;
    return id ? `id: ${id.replace(/[\0\r\n]/g, '')}\n` : '';
  }

  #write(chunk: Body): boolean {
    return this.#response.write(chunk);
  }

  #start(status: number, contentType: string | undefined): void {
    if (this.#response.headersSent) return;
    const headers: HeaderList = contentType === undefined ? [] : ['Content-Type', contentType];
    addMetadataHeaders(headers, this.#call.header);
    writeHead(this.#response, status, headers);
  }

  /** Resolves when the peer has caught up or gone. */
  drained(): Promise<void> {
    const response = this.#response;
    return new Promise((resolve) => {
      const done = (): void => {
        response.off('drain', done);
        response.off('close', done);
        resolve();
      };
      response.on('drain', done);
      response.on('close', done);
    });
  }

  /** Ends the response after the last message. */
  end(): void {
    const { marshaler } = this.#options;
    const nothing = marshaler.events && !this.#response.headersSent;
    this.#start(nothing ? 204 : 200, undefined);
    this.#response.end();
  }

  /** Ends the response with an error as its last message, or as its only one. */
  fail(error: StatusError): void {
    if (this.#response.destroyed || this.#response.writableEnded) return;
    const { marshaler } = this.#options;
    this.#start(httpStatus(error.code), marshaler.contentType);
    let body: Body = '';
    try {
      body = joined('', marshaler.errorChunk(error), marshaler.delimiter);
    } catch {
      // A detail of an unknown type, or nothing to frame it with: the gateway ends such a stream without a word.
    }
    this.#response.end(body);
  }
}

/** One piece of text as long as everything is text. */
function joined(before: string, chunk: Body, after: string): Body {
  if (typeof chunk === 'string') return before + chunk + after;
  return Buffer.concat([Buffer.from(before), chunk, Buffer.from(after)]);
}
