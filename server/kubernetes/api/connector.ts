/** How connections for requests are opened: straight, or through the proxy of the kubeconfig. */

import { isIP, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { HttpProxyAgent, HttpsProxyAgent } from 'hpagent';
import { buildConnector } from 'undici';
import type { Credentials } from './credentials.js';

/** TLS of a connection, and how it is kept from being forgotten on the way. */
export type ConnectOptions = Credentials['tls'] & {
  readonly secureContext: SecureContext;
  readonly keepAlive: boolean;
  readonly keepAliveInitialDelay: number;
};

/** Opens a connection. Rejects when that fails, or takes too long. */
export type Connect = () => Promise<Socket>;

/** Opens connections to a server. */
export function connectorTo(server: URL, options: ConnectOptions, proxy: string | undefined): Connect {
  const { protocol, host } = server;
  const hostname = server.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = server.port || (protocol === 'https:' ? '443' : '80');
  if (proxy === undefined) {
    const connect = buildConnector({ ...options, allowH2: false });
    return () =>
      new Promise((resolve, reject) => {
        connect({ hostname, host, protocol, port }, (error, socket) => (socket ? resolve(socket) : reject(error)));
      });
  }
  const agent = protocol === 'https:' ? new HttpsProxyAgent({ proxy }) : new HttpProxyAgent({ proxy });
  return () =>
    new Promise((resolve, reject) => {
      const named = isIP(hostname) === 0 ? { servername: hostname } : {};
      const target = { ...named, ...options, host: hostname, port: Number(port) };
      agent.createConnection(target, (error, socket) => (socket ? resolve(socket as Socket) : reject(error)));
    });
}
