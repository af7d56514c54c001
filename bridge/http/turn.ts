/** One request on a connection, and its answer. */

import type { Socket } from 'node:net';
import { RequestBody } from './body.js';
import { BodyError } from './chunked.js';
import { hasWord } from './fields.js';
import { type Framing, framingOf } from './framing.js';
import type { Head } from './head.js';
import { HttpRequest, type Peer } from './request.js';
import { HttpResponse } from './response.js';

/** So much of a body that nobody wants is read for the sake of the next request; for more the connection ends. */
const MAX_UNWANTED_BYTES = 256 * 1024;

/** What a turn needs of its connection. */
export interface Floor {
  readonly socket: Socket;
  readonly peer: Peer;
  /** The connection ends with the answer that begins now. */
  readonly closes: () => boolean;
  /** All of an answer has been written. */
  readonly answered: (turn: Turn) => void;
}

/** A request, from its head on, until it is answered and all of its body has come. */
export class Turn {
  readonly request: HttpRequest;
  readonly #floor: Floor;
  readonly #framing: Framing;
  readonly #response: HttpResponse;
  readonly #expects: boolean;
  /** The caller waits for the word to go on with the body. */
  #awaitsContinue: boolean;
  #answered = false;
  #closes = false;

  /** Throws a {@link Refusal} for a head with which no request can begin. */
  constructor(head: Head, floor: Floor) {
    this.#floor = floor;
    this.#framing = framingOf(head);
    const { length, keeps, expects } = this.#framing;
    this.#expects = expects !== '' && hasWord(expects, '100-continue');
    this.#awaitsContinue = this.#expects && head.version >= 11 && length !== 0;
    const { socket } = floor;
    const body = new RequestBody(length, {
      wanted: () => this.#sendContinue(),
      resume: () => {
        if (socket.isPaused()) socket.resume();
      },
    });
    this.request = new HttpRequest(head, body, floor.peer);
    this.#response = new HttpResponse(
      {
        socket,
        version: head.version,
        keeps,
        closes: () => this.#closesWithAnswer(),
        answered: (closes) => this.#end(closes),
      },
      head.method !== 'HEAD',
    );
  }

  /** All of the answer has been written. */
  get answered(): boolean {
    return this.#answered;
  }

  /** The connection cannot go on behind this request. */
  get closes(): boolean {
    return this.#closes || (this.request.body.ended && !this.request.body.complete);
  }

  /** Has the request answered. */
  begin(handle: (request: HttpRequest, response: HttpResponse) => void): void {
    if (this.#framing.expects === '' || this.#expects) {
      handle(this.request, this.#response);
      return;
    }
    this.#response.closeConnection();
    this.#response.send(417, [], '');
  }

  /** The caller has closed its half of the connection: what it had not sent will not come, and it counts as gone. */
  leave(): void {
    this.request.body.fail(new BodyError('unexpected EOF'));
    this.request.leave();
  }

  #sendContinue(): void {
    if (!this.#awaitsContinue) return;
    this.#awaitsContinue = false;
    if (!this.#response.started) this.#floor.socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1');
  }

  #closesWithAnswer(): boolean {
    const { body } = this.request;
    // Nobody knows whether a caller that waits for the word to go on still sends its body.
    if (this.#framing.closes || this.#awaitsContinue || this.#floor.closes()) return true;
    return !body.complete && (body.ended || (!body.skipped && body.leftBytes >= MAX_UNWANTED_BYTES));
  }

  #end(closes: boolean): void {
    this.#answered = true;
    this.#closes = closes;
    if (!this.request.body.complete) this.request.body.drop(MAX_UNWANTED_BYTES);
    this.#floor.answered(this);
  }
}
