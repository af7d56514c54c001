/** The message of a request: from its body, its form, or nothing but its path and query. */

import { canceled } from '../errors.js';
import type { HttpRequest } from '../http/request.js';
import type { Target } from '../http/target.js';
import type { Marshaler } from '../marshaler.js';
import type { Match } from '../router.js';
import type { Route } from '../routes.js';
import type { Value } from '../schema.js';
import { Code, StatusError } from '../status.js';
import { decodeBroken } from './broken-body.js';
import type { ContentType } from './content-type.js';
import { type BodyDecoder, decodeRequest } from './decode.js';
import { untilBadOne } from './messages.js';
import { type Parameters, parseParameters } from './query.js';
import { bodyChunks, type BodyLimits, BrokenBodyError, readBody, skipBody, takeBody } from './read-body.js';

const FORM = 'application/x-www-form-urlencoded';
/** Methods whose requests Go asks for a form before it looks at the query. */
const MAY_BE_FORM = /^(POST|PUT|PATCH)$/;
const NO_BODY = Buffer.alloc(0);

/** What reads the body of a request. */
export interface Reading {
  readonly contentType: ContentType;
  readonly marshaler: Marshaler;
  /** What reads bodies of this type instead of the marshaler. */
  readonly decoder: BodyDecoder | undefined;
  readonly limits: BodyLimits;
  /** The connection cannot go on behind this body. */
  readonly closeConnection: () => void;
}

/** Reads the message of one request, or its messages. */
export class MessageReader {
  readonly #request: HttpRequest;
  readonly #reading: Reading;
  /** The body is being read for the sake of the request. */
  #readsBody = false;

  constructor(request: HttpRequest, reading: Reading) {
    this.#request = request;
    this.#reading = reading;
  }

  /** The request is a form, which may ask for another method. */
  get isForm(): boolean {
    return this.#request.head.method === 'POST' && this.#reading.contentType.first === FORM;
  }

  /** The parameters of a form: those of its body, then those of the query. */
  async form({ query }: Target): Promise<Parameters> {
    const form: Parameters = new Map();
    try {
      parseParameters((await readBody(this.#request.body, this.#reading.limits)).toString('latin1'), form);
    } catch (error) {
      throw error instanceof BrokenBodyError ? toInvalid(error) : error;
    }
    parseParameters(query, form);
    return form;
  }

  /** A caller that goes before it has sent what is being read is told that it broke off, not that its call was cancelled. */
  get isReading(): boolean {
    return this.#readsBody && !this.#request.body.complete;
  }

  /** The messages of a stream of requests. */
  messages(route: Route): AsyncIterable<Value> {
    const { input, responseStream } = route.rpc;
    const messages = this.#reading.marshaler.readMessages(
      bodyChunks(this.#request.body),
      input,
      this.#reading.limits.maxBytes,
    );
    this.#readsBody = !responseStream;
    return responseStream ? untilBadOne(messages) : messages;
  }

  /** The request; a promise only where there is something to wait for. */
  message(match: Match<Route>, target: Target, posted: Parameters | undefined): Value {
    const { body: into } = match.route;
    const { body, head } = this.#request;
    if (posted) return this.#decode(match, target, posted, NO_BODY);
    if (into !== undefined) {
      const whole = takeBody(body, this.#reading.limits);
      return whole ? this.#decode(match, target, undefined, whole) : this.#readMessage(match, target);
    }
    if (this.#reading.contentType.first === FORM && /^(PUT|PATCH)$/.test(head.method)) {
      return this.form(target).then((form) => this.#decode(match, target, form, NO_BODY));
    }
    if (body.complete && body.waitingBytes === 0) return this.#decode(match, target, undefined, NO_BODY);
    return this.#skipBody().then(() => this.#decode(match, target, undefined, NO_BODY));
  }

  /** Waits for the end of a body for which there is no use: a caller that goes before that makes no call. */
  async #skipBody(): Promise<void> {
    this.#readsBody = true;
    try {
      await skipBody(this.#request.body, this.#reading.limits);
      if (this.#request.gone) throw canceled();
    } finally {
      this.#readsBody = false;
    }
  }

  /** Waits for the body of a request. One that breaks off behind its first value is as good as any other. */
  async #readMessage(match: Match<Route>, target: Target): Promise<Value> {
    this.#readsBody = true;
    try {
      return this.#decode(match, target, undefined, await readBody(this.#request.body, this.#reading.limits));
    } catch (error) {
      if (!(error instanceof BrokenBodyError)) throw error;
      // A PATCH is read twice, so Go waits for all of it; and only JSON is known to tell where it ends.
      if (error.bytes.length === 0 || match.route.mask || this.#reading.decoder) throw toInvalid(error);
      const decode = (bytes: Buffer): Value => this.#decode(match, target, undefined, bytes);
      const message = decodeBroken(error, decode, () => this.#reading.closeConnection());
      if (this.#request.gone) throw canceled();
      return message;
    } finally {
      this.#readsBody = false;
    }
  }

  #decode({ route, values }: Match<Route>, target: Target, form: Parameters | undefined, body: Buffer): Value {
    const formError = MAY_BE_FORM.test(this.#request.head.method) ? this.#reading.contentType.error : undefined;
    return decodeRequest(route, {
      values,
      query: target.query,
      body,
      form,
      formError,
      decoder: this.#reading.decoder,
      marshaler: this.#reading.marshaler,
    });
  }
}

function toInvalid({ message }: BrokenBodyError): StatusError {
  return new StatusError(Code.INVALID_ARGUMENT, message);
}
