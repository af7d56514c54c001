/** One HTTP request and its response, from the request line to the last byte. */

import { Call } from './call.js';
import { badTarget, canceled, noRoute } from './errors.js';
import { HEALTH_METHOD, type HealthRoute, sendHealth } from './health.js';
import { firstOf, valuesOf } from './http/fields.js';
import type { HttpRequest } from './http/request.js';
import type { HttpResponse } from './http/response.js';
import type { Target } from './http/target.js';
import type { Marshaler } from './marshaler.js';
import type { Marshalers } from './marshalers.js';
import { readContentType } from './request/content-type.js';
import type { BodyDecoder } from './request/decode.js';
import { type HeaderMatcher, requestMetadata } from './request/metadata.js';
import { MessageReader } from './request/message-reader.js';
import type { Parameters } from './request/query.js';
import { type BodyLimits, SlowBodyError } from './request/read-body.js';
import { parseTimeoutMs } from './request/timeout.js';
import { type OnError, sendError, toStatus } from './response/error.js';
import { sendOptions } from './response/options.js';
import { type EventId, sendStream } from './response/stream.js';
import { sendUnary } from './response/unary.js';
import type { Match, Router } from './router.js';
import type { Route } from './routes.js';
import type { Value } from './schema.js';

type AnyRoute = Route | HealthRoute;

/** What all exchanges of a bridge share. */
export interface ExchangeOptions {
  readonly router: Router<Route | HealthRoute>;
  readonly marshalers: Marshalers;
  readonly bodyDecoders: ReadonlyMap<string, BodyDecoder>;
  readonly incomingHeader: HeaderMatcher;
  readonly eventId: EventId | undefined;
  readonly body: BodyLimits;
  readonly onError: OnError | undefined;
}

/** A request that is being answered. */
export class Exchange {
  readonly #request: HttpRequest;
  readonly #response: HttpResponse;
  readonly #options: ExchangeOptions;
  readonly #reader: MessageReader;
  readonly #outbound: Marshaler;
  readonly #trailers: boolean;

