/** One HTTP request and its response, from the request line to the last byte. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Call } from './call.js';
import { type Marshaler, type Marshalers, mediaTypeOf } from './marshalers.js';
import { type BodyDecoder, decodeRequest } from './request/decode.js';
import { headerValues } from './request/headers.js';
import { parseMessages } from './request/messages.js';
import { type HeaderMatcher, requestMetadata } from './request/metadata.js';
import { type Parameters, parseParameters } from './request/query.js';
import { hasBody, readBody } from './request/read-body.js';
import { parseTarget, type Target } from './request/target.js';
import { parseTimeoutMs } from './request/timeout.js';
import { type OnError, sendError, toStatus } from './response/error.js';
import { type EventId, sendStream } from './response/stream.js';
import { sendUnary } from './response/unary.js';
import type { Match, Router } from './router.js';
import type { Route } from './routes.js';
import type { Value } from './schema.js';
import { Code, StatusError } from './status.js';
import { badEscape } from './unescape.js';

const FORM = 'application/x-www-form-urlencoded';
const NO_BODY = Buffer.alloc(0);

/** What all exchanges of a bridge share. */
export interface ExchangeOptions {
  readonly router: Router<Route>;
  readonly marshalers: Marshalers;
  readonly bodyDecoders: ReadonlyMap<string, BodyDecoder>;
  readonly incomingHeader: HeaderMatcher;
  readonly eventId: EventId | undefined;
  readonly maxBodyBytes: number;
  readonly onError: OnError | undefined;
}

/** A request that is being answered. */
export class Exchange {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #options: ExchangeOptions;
  readonly #mediaType: string;
  readonly #inbound: Marshaler;
  readonly #outbound: Marshaler;
  readonly #trailers: boolean;

  constructor(request: IncomingMessage, response: ServerResponse, options: ExchangeOptions) {
    this.#request = request;
    this.#response = response;
    this.#options = options;
    const { headers, rawHeaders } = request;
    this.#mediaType = headers['content-type'] === undefined ? '' : mediaTypeOf(headers['content-type']);
    this.#inbound = options.marshalers.inbound(this.#mediaType);
    const accept = headers.accept === undefined ? [] : headerValues(rawHeaders, 'accept');
    this.#outbound = options.marshalers.outbound(accept, this.#inbound);
    this.#trailers = headers.te?.toString().toLowerCase().includes('trailers') === true;
  }

