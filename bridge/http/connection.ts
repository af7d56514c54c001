/** One connection: its requests, one after the other, each with its answer. */

import type { Socket } from 'node:net';
import { Ahead } from './ahead.js';
import { type Head, HeadReader } from './head.js';
import { badRequest, Refusal, tooLong, tooSlow } from './refusal.js';
import type { HttpRequest } from './request.js';
import type { HttpResponse } from './response.js';
import { type Floor, Turn } from './turn.js';

/** Heads are mostly shorter than this, and read from one piece of text. */
const HEAD_PIECE_BYTES = 4096;
/** After an answer, Go's server waits for so many bytes before it takes them for a request. */
const MIN_NEXT_BYTES = 4;
/** So much of the next requests waits while one is answered. */
const MAX_AHEAD_BYTES = 64 * 1024;
const LF = 0x0a;

/** What is allowed on a connection. */
export interface HttpLimits {
  /** Bytes of the request line and the header fields of a request. */
  readonly maxHeadBytes: number;
  /** For the head of a request, from its first byte. */
  readonly headTimeoutMs: number;
  /** Between an answer and the next request. */
  readonly idleTimeoutMs: number;
  /** For what is left of a body that nobody wants, after the answer. */
  readonly restTimeoutMs: number;
  /** How long what a caller still sends is thrown away after the last answer, so that it gets to read that. */
  readonly lingerMs: number;
}

/** What the connections of a server share. */
export interface Host extends HttpLimits {
  /** The server takes no new requests. */
  readonly stopping: boolean;
  /** Milliseconds that have passed, exact enough for timeouts. */
  readonly nowMs: number;
  /** Answers a request. Must not throw. */
  readonly handle: (request: HttpRequest, response: HttpResponse) => void;
  /** A connection has nothing to answer any more. */
  readonly idle: (connection: Connection) => void;
}

/** A connection that is open. */
export class Connection {
  readonly #socket: Socket;
  readonly #host: Host;
  readonly #floor: Floor;
  readonly #reader = new HeadReader();
  readonly #ahead = new Ahead();
  /** Bytes of the head that is being read. */
  #headBytes = 0;
  /** The request that is being answered, or whose body is still coming. */
  #turn: Turn | undefined;
  /** There was a request before. */
  #used = false;
  #taking = false;
  /** The other side sends no more. */
  #halfClosed = false;
  /** Nothing more is answered. */
  #closing = false;
  #deadlineMs: number;

