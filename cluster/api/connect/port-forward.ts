import { type Socket, connect } from 'node:net';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import type { WebSocket } from 'ws';
import { badRequest } from '../../store/status-error.js';
import { Channels } from './channels.js';

const data = 0;
const failure = 1;

/** The port that the query names; throws BadRequest. */
export function forwardPort(query: URLSearchParams): number {
  const [port, ...more] = query.getAll('ports').map(Number);
  if (port === undefined) throw badRequest('query parameter "ports" is required');
  if (more.length > 0) throw badRequest('the embedded cluster forwards one port a connection');
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw badRequest('each port must be from 1 to 65535');
  return port;
}

/** Connects a client to a port of a pod, with a channel for bytes and one for what went wrong. Resolves at the end. */
export async function serveForward(
  socket: WebSocket,
  address: string | undefined,
  port: number,
  signal: AbortSignal,
): Promise<void> {
  const channels = new Channels(socket);
  const name = Buffer.alloc(2);
  name.writeUInt16LE(port);
  await channels.send(data, name);
  await channels.send(failure, name);
  try {
    const target = await open(address, port, signal);
    const incoming = async function* (): AsyncGenerator<Buffer> {
      for await (const { channel, bytes } of channels.messages()) if (channel === data) yield bytes;
    };
    pipeline(incoming, target).catch(() => undefined);
    await channels.sendAll(data, target);
  } catch (error) {
    if (signal.aborted) return;
    const why = `error forwarding port ${port} to the pod: ${(error as Error).message}`;
    await channels.send(failure, Buffer.from(why));
  }
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