  constructor(request: HttpRequest, response: HttpResponse, options: ExchangeOptions) {
    this.#request = request;
    this.#response = response;
    this.#options = options;
    const contentType = readContentType(this.#header('content-type'));
    const inbound = options.marshalers.inbound(contentType.mediaTypes);
    this.#outbound = options.marshalers.outbound(this.#header('accept'), inbound);
    this.#reader = new MessageReader(request, {
      contentType,
      marshaler: inbound,
      decoder: options.bodyDecoders.get(contentType.first),
      limits: options.body,
      closeConnection: () => response.closeConnection(),
    });
    this.#trailers = firstOf(request.head.fields, 'te')?.toLowerCase().includes('trailers') === true;
  }

  #header(name: string): readonly string[] {
    return valuesOf(this.#request.head.fields, name);
  }

  /** Answers the request. Never throws and never rejects. */
  run(): void {
    const { method, rawTarget, target } = this.#request.head;
    if (rawTarget === '*' && method === 'OPTIONS') {
      void sendOptions(this.#request, this.#response);
      return;
    }
    try {
      if (!target.path.startsWith('/')) throw badTarget();
      if (this.#reader.isForm) void this.#serveForm(target).catch((error: unknown) => this.#refuse(error));
      else this.#serve(this.#route(target.path, method), target, undefined);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Answers with an error before there is a call. */
  #refuse(error: unknown): void {
    if (this.#response.ended || this.#response.started) return;
    if (error instanceof SlowBodyError) {
      this.#response.sendText(408, '408 Request Timeout');
      return;
    }
    const status = toStatus(error, this.#request.head.rawTarget, this.#options.onError);
    sendError(this.#response, status, this.#outbound, undefined, false);
  }

  /**
   * Serves a form: it may ask for another method, and where there is no POST it stands for a GET. Only what is left to the
   * POST routes that have a body is not read as parameters.
   */
  async #serveForm(target: Target): Promise<void> {
    const { router } = this.#options;
    const override = firstOf(this.#request.head.fields, 'x-http-method-override')?.toUpperCase() ?? '';
    let form = override === '' ? undefined : await this.#reader.form(target);
    const method = override || 'POST';
    const match = router.find(method, target.path) ?? (method === 'POST' ? router.find('GET', target.path) : undefined);
    // A request that was changed to HEAD is one for Go's server, too.
    if (method === 'HEAD') this.#response.sendsBody = false;
    if (!match) throw noRoute(router, target.path);
    const { route } = match;
    if (route.method === 'GET' || ('rpc' in route && route.body === undefined))
      form ??= await this.#reader.form(target);
    this.#serve(match, target, form);
  }

  #route(path: string, method: string): Match<AnyRoute> {
    const { router } = this.#options;
    const match = router.find(method, path);
    if (match) return match;
    throw noRoute(router, path);
  }

  #serve(match: Match<AnyRoute>, target: Target, form: Parameters | undefined): void {
    const { route } = match;
    const { head, peer } = this.#request;
    const { address, port } = peer;
    const timeoutMs = parseTimeoutMs(firstOf(head.fields, 'grpc-timeout'));
    const call = new Call({
      method: 'rpc' in route ? route.rpc.path : HEALTH_METHOD,
      metadata: requestMetadata(head.fields, target.host, address, this.#options.incomingHeader),
      peer: address === '' ? '' : `${address}:${port}`,
      timeoutMs,
    });
    this.#request.whenGone(() => {
      if (!this.#reader.isReading) call.abort(canceled());
    });
    const answered =
      'rpc' in route ? this.#answer({ ...match, route }, target, form, call) : this.#answerHealth(route, target, call);
    void answered.catch((error: unknown) => {
      // What a handler throws because its call was aborted tells nobody anything: the abort was answered.
      if (!call.ended) this.#fail(error, call);
    });
  }

  /** Calls the handler and sends what it answers. Rejects when a unary call fails. */
  async #answer(match: Match<Route>, target: Target, form: Parameters | undefined, call: Call): Promise<void> {
    const { route } = match;
    const { rpc } = route;
    // Of a stream, too: until it is opened, an abort is answered as that of any other call.
    call.onAbort((reason) => this.#fail(reason, call));
    const decoded: Value = rpc.requestStream ? this.#reader.messages(route) : this.#reader.message(match, target, form);
    const request: Value = decoded instanceof Promise ? await decoded : decoded;
    call.begin();
    if (call.ended) return;
    if (rpc.responseStream) {
      const { eventId, onError } = this.#options;
      const open = (): AsyncIterable<Value> => streamOf(rpc.handler(request, call));
      await sendStream(this.#response, open, call, { route, marshaler: this.#outbound, eventId, onError });
      return;
    }
    const message: Value = await rpc.handler(request, call);
    if (call.ended) return;
    sendUnary(this.#response, message, route, this.#outbound, call, this.#trailers);
    call.finish();
  }

  async #answerHealth(route: HealthRoute, target: Target, call: Call): Promise<void> {
    call.onAbort((reason) => this.#fail(reason, call));
    call.begin();
    if (call.ended) return;
    await sendHealth(this.#response, route, target.query, this.#outbound, call);
    call.finish();
  }

  /** Ends a call with an error, unless it has an answer already or nobody waits for one. */
  #fail(error: unknown, call: Call): void {
    call.finish();
    if (error instanceof SlowBodyError) {
      this.#refuse(error);
      return;
    }
    const status = toStatus(error, call.method, this.#options.onError);
    if (!this.#response.ended && !this.#response.started) {
      sendError(this.#response, status, this.#outbound, call, this.#trailers);
    }
  }
}

function streamOf(reply: Promise<Value> | AsyncIterable<Value>): AsyncIterable<Value> {
  if (Symbol.asyncIterator in reply) return reply;
  throw new TypeError('the handler of a streaming method has to return an async iterable');
}