  /** Answers the request. Never throws and never rejects. */
  run(): void {
    const target = parseTarget(this.#request.url ?? '');
    if (target.path === '*' && this.#request.method === 'OPTIONS') {
      this.#response.writeHead(200, ['Content-Length', '0']).end();
      return;
    }
    if (target.path !== '' && badEscape(target.path) !== undefined) {
      const text = '400 Bad Request';
      const headers = ['Content-Type', 'text/plain; charset=utf-8', 'Connection', 'close'];
      this.#response.writeHead(400, [...headers, 'Content-Length', String(text.length)]).end(text);
      return;
    }
    try {
      if (!target.path.startsWith('/')) throw new StatusError(Code.INVALID_ARGUMENT, 'Bad Request');
      if (this.#isForm) void this.#serveForm(target).catch((error: unknown) => this.#refuse(error));
      else this.#serve(this.#route(target.path, this.#request.method ?? ''), target, undefined);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Answers with an error before there is a call. */
  #refuse(error: unknown): void {
    if (this.#response.destroyed || this.#response.headersSent) return;
    const status = toStatus(error, this.#request.url ?? '', this.#options.onError);
    sendError(this.#response, status, this.#outbound, undefined, false);
  }

  get #isForm(): boolean {
    return this.#request.method === 'POST' && this.#mediaType === FORM;
  }

  /**
   * Serves a form: it may ask for another method, and where there is no POST it stands for a GET. Only what is left to the
   * POST routes that have a body is not read as parameters.
   */
  async #serveForm(target: Target): Promise<void> {
    const { router } = this.#options;
    const override = this.#request.headers['x-http-method-override']?.toString().toUpperCase() ?? '';
    const post = override === '' ? router.find('POST', target.path) : undefined;
    if (post?.route.body !== undefined) {
      this.#serve(post, target, undefined);
      return;
    }
    const get = override === '' && !post ? router.find('GET', target.path) : undefined;
    if (override === '' && !post && !get) this.#route(target.path, 'POST'); // says what is wrong
    const form = await this.#readForm();
    this.#serve(post ?? get ?? this.#route(target.path, override), target, form);
  }

  async #readForm(): Promise<Parameters> {
    const form: Parameters = new Map();
    parseParameters((await readBody(this.#request, this.#options.maxBodyBytes)).toString(), form);
    return form;
  }

  #route(path: string, method: string): Match<Route> {
    const { router } = this.#options;
    const match = router.find(method, path);
    if (match) return match;
    if (router.knows(path)) throw new StatusError(Code.UNIMPLEMENTED, 'Method Not Allowed');
    throw new StatusError(Code.NOT_FOUND, 'Not Found');
  }

  #serve(match: Match<Route>, target: Target, form: Parameters | undefined): void {
    const { route } = match;
    const { socket, rawHeaders, headers } = this.#request;
    const timeoutMs = parseTimeoutMs(headers['grpc-timeout']?.toString());
    const address = (socket.remoteAddress ?? '').replace(/^::ffff:(?=[\d.]+$)/, ''); // an IPv4 caller of an IPv6 socket
    const call = new Call({
      method: route.rpc.path,
      metadata: requestMetadata(rawHeaders, address, this.#options.incomingHeader),
      peer: address === '' ? '' : `${address}:${socket.remotePort}`,
      timeoutMs,
    });
    this.#response.on('close', () => {
      if (!this.#response.writableFinished) call.abort(new StatusError(Code.CANCELLED, 'context canceled'));
    });
    void this.#answer(match, target, form, call).catch((error: unknown) => {
      // What a handler throws because its call was aborted tells nobody anything: the abort was answered.
      if (!call.ended) this.#fail(error, call);
    });
  }

  /** Calls the handler and sends what it answers. Rejects when a unary call fails. */
  async #answer(match: Match<Route>, target: Target, form: Parameters | undefined, call: Call): Promise<void> {
    const { route } = match;
    const { rpc } = route;
    if (!rpc.responseStream) call.onAbort((reason) => this.#fail(reason, call));
    const request: Value = rpc.requestStream ? this.#messages(route) : await this.#message(match, target, form);
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

  /** Ends a call with an error, unless it has an answer already or nobody waits for one. */
  #fail(error: unknown, call: Call): void {
    const status = toStatus(error, call.method, this.#options.onError);
    if (!this.#response.destroyed && !this.#response.headersSent) {
      sendError(this.#response, status, this.#outbound, call, this.#trailers);
    }
    call.finish();
  }

  #messages(route: Route): AsyncIterable<Value> {
    const body = readBody(this.#request, this.#options.maxBodyBytes);
    body.catch(() => undefined); // a handler that reads no request never asks for it
    return parseMessages(body, route.rpc.input, this.#inbound.reader, route.rpc.responseStream);
  }

  async #message({ route, values }: Match<Route>, target: Target, posted: Parameters | undefined): Promise<Value> {
    const isOtherForm = this.#mediaType === FORM && /^(PUT|PATCH)$/.test(this.#request.method ?? '');
    const form = posted ?? (isOtherForm && route.body === undefined ? await this.#readForm() : undefined);
    const wantsBody = route.body !== undefined && !form && hasBody(this.#request);
    const body = wantsBody ? await readBody(this.#request, this.#options.maxBodyBytes) : NO_BODY;
    const decoder = this.#options.bodyDecoders.get(this.#mediaType);
    return decodeRequest(route, { values, query: target.query, body, form, decoder, json: this.#inbound.reader });
  }
}

function streamOf(reply: Promise<Value> | AsyncIterable<Value>): AsyncIterable<Value> {
  if (Symbol.asyncIterator in reply) return reply;
  throw new TypeError('the handler of a streaming method has to return an async iterable');
}
