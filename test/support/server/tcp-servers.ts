import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** TCP servers of the tests of a suite. */
export interface TcpServers {
  /** Starts one on a free port of loopback, which it answers with; `onSocket` is told of each connection. */
  start(onSocket: (socket: Socket) => void): Promise<number>;
  /** Has a connection end with the test; those of the servers do. */
  keep(socket: Socket): void;
}

/** Servers for the suite it is called in, which end with the test that started them, with their connections. */
export function useTcpServers(): TcpServers {
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  });
  return {
    start: async (onSocket) => {
      const server = createServer((socket) => {
        sockets.add(socket.on('error', () => {}));
        onSocket(socket);
      }).listen(0, '127.0.0.1');
      servers.push(server);
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    },
    keep: (socket) => {
      sockets.add(socket);
    },
  };
}
