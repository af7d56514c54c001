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
  /** An answer waits for what is left of a body. */
  readonly waitsForRest: () => void;
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
  /** It got that word. */
  #asked = false;
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
        rest: () => this.#rest(),
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
    this.#response.send(417, ['Connection', 'close'], '');
  }

  /** What is left of a body that nobody has read takes too long. */
  giveUpRest(): void {
    this.request.body.fail(new BodyError('timeout'));
  }

  /** The caller has closed its half of the connection: what it had not sent will not come, and it counts as gone. */
  leave(): void {
    this.request.body.breakOff();
    this.request.leave();
  }

  #sendContinue(): void {
    if (!this.#awaitsContinue) return;
    this.#awaitsContinue = false;
    this.#asked = true;
    if (!this.#response.started) this.#floor.socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1');
  }

  #closesWithAnswer(): boolean {
    const { body } = this.request;
    // Nobody knows whether a caller that waits for the word to go on still sends its body.
    if (this.#framing.closes || this.#awaitsContinue || this.#floor.closes()) return true;
    if (body.ended && !body.complete) {
      // Go's server does not notice where a body of a known length breaks off while it is read, unless it had asked for it.
      return !(body.wanted && body.measured && this.request.gone) || this.#asked;
    }
    if (body.wanted) return false;
    const unwanted = body.waitingBytes + body.leftBytes;
    return body.measured ? unwanted >= MAX_UNWANTED_BYTES : unwanted > MAX_UNWANTED_BYTES;
  }

  #rest(): Promise<void> | undefined {
    const { body } = this.request;
    if (body.ended || body.wanted || this.#closesWithAnswer()) return undefined;
    body.drop(MAX_UNWANTED_BYTES);
    this.#floor.waitsForRest();
    return body.end();
  }

  #end(closes: boolean): void {
    this.#answered = true;
    this.#closes = closes;
    if (!this.request.body.complete) this.request.body.drop(MAX_UNWANTED_BYTES);
    this.#floor.answered(this);
  }
}
