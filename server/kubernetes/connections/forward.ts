/** A TCP connection to a pod over a WebSocket: one channel for bytes and one for what went wrong. */

import { TaskError } from '../../domain/errors.js';
import type { Connection } from '../../domain/ports.js';
import { connectionFailure } from './failure.js';
import type { KubeSocket } from './web-socket.js';

const DATA = 0;
const FAILURE = 1;
/** The first message of each channel is the port, in two bytes. */
const PORT_BYTES = 2;

/** Sub-protocols that are spoken. */
export const FORWARD_PROTOCOLS: readonly string[] = ['v4.channel.k8s.io'];

/** The connection of a port that was opened. Its output throws PORT_REFUSED when nothing listens there. */
export function forwardConnection(socket: KubeSocket, port: number): Connection<Uint8Array, Uint8Array> {
  const greeted = new Set<number>();

  async function* output(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const { channel, bytes } of socket.messages) {
        if (!greeted.has(channel)) {
          greeted.add(channel);
          if (bytes.length === PORT_BYTES) continue;
        }
        if (bytes.length === 0) continue;
        if (channel === FAILURE) throw refused(port, bytes.toString());
        if (channel === DATA) yield bytes;
      }
    } catch (error) {
      throw connectionFailure(error, `port ${port} was forwarded`);
    }
  }

  return { output: output(), send: (bytes) => socket.send(DATA, bytes) };
}

function refused(port: number, message: string): TaskError {
  const text = /refused/.test(message)
    ? `nothing listens at port ${port} of the node; the program has to listen at 0.0.0.0 or localhost`
    : `port ${port} of the node: ${message.trim()}`;
  return new TaskError('PORT_REFUSED', text);
}
