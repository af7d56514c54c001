import type { Duplex, Readable, Writable } from 'node:stream';
import { type WebSocket, createWebSocketStream } from 'ws';

/** A WebSocket that is open, of which each message is the number of a channel, and bytes. */
export class Channels {
  readonly #stream: Duplex;

  constructor(socket: WebSocket) {
    this.#stream = createWebSocketStream(socket, { readableObjectMode: true });
    this.#stream.on('error', () => undefined);
  }

  /** Messages as they come; the socket is read only as fast as they are. Ends with the connection. */
  async *messages(): AsyncGenerator<{ channel: number; bytes: Buffer }, void, undefined> {
    try {
      for await (const message of this.#stream as AsyncIterable<Buffer>) {
        const [channel] = message;
        if (channel !== undefined) yield { channel, bytes: message.subarray(1) };
      }
    } catch {
      // The other side is gone, which is an end like any other.
    }
  }

  /** Resolves when more may be sent; rejects when the connection is gone. */
  send(channel: number, bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      const message = Buffer.concat([Buffer.of(channel), bytes]);
      this.#stream.write(message, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Sends all of a stream. */
  async sendAll(channel: number, source: Readable): Promise<void> {
    for await (const bytes of source as AsyncIterable<Buffer>) await this.send(channel, bytes);
  }
}

/** Writes to a stream; resolves when it takes more, or is closed. */
export function write(stream: Writable, bytes: Uint8Array): Promise<void> {
  if (stream.destroyed || stream.write(bytes)) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}
