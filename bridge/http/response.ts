/** The answer to a request, with the framing that Go's server gives it. */

import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

/** Text, which is sent as UTF-8, or bytes. */
export type Body = string | Uint8Array;

/** Names and values of header fields, in turns. Each character of a value is a byte; line ends must not be in them. */
export type HeaderList = string[];

/** What a response has to know of its request, and of the connection. */
export interface Answering {
  readonly socket: Socket;
  /** Of the request: 10 for HTTP/1.0. */
  readonly version: number;
  /** The caller knows HTTP/1.0 only, and wants to keep the connection. */
  readonly keeps: boolean;
  /** Whether the connection ends with this answer, as far as it is known when the answer begins. */
  readonly closes: () => boolean;
  /** What has to come before an answer to a request whose body nobody has read; undefined when it may be sent at once. */
  readonly rest: () => Promise<void> | undefined;
  /** Called once, when all of the answer has been written. */
  readonly answered: (closes: boolean) => void;
}

/** An answer: {@link send} makes it at once, {@link start}, {@link write} and {@link end} bit by bit. */
export class HttpResponse {
  /** Whether bodies are sent; false for requests with HEAD. */
  sendsBody: boolean;
  readonly #answering: Answering;
  #more = '';
  #closes = false;
  #chunked = false;
  /** The head, while it waits for the first bytes of the body. */
  #unsent = '';
  #started = false;
  #ended = false;

  constructor(answering: Answering, sendsBody: boolean) {
    this.#answering = answering;
    this.sendsBody = sendsBody;
  }

  /** The head has been made: there is no place for another answer. */
  get started(): boolean {
    return this.#started;
  }

  /** All of it has been written, or nobody is there to get it. */
  get ended(): boolean {
    return this.#ended || this.#answering.socket.destroyed;
  }

  /** Adds a field to the head that is not made yet, whoever makes it. */
  addHeader(name: string, value: string): void {
    this.#more += `${name}: ${value}\r\n`;
  }

  /** Has the connection end with this answer. */
  closeConnection(): void {
    this.#closes = true;
  }

  /** Sends all of an answer, behind what is left of a body that nobody has read: so far as it is short, as Go's server does. */
  send(status: number, headers: HeaderList, body: Body): void {
    const rest = this.#answering.rest();
    this.#started = true;
    if (rest) void rest.then(() => this.#sendNow(status, headers, body));
    else this.#sendNow(status, headers, body);
  }

  #sendNow(status: number, headers: HeaderList, body: Body): void {
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    const head = this.#head(status, headers, length);
    if (!this.sendsBody || length === 0 || !allowsBody(status)) this.#socket.write(head, 'latin1');
    // Text of bytes below 128 is the same in both encodings, and written together in one.
    else if (typeof body === 'string' && length === body.length) this.#socket.write(head + body, 'latin1');
    else this.#writeBoth(head, body);
    this.#end();
  }

  /** Sends the answer to what is no business of the bridge: plain text, also for HEAD, and the connection ends. */
  sendText(status: number, text: string): void {
    this.sendsBody = true;
    this.#closes = true;
    this.send(status, ['Content-Type', 'text/plain; charset=utf-8'], text);
  }

  /** Begins an answer of unknown length. */
  start(status: number, headers: HeaderList): void {
    this.#unsent = this.#head(status, headers, undefined);
  }

  /** Sends more of the body, with a text of ASCII behind it; false when the caller cannot keep up. Bytes must not change any more. */
  write(data: Body, end = ''): boolean {
    const head = this.#takeHead();
    const length = typeof data === 'string' ? Buffer.byteLength(data) : data.length;
    const size = length + end.length;
    if (size === 0 || !this.sendsBody) return head === '' || this.#socket.write(head, 'latin1');
    const before = this.#chunked ? `${head}${size.toString(16)}\r\n` : head;
    const after = this.#chunked ? `${end}\r\n` : end;
    if (typeof data === 'string' && length === data.length) return this.#socket.write(before + data + after, 'latin1');
    return this.#writeBoth(before, data, after);
  }

  /** Ends the answer, with trailer fields behind the body where the framing has a place for them. */
  end(trailers: readonly (readonly [string, string])[] = []): void {
    const head = this.#takeHead();
    const lines = trailers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const rest = this.#chunked ? `${head}0\r\n${lines}\r\n` : head;
    if (rest !== '') this.#socket.write(rest, 'latin1');
    this.#end();
  }

  /** Resolves when the caller has caught up, or gone. */
  drained(): Promise<void> {
    const socket = this.#socket;
    return new Promise((resolve) => {
      if (!socket.writableNeedDrain) {
        resolve();
        return;
      }
      const done = (): void => {
        socket.off('drain', done);
        socket.off('close', done);
        resolve();
      };
      socket.on('drain', done);
      socket.on('close', done);
    });
  }

  get #socket(): Socket {
    return this.#answering.socket;
  }

  #takeHead(): string {
    const head = this.#unsent;
    this.#unsent = '';
    return head;
  }

  #writeBoth(head: string, body: Body, tail = ''): boolean {
    const socket = this.#socket;
    socket.cork();
    socket.write(head, 'latin1');
    const goesOn = socket.write(body);
    const ended = tail === '' || socket.write(tail, 'latin1');
    socket.uncork();
    return goesOn && ended;
  }

  #end(): void {
    this.#ended = true;
    this.#answering.answered(this.#closes);
  }

  /** The head of an answer; `length` is that of the body, undefined when it is not known. */
  #head(status: number, headers: HeaderList, length: number | undefined): string {
    this.#started = true;
    const { version, keeps } = this.#answering;
    const old = version < 11;
    let text = statusLine(status, old);
    for (let at = 0; at < headers.length; at += 2) text += `${headers[at]}: ${headers[at + 1]}\r\n`;
    text += this.#more;
    const bodyless = !allowsBody(status);
    const unframed = old && length === undefined && !bodyless && this.sendsBody;
    if (unframed || this.#answering.closes()) this.#closes = true;
    text += `Date: ${date()}\r\n`;
    const given = headers.includes('Content-Length');
    if (length !== undefined && !bodyless && !given && (length > 0 || this.sendsBody)) {
      text += `Content-Length: ${length}\r\n`;
    }
    if (this.#closes) text += old || headers.includes('Connection') ? '' : 'Connection: close\r\n';
    else if (keeps) text += 'Connection: keep-alive\r\n';
    this.#chunked = length === undefined && !old && !bodyless && this.sendsBody;
    return this.#chunked ? `${text}Transfer-Encoding: chunked\r\n\r\n` : `${text}\r\n`;
  }
}

function allowsBody(status: number): boolean {
  return status >= 200 && status !== 204 && status !== 304;
}

const statusLines = new Map<number, string>();

function statusLine(status: number, old: boolean): string {
  const known = statusLines.get(status);
  const line = known ?? ` ${status} ${STATUS_CODES[status] ?? `status code ${status}`}\r\n`;
  if (known === undefined) statusLines.set(status, line);
  return (old ? 'HTTP/1.0' : 'HTTP/1.1') + line;
}

let dateSecond = 0;
let dateText = '';

/** The time in the form of HTTP, made once a second. */
function date(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(second * 1000).toUTCString();
  }
  return dateText;
}
