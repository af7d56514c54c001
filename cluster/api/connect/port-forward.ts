import { type Socket, connect } from 'node:net';
import { once } from 'node:events';
import type { WebSocket } from 'ws';
import { badRequest } from '../../store/status-error.js';
import { type Channels, channelsOf, write } from './channels.js';

/** Sub-protocols of port-forward. */
export const forwardProtocols = ['v4.channel.k8s.io'];

const mostPorts = 100;

/** The ports that the query names; throws BadRequest. */
export function forwardPorts(query: URLSearchParams): number[] {
  const words = query.getAll('ports').flatMap((text) => text.split(','));
  const ports = words.filter((word) => word !== '').map(Number);
  if (ports.length === 0) throw badRequest('query parameter "ports" is required');
  if (ports.length > mostPorts) throw badRequest(`at most ${mostPorts} ports can be forwarded at once`);
  for (const port of ports) {
    if (!Number.isInteger(port) || port < 1 || port > 65535) throw badRequest('each port must be from 1 to 65535');
  }
  return ports;
}

/** Connects a client to ports of a pod, each with a channel for bytes and one for what went wrong. Resolves at their end. */
export async function serveForward(
  socket: WebSocket,
  address: string | undefined,
  ports: readonly number[],
  signal: AbortSignal,
): Promise<void> {
  const channels = channelsOf(socket);
  const connections = ports.map((port, index) => forward(channels, index, address, port, signal));
  const incoming = (async () => {
    for await (const { channel, bytes } of channels.messages()) {
      const target = connections[channel / 2];
      if (target !== undefined && bytes.length > 0) await target.take(bytes);
    }
  })();
  incoming.catch(() => undefined);
  await Promise.all(connections.map(({ over }) => over));
}

interface Forwarded {
  take(bytes: Buffer): Promise<void>;
  over: Promise<void>;
}

function forward(
  channels: Channels,
  index: number,
  address: string | undefined,
  port: number,
  signal: AbortSignal,
): Forwarded {
  const data = 2 * index;
  const name = Buffer.alloc(2);
  name.writeUInt16LE(port);
  const opened = open(address, port, signal);
  const over = (async () => {
    await channels.send(data, name);
    await channels.send(data + 1, name);
    try {
      await channels.sendAll(data, await opened);
    } catch (error) {
      if (signal.aborted) return;
      const why = `error forwarding port ${port} to the pod: ${(error as Error).message}`;
      await channels.send(data + 1, Buffer.from(why));
    }
  })();
  return {
    take: async (bytes) => {
      const target = await opened.catch(() => undefined);
      if (target !== undefined) await write(target, bytes);
    },
    over,
  };
}

/** At the pod's own address, or where a program listens that takes itself to be alone on the machine. */
async function open(address: string | undefined, port: number, signal: AbortSignal): Promise<Socket> {
  try {
    return await dial(address ?? '127.0.0.1', port, signal);
  } catch (error) {
    if (address === undefined || signal.aborted) throw error;
    return dial('127.0.0.1', port, signal);
  }
}

async function dial(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host, port, signal });
  socket.setNoDelay(true);
  try {
    await once(socket, 'connect');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const what = code === 'ECONNREFUSED' ? 'connection refused' : message;
    throw new Error(`failed to connect to localhost:${port} inside the pod: ${what}`, { cause: error });
  }
  socket.on('error', () => undefined);
  return socket;
}
