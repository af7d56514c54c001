import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client, ForwardTaskPortRequest } from '../client/index.js';
import { CliError } from './errors.js';

/** A port of a node of a task. */
export interface RemotePort {
  readonly taskId: string;
  readonly node: number;
  readonly port: number;
}

/** Whoever has sent everything may still be answered for so long after the last answer. */
const LAST_ANSWER_MS = 10_000;

/**
 * Listens at a port of 127.0.0.1 (0: any that is free) until the signal is aborted, and connects each caller to the node. Resolves
 * with the port; throws a CliError when it cannot be opened. `onError` is told why a caller could not be served.
 */
export async function openLocalPort(
  client: Client,
  remote: RemotePort,
  local: number,
  signal: AbortSignal,
  onError: (message: string) => void,
): Promise<number> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    void serve(client, remote, socket, signal, onError);
  });
  server.listen({ host: '127.0.0.1', port: local, signal });
  try {
    await once(server, 'listening');
  } catch (error) {
    signal.throwIfAborted();
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const why = code === 'EADDRINUSE' ? 'is in use' : `cannot be opened (${code})`;
    throw new CliError(
      `port ${local} of this machine ${why}; choose another: LOCAL:${remote.port}, or :${remote.port}`,
    );
  }
  return (server.address() as AddressInfo).port;
}

async function serve(
  client: Client,
  remote: RemotePort,
  socket: Socket,
  signal: AbortSignal,
  onError: (message: string) => void,
): Promise<void> {
  const gone = new AbortController();
  socket.on('error', () => {});
  socket.once('end', () => socket.setTimeout(LAST_ANSWER_MS, () => socket.destroy()));
  socket.once('close', () => gone.abort());
  const until = AbortSignal.any([signal, gone.signal]);
  try {
    for await (const { data } of client.forwardTaskPort(requests(remote, socket), { signal: until })) {
      if (data.length > 0 && !socket.write(data)) await once(socket, 'drain', { signal: until });
    }
    // What still comes has nowhere to go; unread, it would hide its own end.
    socket.on('data', () => {});
    socket.end(() => {
      delay(LAST_ANSWER_MS, undefined, { signal: gone.signal, ref: false }).then(
        () => socket.destroy(),
        () => {},
      );
    });
  } catch (error) {
    if (!until.aborted) onError(error instanceof Error ? error.message : String(error));
    socket.destroy();
  }
}

async function* requests(
  remote: RemotePort,
  socket: Socket,
): AsyncGenerator<Partial<ForwardTaskPortRequest>, void, undefined> {
  yield { start: { ...remote } };
  try {
    // Not destroyed by having been read to its end: the answer is still to come.
    for await (const data of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) yield { data };
  } catch {
    // The caller has gone, and the connection with it.
  }
}
