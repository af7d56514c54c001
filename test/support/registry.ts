import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A registry that has no image, or lets nobody in. */
export interface EmptyRegistry {
  /** Host and port, as they stand in front of an image's name. */
  readonly host: string;
  close(): void;
}

/**
 * Starts a registry on loopback that answers every question about an image with this status. The container runtime has to run on this
 * machine; it asks registries on loopback without TLS.
 */
export async function startEmptyRegistry(status: 401 | 404): Promise<EmptyRegistry> {
  const server = createServer((request, response) => {
    const open = status === 404 && request.url === '/v2/';
    const code = status === 401 ? 'UNAUTHORIZED' : 'MANIFEST_UNKNOWN';
    if (status === 401) response.setHeader('www-authenticate', 'Basic realm="test"');
    response.setHeader('content-type', 'application/json');
    response.writeHead(open ? 200 : status).end(JSON.stringify({ errors: open ? [] : [{ code, message: code }] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { host: `127.0.0.1:${port}`, close: () => server.close().closeAllConnections() };
}
