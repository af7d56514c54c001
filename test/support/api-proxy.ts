import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { loadCertificate } from '../../cluster/setup/certificate.js';
import { loadClusterConfig } from '../../server/kubernetes/api/credentials.js';
import { createTemporaryFolder } from './temporary-folder.js';

/** Which requests are meant. */
export type Matches = (request: { readonly method: string; readonly path: string }) => boolean;

/** A request that is being held. */
export interface Held {
  /** Resolves when a request that matches has come and is held. */
  readonly arrived: Promise<void>;
}

/** A way to the API server that can be made to fail. It speaks TLS, and HTTP, because single requests have to be held. */
export interface ApiProxy {
  /** Path of a kubeconfig that leads through the proxy, with all the rights of the one behind it. */
  readonly kubeconfig: string;
  /** Cuts every connection; new ones are taken. */
  cut(): void;
  /** Cuts every connection and refuses new ones, as an API server does that is being restarted. */
  refuse(): Promise<void>;
  /** Takes connections again. */
  accept(): Promise<void>;
  /** From now on keeps matching requests from the API server, or its answers to them from the caller, until all is cut. */
  hold(what: 'request' | 'answer', matches: Matches): Held;
  /** How many matching requests are open now: taken, and neither answered to the end nor given up by the caller. */
  open(matches: Matches): number;
  close(): Promise<void>;
}

interface Hold {
  readonly what: 'request' | 'answer';
  readonly matches: Matches;
  readonly arrive: () => void;
}

/** Starts a proxy in front of the API server of a kubeconfig. */
export async function startApiProxy(kubeconfig: string): Promise<ApiProxy> {
  const folder = createTemporaryFolder();
  const certificate = await loadCertificate(folder.path);
  const behind = loadClusterConfig({ kind: 'kubeconfig', path: kubeconfig, context: undefined });
  const { tls, headers } = await behind.credentials(false, {});
  const agent = new Agent({ ...tls, keepAlive: true });
  const connections = new Set<Socket>();
  const open = new Set<Parameters<Matches>[0]>();
  let holds: readonly Hold[] = [];

  const forward = (incoming: IncomingMessage, response: ServerResponse): void => {
    const { method = 'GET', url = '/' } = incoming;
    const taken = { method, path: url };
    open.add(taken);
    response.on('close', () => open.delete(taken));
    const hold = holds.find(({ matches }) => matches(taken));
    if (hold?.what === 'request') {
      hold.arrive();
      return;
    }
    const { authorization: _, ...own } = incoming.headers;
    const outgoing = request(behind.server + url, { method, agent, headers: { ...own, ...headers } }, (answer) => {
      if (hold) {
        answer.resume().once('end', hold.arrive);
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      // A watch is open before its first event.
      response.flushHeaders();
      pipeline(answer, response, () => outgoing.destroy());
    });
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    pipeline(incoming, outgoing, () => {});
  };

  const server = createServer({ cert: certificate.cert, key: certificate.key }, forward);
  server.on('connection', (connection: Socket) => {
    connections.add(connection);
    connection.on('error', () => {}).on('close', () => connections.delete(connection));
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const cut = (): void => {
    for (const connection of connections) connection.destroy();
  };
  const refuse = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    cut();
    await closed;
  };
  const port = await listen(0);
  const path = join(folder.path, 'kubeconfig');
  writeFileSync(path, JSON.stringify(kubeconfigOf(port, certificate.cert)));
  return {
    kubeconfig: path,
    cut,
    refuse,
    accept: async () => {
      await listen(port);
    },
    hold: (what, matches) => {
      const arrived = new Promise<void>((arrive) => {
        holds = [...holds, { what, matches, arrive }];
      });
      return { arrived };
    },
    open: (matches) => [...open].filter(matches).length,
    close: async () => {
      if (server.listening) await refuse();
      agent.destroy();
      folder.remove();
    },
  };
}

function kubeconfigOf(port: number, ca: string): object {
  const cluster = {
    server: `https://127.0.0.1:${port}`,
    'certificate-authority-data': Buffer.from(ca).toString('base64'),
  };
  const name = 'proxy';
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster }],
    users: [{ name, user: { token: 'not looked at' } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
}
