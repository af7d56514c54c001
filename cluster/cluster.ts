import { once, setMaxListeners } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { type Server, createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createApi } from './api/api.js';
import { createUpgrade } from './api/connect/upgrade.js';
import { startControllers } from './controllers/start-controllers.js';
import { createObject } from './kinds/create.js';
import { type RunningNode, startNode } from './node/node.js';
import { endOrphans } from './node/orphans.js';
import { type Activity, watchActivity } from './setup/activity.js';
import { loadCertificate } from './setup/certificate.js';
import { loadToken, writeKubeconfig } from './setup/kubeconfig.js';
import { lockDirectory } from './setup/lock.js';
import { readIfThere, writePrivate } from './setup/private-file.js';
import { createEventRecorder } from './store/events.js';
import { Store } from './store/store.js';

/** How the cluster is to be started. */
export interface ClusterOptions {
  /** Where everything is kept; made if it is missing. One cluster at a time can use it. */
  dataDir: string;
  /** 0, the default, takes the port of the last start if it is free. */
  port?: number;
}

/** A cluster that runs. */
export interface RunningCluster {
  /** Path of the kubeconfig that leads to it. */
  kubeconfig: string;
  port: number;
  activity: Activity;
  /** Ends the pods gently, then the API; resolves when everything is on disk. */
  stop(): Promise<void>;
}

/** Idle connections of clients are kept longer than those clients keep them, or they would run into closed ones. */
const keepAliveMs = 180_000;
const namespaces = ['default', 'kube-system'];

/** Starts the cluster of a data directory; throws an error that says what to do when that cannot be. */
export async function startCluster({ dataDir, port = 0 }: ClusterOptions): Promise<RunningCluster> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const unlock = await lockDirectory(dataDir);
  const controllers = new AbortController();
  const connections = new AbortController();
  let started: RunningNode | undefined;
  // Every watch and log that is open listens for the end.
  setMaxListeners(0, controllers.signal, connections.signal);
  try {
    // The kernel needs time to end what an earlier run has left behind, and this program to read the store.
    const [store] = await Promise.all([Store.open(dataDir), endOrphans(dataDir)]);
    for (const name of namespaces) {
      if (store.get('namespaces', '', name) === undefined) {
        createObject(store, 'namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      }
    }
    const events = createEventRecorder(store, controllers.signal);
    const node = await startNode({ store, events, dataDir, signal: connections.signal });
    started = node;
    startControllers({ store, events, signal: controllers.signal });
    const certificate = await loadCertificate(dataDir);
    const token = await loadToken(dataDir);
    const api = createApi({ store, logs: node.logs, token, signal: connections.signal });
    const server = createServer({ ...certificate, keepAliveTimeout: keepAliveMs }, api);
    const bound = await listen(server, port, dataDir);
    const connect = createUpgrade({ store, exec: node.exec, token, signal: connections.signal });
    server.on('upgrade', connect);
    const activity = watchActivity(server, store);
    const kubeconfig = await writeKubeconfig(dataDir, bound, certificate.cert, token);
    const stop = async (): Promise<void> => {
      // The pods end while the API still answers, so that whoever follows them sees how.
      await node.stop();
      controllers.abort();
      connections.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), 1000).unref();
      await closed;
      await store.close();
      await unlock();
    };
    return { kubeconfig, port: bound, activity, stop };
  } catch (error) {
    controllers.abort();
    connections.abort();
    await started?.stop();
    await unlock();
    throw error;
  }
}

async function listen(server: Server, port: number, dataDir: string): Promise<number> {
  const path = join(dataDir, 'port');
  const last = Number((await readIfThere(path)) ?? 0);
  const wanted = port === 0 && Number.isInteger(last) && last > 0 && last < 65536 ? last : port;
  try {
    await listenOn(server, wanted);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE' && port !== 0) {
      throw new Error(`port ${port} is in use: end what listens there, or choose another --port`, { cause: error });
    }
    if (port !== 0 || wanted === 0) throw error;
    await listenOn(server, 0);
  }
  const bound = (server.address() as AddressInfo).port;
  await writePrivate(path, `${bound}\n`);
  return bound;
}

async function listenOn(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}
