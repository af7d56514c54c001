/** The Kubernetes side of the server, put together: one client, one cache, and the ports that the domain uses. */

import type { Domain } from '../domain/context.js';
import { TaskCache } from './cache.js';
import { loadClusterConfig, type ClusterSource } from './credentials.js';
import { hasCode } from './errors.js';
import { createEventSource } from './events.js';
import { Launcher } from './launcher.js';
import { createLastLines } from './logs/last-lines.js';
import { createLogSource } from './logs/pod-log.js';
import { pathsOf } from './paths.js';
import { Reconciler } from './reconcile.js';
import { createKubeClient } from './transport.js';
import { createVolumeStore } from './volumes.js';

/** A cluster that is connected. */
export interface ConnectedCluster extends Omit<Domain, 'clock' | 'ids'> {
  /** Name of the context, or `in-cluster`. */
  readonly name: string;
  readonly server: string;
  /** Watches and tidies up until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
  /** Whether the namespace is known not to exist. Without the permission to look it counts as existing. */
  lacksNamespace(): Promise<boolean>;
  /** Why the cluster cannot be watched at the moment. */
  problem(): Error | undefined;
  close(): Promise<void>;
}

/** Connects. `namespace` wins over that of the context. Nothing is sent before {@link ConnectedCluster.run}. */
export function connectCluster(
  source: ClusterSource,
  namespace: string | undefined,
  log: (message: string) => void,
): ConnectedCluster {
  const config = loadClusterConfig(source);
  const client = createKubeClient(config);
  const chosen = namespace ?? config.namespace ?? 'default';
  const paths = pathsOf(chosen);
  const cache = new TaskCache(client, paths);
  const launcher = new Launcher(client, paths, cache);
  const reconciler = new Reconciler(client, paths, cache, launcher, log);
  return {
    name: config.name,
    server: config.server,
    namespace: chosen,
    store: cache,
    launcher,
    events: createEventSource(client, paths),
    volumes: createVolumeStore(client, paths, chosen),
    logs: createLogSource(client, paths),
    lastLines: createLastLines(client, paths),
    run: async (signal) => {
      await Promise.all([cache.run(signal), reconciler.run(signal)]);
    },
    lacksNamespace: async () => {
      try {
        await client.request({ method: 'GET', path: `/api/v1/namespaces/${chosen}`, retry: false });
        return false;
      } catch (error) {
        return hasCode(error, 404);
      }
    },
    problem: () => cache.problem,
    close: () => client.close(),
  };
}

/** Whether the API server of a kubeconfig answers. */
export async function clusterAnswers(kubeconfig: string): Promise<boolean> {
  let client;
  try {
    client = createKubeClient(loadClusterConfig({ kind: 'kubeconfig', path: kubeconfig, context: undefined }));
  } catch {
    return false;
  }
  try {
    await client.request({ method: 'GET', path: '/version', signal: AbortSignal.timeout(3000), retry: false });
    return true;
  } catch {
    return false;
  } finally {
    await client.close();
  }
}
