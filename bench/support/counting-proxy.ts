/** Passes bytes on to an API server and counts the connections: TLS goes through it untouched. */

import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, isIP, type Socket } from 'node:net';
import { once } from 'node:events';
import { pipeline } from 'node:stream';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { BenchCluster } from './cluster.js';

/** A proxy that runs. */
export interface CountingProxy {
  /** Leads through the proxy to the same cluster. */
  readonly kubeconfig: string;
  /** Connections so far. */
  opened(): number;
  /** Most connections at a time so far. */
  peak(): number;
  close(): Promise<void>;
}

/** Starts a proxy in front of the API server of a cluster. */
export async function startCountingProxy(cluster: BenchCluster): Promise<CountingProxy> {
  const { hostname, port } = new URL(cluster.config.server);
  const sockets = new Set<Socket>();
  let opened = 0;
  let open = 0;
  let peak = 0;
  const server = createServer((near) => {
    const far = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 443), noDelay: true });
    near.setNoDelay(true);
    opened += 1;
    open += 1;
    peak = Math.max(peak, open);
    for (const socket of [near, far]) sockets.add(socket);
    near.once('close', () => {
      open -= 1;
    });
    const done = (): void => {
      for (const socket of [near, far]) {
        socket.destroy();
        sockets.delete(socket);
      }
    };
    pipeline(near, far, done);
    pipeline(far, near, done);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const kubeconfig = join(cluster.directory, 'kubeconfig-through-proxy');
  const address = server.address() as AddressInfo;
  writeFileSync(kubeconfig, redirected(cluster.kubeconfig, hostname, `https://127.0.0.1:${address.port}`), {
    mode: 0o600,
  });
  return {
    kubeconfig,
    opened: () => opened,
    peak: () => peak,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Kubeconfig {
  clusters: { cluster: { server: string; 'tls-server-name'?: string } }[];
}

/** The kubeconfig with another address; the certificate is still checked for the name it was made for. */
function redirected(path: string, hostname: string, url: string): string {
  const config = parse(readFileSync(path, 'utf8')) as Kubeconfig;
  for (const { cluster } of config.clusters) {
    cluster.server = url + new URL(cluster.server).pathname.replace(/\/$/, '');
    if (isIP(hostname) === 0) cluster['tls-server-name'] ??= hostname;
    // An address cannot be asked for in TLS; this name is in the certificate of every API server.
    else if (hostname !== '127.0.0.1') cluster['tls-server-name'] ??= 'kubernetes';
  }
  return stringify(config);
}
