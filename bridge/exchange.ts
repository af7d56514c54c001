/** One HTTP request and its response, from the request line to the last byte. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Call } from './call.js';
import { callsOn } from './connection.js';
import { HEALTH_METHOD, type HealthRoute, sendHealth } from './health.js';
import type { Marshaler } from './marshaler.js';
import type { Marshalers } from './marshalers.js';
import { type ContentType, readContentType } from './request/content-type.js';
import { type BodyDecoder, decodeRequest } from './request/decode.js';
import { headerValues } from './request/headers.js';
import { type HeaderMatcher, requestMetadata } from './request/metadata.js';
import { type Parameters, parseParameters } from './request/query.js';
import { bodyChunks, type BodyLimits, hasBody, readBody, SlowBodyError } from './request/read-body.js';
import { isHost, parseTarget, type Target } from './request/target.js';
import { parseTimeoutMs } from './request/timeout.js';
import { type OnError, sendError, toStatus } from './response/error.js';
import { sendsBody } from './response/head.js';
import { type EventId, sendStream } from './response/stream.js';
import { sendText } from './response/send-whole.js';
import { sendUnary } from './response/unary.js';
import type { Match, Router } from './router.js';
import type { Route } from './routes.js';
import type { Value } from './schema.js';
import { Code, StatusError } from './status.js';
import { badEscape } from './unescape.js';

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
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #options: ExchangeOptions;
  readonly #contentType: ContentType;
  readonly #inbound: Marshaler;
  readonly #outbound: Marshaler;
  readonly #trailers: boolean;

  constructor(request: IncomingMessage, response: ServerResponse, options: ExchangeOptions) {
    this.#request = request;
    this.#response = response;
    this.#options = options;
    this.#contentType = readContentType(this.#header('content-type'));
    this.#inbound = options.marshalers.inbound(this.#contentType.mediaTypes);
    this.#outbound = options.marshalers.outbound(this.#header('accept'), this.#inbound);
    this.#trailers = this.#header('te')[0]?.toLowerCase().includes('trailers') === true;
  }

  /** All values of a header; node:http's own object joins them, or forgets some. */
  #header(name: string): readonly string[] {
    const { headers, rawHeaders } = this.#request;
    return headers[name] === undefined ? [] : headerValues(rawHeaders, name);
  }

  /** Answers the request. Never throws and never rejects. */
  run(): void {
    const target = parseTarget(this.#request.url ?? '');
    if (target.path === '*' && this.#request.method === 'OPTIONS') {
      this.#response.writeHead(200, ['Content-Length', '0']).end();
      return;
    }
    if (!isHost(target.host) || badEscape(target.path) !== undefined) {
      sendText(this.#response, 400, '400 Bad Request');
      return;
    }
    try {
      if (!target.path.startsWith('/')) throw badTarget();
      if (this.#isForm) void this.#serveForm(target).catch((error: unknown) => this.#refuse(error));
      else this.#serve(this.#route(target.path, this.#request.method ?? ''), target, undefined);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Answers with an error before there is a call. */
  #refuse(error: unknown): void {
    if (this.#response.destroyed || this.#response.headersSent) return;
    if (error instanceof SlowBodyError) {
      sendText(this.#response, 408, '408 Request Timeout');
      return;
    }
    const status = toStatus(error, this.#request.url ?? '', this.#options.onError);
    sendError(this.#response, status, this.#outbound, undefined, false);
  }

  get #isForm(): boolean {
    return this.#request.method === 'POST' && this.#contentType.first === FORM;
  }

  /**
   * Serves a form: it may ask for another method, and where there is no POST it stands for a GET. Only what is left to the
   * POST routes that have a body is not read as parameters.
   */
  async #serveForm(target: Target): Promise<void> {
    const { router } = this.#options;
    const override = this.#header('x-http-method-override')[0]?.toUpperCase() ?? '';
    let form = override === '' ? undefined : await this.#readForm(target);
    const method = override || 'POST';
    const match = router.find(method, target.path) ?? (method === 'POST' ? router.find('GET', target.path) : undefined);
    // A request that was changed to HEAD is one for Go's server, too.
    if (method === 'HEAD') sendsBody(this.#response, false);
    if (!match) throw noRoute(router, target.path);
    const { route } = match;
    if (route.method === 'GET' || ('rpc' in route && route.body === undefined)) form ??= await this.#readForm(target);
    this.#serve(match, target, form);
  }

  /** The parameters of a form: those of its body, then those of the query. */
  async #readForm({ query }: Target): Promise<Parameters> {
    const form: Parameters = new Map();
    parseParameters((await readBody(this.#request, this.#options.body)).toString('latin1'), form);
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
    const { socket, rawHeaders } = this.#request;
    const timeoutMs = parseTimeoutMs(this.#header('grpc-timeout')[0]);
    const address = (socket.remoteAddress ?? '').replace(/^::ffff:(?=[\d.]+$)/, ''); // an IPv4 caller of an IPv6 socket
    const call = new Call({
      method: 'rpc' in route ? route.rpc.path : HEALTH_METHOD,
      metadata: requestMetadata(rawHeaders, target.host, address, this.#options.incomingHeader),
      peer: address === '' ? '' : `${address}:${socket.remotePort}`,
      timeoutMs,
      among: callsOn(socket),
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
    if (!this.#response.destroyed && !this.#response.headersSent) {
      sendError(this.#response, status, this.#outbound, call, this.#trailers);
    }
  }

  #messages(route: Route): AsyncIterable<Value> {
    const { input, responseStream } = route.rpc;
    const messages = this.#inbound.readMessages(bodyChunks(this.#request), input, this.#options.body.maxBytes);
    return responseStream ? untilBadOne(messages) : messages;
  }

  /** The request; a promise only where there is something to wait for. */
  #message(match: Match<Route>, target: Target, posted: Parameters | undefined): Value {
    const { body: into } = match.route;
    if (posted) return this.#decode(match, target, posted, NO_BODY);
    if (into !== undefined && hasBody(this.#request)) {
      return readBody(this.#request, this.#options.body).then((body) => this.#decode(match, target, undefined, body));
    }
    if (into === undefined && this.#contentType.first === FORM && /^(PUT|PATCH)$/.test(this.#request.method ?? '')) {
      return this.#readForm(target).then((form) => this.#decode(match, target, form, NO_BODY));
    }
    return this.#decode(match, target, undefined, NO_BODY);
  }

  #decode({ route, values }: Match<Route>, target: Target, form: Parameters | undefined, body: Buffer): Value {
    const decoder = this.#options.bodyDecoders.get(this.#contentType.first);
    const formError = MAY_BE_FORM.test(this.#request.method ?? '') ? this.#contentType.error : undefined;
    return decodeRequest(route, {
      values,
      query: target.query,
      body,
      form,
      formError,
      decoder,
      marshaler: this.#inbound,
    });
  }
}

function streamOf(reply: Promise<Value> | AsyncIterable<Value>): AsyncIterable<Value> {
  if (Symbol.asyncIterator in reply) return reply;
  throw new TypeError('the handler of a streaming method has to return an async iterable');
}

/** The messages up to one that cannot be read: as if the body ended there. So does the gateway where the answer is a stream. */
async function* untilBadOne(messages: AsyncIterable<Value>): AsyncGenerator<Value, void> {
  try {
    yield* messages;
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== Code.INVALID_ARGUMENT) throw error;
  }
}

type AnyRoute = Route | HealthRoute;

/** Why a target without a path leads nowhere. */
export function badTarget(): StatusError {
  return new StatusError(Code.INVALID_ARGUMENT, 'Bad Request');
}

/** Why there is no route: the path is not known, or only under other methods. */
export function noRoute(router: Router<AnyRoute>, path: string): StatusError {
  if (router.knows(path)) return new StatusError(Code.UNIMPLEMENTED, 'Method Not Allowed');
  return new StatusError(Code.NOT_FOUND, 'Not Found');
}
