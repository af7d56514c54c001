import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { HttpServer } from '../../bridge/http/server.js';

/** A server that can be reached. */
export interface Listening {
  readonly port: number;
  /** Ends it and all of its connections. */
  readonly close: () => Promise<void>;
}

/** Gives a server the connections of a port of this machine; 0 is any free one. */
export async function listen(server: HttpServer, port = 0): Promise<Listening> {
  const listener = createServer({ noDelay: true }, server.accept).listen(port, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    close: async () => {
      const closed = once(listener, 'close');
      listener.close();
      await server.stop(0);
      await closed;
    },
  };
}
