import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server on which no connection lives long. */
export interface CuttingProxy {
  readonly port: number;
  /** Connections that were cut so far. */
  cuts(): number;
  close(): Promise<void>;
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Passes bytes on to a port of this machine, and cuts each connection at a random byte: after `meanBytes` of both directions on
 * average, in the middle of whatever is being sent.
 */
export async function startCuttingProxy(to: number, meanBytes: number, random: () => number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let cuts = 0;
  const server = createServer((near) => {
    const far = connect({ host: '127.0.0.1', port: to, noDelay: true });
    near.setNoDelay(true);
    let left = 1 + Math.floor(-Math.log(1 - random()) * meanBytes);
    const end = (): void => {
      for (const socket of [near, far]) {
        socket.destroy();
        sockets.delete(socket);
      }
    };
    const pass = (from: Socket, into: Socket): void => {
      from.on('data', (chunk: Buffer) => {
        if (left <= 0) return;
        const last = chunk.length >= left;
        const goesOn = into.write(last ? chunk.subarray(0, left) : chunk);
        left -= chunk.length;
        if (last) {
          cuts += 1;
          // What was passed on before the cut arrives; the rest never does.
          into.end();
          setImmediate(end);
        } else if (!goesOn) {
          from.pause();
          into.once('drain', () => from.resume());
        }
      });
      from.on('end', end).on('error', end).on('close', end);
    };
    for (const socket of [near, far]) sockets.add(socket);
    pass(near, far);
    pass(far, near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cuts: () => cuts,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