  constructor(socket: Socket, host: Host) {
    this.#socket = socket;
    this.#host = host;
    // An IPv4 caller of an IPv6 socket.
    const address = (socket.remoteAddress ?? '').replace(/^::ffff:(?=[\d.]+$)/, '');
    this.#floor = {
      socket,
      peer: { address, port: socket.remotePort ?? 0 },
      closes: () => host.stopping,
      waitsForRest: () => {
        this.#deadlineMs = host.nowMs + host.restTimeoutMs;
      },
      answered: (turn) => this.#answered(turn),
    };
    this.#deadlineMs = host.nowMs + host.headTimeoutMs;
    // As with Go, a caller that closes its half has gone, and is told so in the other half.
    socket.allowHalfOpen = true;
    socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    socket.on('drain', () => this.#drained());
    socket.on('end', () => this.#endOfInput());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#gone());
    socket.resume();
  }

  /** Whether a request is being answered, or an answer not all sent. */
  get busy(): boolean {
    if (this.#socket.destroyed) return false;
    return this.#turn !== undefined || (this.#closing && !this.#socket.writableFinished);
  }

  /** Ends the connection, unless there is something to answer. */
  endWhenIdle(): void {
    if (!this.#turn) this.#close();
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Ends what takes too long. */
  checkTime(): void {
    if (this.#host.nowMs < this.#deadlineMs) return;
    if (this.#closing) this.destroy();
    else if (this.#turn?.answered) this.#close();
    else if (this.#turn) this.#turn.giveUpRest();
    else if (this.#headBytes > 0 || this.#ahead.length > 0) this.#refuse(tooSlow());
    else this.#close();
  }

  #receive(bytes: Buffer): void {
    if (this.#closing) return;
    if (this.#ahead.length === 0) this.#take(bytes);
    else {
      this.#ahead.keep(bytes);
      // A line that is not complete yet is not read again and again.
      const wanted =
        !this.#turn && (bytes.includes(LF) || this.#headBytes + this.#ahead.length >= this.#host.maxHeadBytes);
      if (wanted) this.#take(this.#ahead.takeAll());
    }
    const isFull = this.#turn ? this.#ahead.length > MAX_AHEAD_BYTES || this.#turn.request.body.full : this.#isBehind;
    if (isFull) this.#socket.pause();
  }

  /** The caller does not read its answers; it gets no more of them until it does. */
  get #isBehind(): boolean {
    return this.#socket.writableNeedDrain;
  }

  #drained(): void {
    if (!this.#turn && !this.#closing) this.#readOn();
  }

  /** Reads as far as there is something to read, and has answered what can be answered. */
  #take(bytes: Buffer): void {
    this.#taking = true;
    let at = 0;
    while (at < bytes.length && !this.#closing) {
      const body = this.#turn?.request.body;
      if (body ? body.ended : this.#isBehind) break;
      const end = body ? body.push(bytes, at) : this.#takeHead(bytes, at);
      if (end === undefined) break;
      at = end;
      if (this.#turn?.answered) this.#goOn(this.#turn);
    }
    this.#taking = false;
    if (at < bytes.length && !this.#closing) this.#ahead.keep(at === 0 ? bytes : bytes.subarray(at));
  }

  /** Reads a head. Answers where the rest begins, undefined when that has to wait for more. */
  #takeHead(bytes: Buffer, from: number): number | undefined {
    if (this.#headBytes === 0) {
      if (this.#used && bytes.length - from < MIN_NEXT_BYTES) return undefined;
      this.#deadlineMs = this.#host.nowMs + this.#host.headTimeoutMs;
    }
    try {
      let at = from;
      for (let size = HEAD_PIECE_BYTES; ; size *= 2) {
        const { taken, head } = this.#reader.take(bytes.toString('latin1', at, at + size));
        at += taken;
        this.#headBytes += taken;
        const isLast = at - taken + size >= bytes.length;
        const begun = isLast && !head ? bytes.length - at : 0;
        // What has no end yet is longer than what has come.
        if (this.#headBytes + begun + (head ? 0 : 1) > this.#host.maxHeadBytes) throw tooLong();
        if (head) return this.#begin(head, bytes, at);
        if (isLast) break;
      }
      if (at === from) return undefined;
      this.#ahead.keep(bytes.subarray(at));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#refuse(error);
    }
    return bytes.length;
  }

  /** Has a request answered, with what has come of its body. Answers where the rest begins. */
  #begin(head: Head, bytes: Buffer, from: number): number {
    const turn = new Turn(head, this.#floor);
    this.#reader.reset(head.method);
    this.#headBytes = 0;
    this.#used = true;
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    this.#turn = turn;
    const { body } = turn.request;
    const end = body.ended || from === bytes.length ? from : body.push(bytes, from);
    turn.begin(this.#host.handle);
    if (this.#halfClosed && this.#turn === turn) turn.leave();
    return end;
  }

  #answered(turn: Turn): void {
    if (turn !== this.#turn) return;
    this.#deadlineMs = this.#host.nowMs + this.#host.restTimeoutMs;
    this.#goOn(turn);
  }

  /** Goes on to the next request, once this one is answered and all of it has come. */
  #goOn(turn: Turn): void {
    if (turn.closes) {
      this.#close();
      return;
    }
    if (!turn.request.body.complete) return;
    this.#turn = undefined;
    this.#deadlineMs = this.#host.nowMs + this.#host.idleTimeoutMs;
    this.#host.idle(this);
    if (!this.#taking && !this.#isBehind) this.#readOn();
  }

  /** Goes on with what has come meanwhile, then with what still comes. */
  #readOn(): void {
    if (this.#ahead.length > 0) this.#take(this.#ahead.takeAll());
    if (this.#isBehind) return;
    if (this.#socket.isPaused()) this.#socket.resume();
    if (this.#halfClosed && !this.#turn) this.#close();
  }

  #endOfInput(): void {
    this.#halfClosed = true;
    if (this.#closing || (!this.#turn && this.#isBehind)) return;
    if (this.#turn) {
      if (this.#turn.answered) this.#close();
      else this.#turn.leave();
    } else if (this.#headBytes > 0 || this.#ahead.length >= (this.#used ? MIN_NEXT_BYTES : 1))
      this.#refuse(badRequest());
    else this.#close();
  }

  #refuse({ answer }: Refusal): void {
    this.#socket.write(answer, 'latin1');
    this.#close();
  }

  /** Sends what was written, and throws away what still comes for a moment. */
  #close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    // How long a caller takes to read its answer is its own business: time counts from when all of it is on its way.
    this.#socket.end(() => {
      this.#deadlineMs = this.#host.nowMs + this.#host.lingerMs;
      this.#host.idle(this);
    });
    this.#socket.resume();
    this.#release();
  }

  #gone(): void {
    this.#closing = true;
    this.#turn?.leave();
    this.#release();
  }

  #release(): void {
    this.#ahead.drop();
    this.#turn = undefined;
    this.#host.idle(this);
  }
}
