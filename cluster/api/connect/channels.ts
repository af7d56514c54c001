import type { Readable, Writable } from 'node:stream';
import { type WebSocket, createWebSocketStream } from 'ws';

/** A WebSocket of which each message is the number of a channel, and bytes. */
export interface Channels {
  /** Messages as they come; the socket is read only as fast as they are. Ends with the connection. */
  messages(): AsyncIterable<{ channel: number; bytes: Buffer }>;
  /** Resolves when more may be sent; rejects when the connection is gone. */
  send(channel: number, bytes: Uint8Array): Promise<void>;
  /** Sends all of a stream. */
  sendAll(channel: number, stream: Readable): Promise<void>;
}

/** The channels of a WebSocket that is open. */
export function channelsOf(socket: WebSocket): Channels {
  const stream = createWebSocketStream(socket, { readableObjectMode: true });
  stream.on('error', () => undefined);

  async function* messages(): AsyncGenerator<{ channel: number; bytes: Buffer }, void, undefined> {
    try {
      for await (const message of stream as AsyncIterable<Buffer>) {
        const [channel] = message;
        if (channel !== undefined) yield { channel, bytes: message.subarray(1) };
      }
    } catch {
      // The other side is gone, which is an end like any other.
    }
  }

  const send = (channel: number, bytes: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      stream.write(Buffer.concat([Buffer.of(channel), bytes]), (error) => (error ? reject(error) : resolve()));
    });

  return {
    messages,
    send,
    sendAll: async (channel, source) => {
      for await (const bytes of source as AsyncIterable<Buffer>) await send(channel, bytes);
    },
  };
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
