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
import { decodeBroken } from './request/broken-body.js';
import { type ContentType, readContentType } from './request/content-type.js';
import { type BodyDecoder, decodeRequest } from './request/decode.js';
import { type HeaderMatcher, requestMetadata } from './request/metadata.js';
import { untilBadOne } from './request/messages.js';
import { type Parameters, parseParameters } from './request/query.js';
import {
  bodyChunks,
  type BodyLimits,
  BrokenBodyError,
  readBody,
  skipBody,
  SlowBodyError,
  takeBody,
} from './request/read-body.js';
import { parseTimeoutMs } from './request/timeout.js';
import { type OnError, sendError, toStatus } from './response/error.js';
import { sendOptions } from './response/options.js';
import { type EventId, sendStream } from './response/stream.js';
import { sendUnary } from './response/unary.js';
import type { Match, Router } from './router.js';
import type { Route } from './routes.js';
import type { Value } from './schema.js';
import { Code, StatusError } from './status.js';

type AnyRoute = Route | HealthRoute;

const FORM = 'application/x-www-form-urlencoded';
/** Methods whose requests Go asks for a form before it looks at the query. */
const MAY_BE_FORM = /^(POST|PUT|PATCH)$/;
const NO_BODY = Buffer.alloc(0);

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
  readonly #contentType: ContentType;
  readonly #inbound: Marshaler;
  readonly #outbound: Marshaler;
  readonly #trailers: boolean;
  /** The body is being read for the sake of the request. */
  #readsBody = false;

  constructor(request: HttpRequest, response: HttpResponse, options: ExchangeOptions) {
    this.#request = request;
    this.#response = response;
    this.#options = options;
    this.#contentType = readContentType(this.#header('content-type'));
    this.#inbound = options.marshalers.inbound(this.#contentType.mediaTypes);
    this.#outbound = options.marshalers.outbound(this.#header('accept'), this.#inbound);
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
      if (this.#isForm) void this.#serveForm(target).catch((error: unknown) => this.#refuse(error));
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

  /** What reads bodies of this type, besides the marshalers. */
  get #decoder(): BodyDecoder | undefined {
    return this.#options.bodyDecoders.get(this.#contentType.first);
  }

  get #isForm(): boolean {
    return this.#request.head.method === 'POST' && this.#contentType.first === FORM;
  }

  /**
   * Serves a form: it may ask for another method, and where there is no POST it stands for a GET. Only what is left to the
   * POST routes that have a body is not read as parameters.
   */
  async #serveForm(target: Target): Promise<void> {
    const { router } = this.#options;
    const override = firstOf(this.#request.head.fields, 'x-http-method-override')?.toUpperCase() ?? '';
    let form = override === '' ? undefined : await this.#readForm(target);
    const method = override || 'POST';
    const match = router.find(method, target.path) ?? (method === 'POST' ? router.find('GET', target.path) : undefined);
    // A request that was changed to HEAD is one for Go's server, too.
    if (method === 'HEAD') this.#response.sendsBody = false;
    if (!match) throw noRoute(router, target.path);
    const { route } = match;
    if (route.method === 'GET' || ('rpc' in route && route.body === undefined)) form ??= await this.#readForm(target);
    this.#serve(match, target, form);
  }

  /** The parameters of a form: those of its body, then those of the query. */
  async #readForm({ query }: Target): Promise<Parameters> {
    const form: Parameters = new Map();
    try {
      parseParameters((await readBody(this.#request.body, this.#options.body)).toString('latin1'), form);
    } catch (error) {
      throw error instanceof BrokenBodyError ? toInvalid(error) : error;
    }
    parseParameters(query, form);
    return form;
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
      if (!this.#isReading) call.abort(canceled());
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
    const decoded: Value = rpc.requestStream ? this.#messages(route) : this.#message(match, target, form);
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

  /** A caller that goes before it has sent what is being read is told that it broke off, not that its call was cancelled. */
  get #isReading(): boolean {
    return this.#readsBody && !this.#request.body.complete;
  }

  #messages(route: Route): AsyncIterable<Value> {
    const { input, responseStream } = route.rpc;
    const messages = this.#inbound.readMessages(bodyChunks(this.#request.body), input, this.#options.body.maxBytes);
    this.#readsBody = !responseStream;
    return responseStream ? untilBadOne(messages) : messages;
  }

  /** The request; a promise only where there is something to wait for. */
  #message(match: Match<Route>, target: Target, posted: Parameters | undefined): Value {
    const { body: into } = match.route;
    const { body, head } = this.#request;
    if (posted) return this.#decode(match, target, posted, NO_BODY);
    if (into !== undefined) {
      const whole = takeBody(body, this.#options.body);
      return whole ? this.#decode(match, target, undefined, whole) : this.#readMessage(match, target);
    }
    if (this.#contentType.first === FORM && /^(PUT|PATCH)$/.test(head.method)) {
      return this.#readForm(target).then((form) => this.#decode(match, target, form, NO_BODY));
    }
    if (body.complete && body.waitingBytes === 0) return this.#decode(match, target, undefined, NO_BODY);
    return this.#skipBody().then(() => this.#decode(match, target, undefined, NO_BODY));
  }

  /** Waits for the end of a body for which there is no use: a caller that goes before that makes no call. */
  async #skipBody(): Promise<void> {
    this.#readsBody = true;
    try {
      await skipBody(this.#request.body, this.#options.body);
      if (this.#request.gone) throw canceled();
    } finally {
      this.#readsBody = false;
    }
  }

  /** Waits for the body of a request. One that breaks off behind its first value is as good as any other. */
  async #readMessage(match: Match<Route>, target: Target): Promise<Value> {
    this.#readsBody = true;
    try {
      return this.#decode(match, target, undefined, await readBody(this.#request.body, this.#options.body));
    } catch (error) {
      if (!(error instanceof BrokenBodyError)) throw error;
      // A PATCH is read twice, so Go waits for all of it; and only JSON is known to tell where it ends.
      if (error.bytes.length === 0 || match.route.mask || this.#decoder) throw toInvalid(error);
      const decode = (bytes: Buffer): Value => this.#decode(match, target, undefined, bytes);
      const message = decodeBroken(error, decode, () => this.#response.closeConnection());
      if (this.#request.gone) throw canceled();
      return message;
    } finally {
      this.#readsBody = false;
    }
  }

  #decode({ route, values }: Match<Route>, target: Target, form: Parameters | undefined, body: Buffer): Value {
    const formError = MAY_BE_FORM.test(this.#request.head.method) ? this.#contentType.error : undefined;
    return decodeRequest(route, {
      values,
      query: target.query,
      body,
      form,
      formError,
      decoder: this.#decoder,
      marshaler: this.#inbound,
    });
  }
}

function streamOf(reply: Promise<Value> | AsyncIterable<Value>): AsyncIterable<Value> {
  if (Symbol.asyncIterator in reply) return reply;
  throw new TypeError('the handler of a streaming method has to return an async iterable');
}

function toInvalid({ message }: BrokenBodyError): StatusError {
  return new StatusError(Code.INVALID_ARGUMENT, message);
}
