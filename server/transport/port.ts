/**
 * One port for gRPC and REST. The first bytes of a connection tell them apart: a gRPC client begins with HTTP/2's fixed
 * preface, which no HTTP/1.1 request can begin with.
 */

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
/** Who says nothing for so long is let go. */
const FIRST_BYTES_TIMEOUT_MS = 30_000;
/**
 * After so long without a word the kernel asks whether the other side is still there. By itself it would do so after two hours: as long
 * a caller that vanished would be served a stream in which nothing happens, and proxies take a quiet connection for a dead one sooner.
 */
const KEEP_ALIVE_MS = 60_000;

/** Who takes over a connection once it is known what it is. */
export interface Acceptors {
  readonly grpc: (connection: Socket) => void;
  readonly http: (connection: Socket) => void;
}

/** A port that is open. */
export interface OpenPort {
  readonly address: AddressInfo;
  /** Takes no more connections; those that are there stay. */
  close(): void;
}

/** Opens the port. Rejects with the system's error when it cannot. */
export function openPort(host: string, port: number, acceptors: Acceptors): Promise<OpenPort> {
  const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
  const server = createServer(options, (connection) => sort(connection, acceptors));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      // Running out of file descriptors, for one: those who are connected are served on.
      server.on('error', () => {});
      resolve({ address: addressOf(server), close: () => server.close() });
    });
  });
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address;
}

function sort(connection: Socket, acceptors: Acceptors): void {
  let seen: Buffer = Buffer.alloc(0);
  const drop = (): void => {
    connection.destroy();
  };
  const stopLooking = (): void => {
    connection.off('data', look);
    connection.off('error', drop);
    connection.off('end', drop);
    connection.setTimeout(0);
    connection.off('timeout', drop);
  };
  const look = (chunk: Buffer): void => {
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    const length = Math.min(seen.length, PREFACE.length);
    const isPreface = seen.compare(PREFACE, 0, length, 0, length) === 0;
    if (isPreface && length < PREFACE.length) return;
    stopLooking();
    connection.pause();
    connection.unshift(seen);
    (isPreface ? acceptors.grpc : acceptors.http)(connection);
  };
  connection.on('data', look);
  connection.on('error', drop);
  connection.on('end', drop);
  connection.setTimeout(FIRST_BYTES_TIMEOUT_MS);
  connection.on('timeout', drop);
}
