/** The Kubernetes side of the server, put together: one client, one cache, and the ports that the domain uses. */

import { createHash } from 'node:crypto';
import type { Domain } from '../domain/context.js';
import type { FirstLines, LogArchive } from '../domain/ports.js';
import type { ClusterFacts } from '../domain/placement/cluster-facts.js';
import { pause } from '../pause.js';
import { TaskCache } from './cache/cache.js';
import { createCheckup } from './checkup/checkup.js';
import type { Spans } from './chores/chores.js';
import { createPodConnections } from './connections/pod-connections.js';
import { loadClusterConfig, type ClusterSource } from './api/credentials.js';
import { hasCode } from './api/errors.js';
import { createEventSource } from './events.js';
import { createClusterFacts } from './facts.js';
import { Launcher } from './launch/launcher.js';
import { createFirstLines } from './logs/first-lines.js';
import { createLastLines } from './logs/last-lines.js';
import { createLogSource } from './logs/pod-log.js';
import { pathsOf } from './paths.js';
import { Reconciler } from './chores/reconcile.js';
import { Rendezvous } from './chores/rendezvous.js';
import { createSubmissionSource } from './submissions.js';
import { createKubeClient } from './api/client.js';
import { createVolumeStore } from './volumes.js';
import type { RawObject } from './objects.js';

/** After a failure the namespace is looked at again so much later. */
const ASK_AGAIN_MS = 500;

/** A cluster that is connected. */
export interface ConnectedCluster extends Omit<Domain, 'archive' | 'clock' | 'ids' | 'site'> {
  readonly store: TaskCache;
  /** Name of the context, or `in-cluster`. */
  readonly name: string;
  readonly server: string;
  readonly facts: ClusterFacts;
  readonly firstLines: FirstLines;
  /** Watches, and brings nodes together, until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
  /**
   * Does what nobody asked for, when its time has come, until the signal is aborted. What it ends is held by the archive before.
   */
  tidy(archive: LogArchive, spans: Spans, signal: AbortSignal): Promise<void>;
  /**
   * What tells this namespace from all others, those of the same name in other clusters too: the same for every server, safe in
   * a file name. Undefined when the namespace does not exist; without the permission to look it counts as existing. Asks again until
   * the cluster answers; rejects when the signal is aborted before.
   */
  namespaceKey(signal: AbortSignal): Promise<string | undefined>;
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
  const launcher = new Launcher(client, paths, cache, config.name);
  const lastLines = createLastLines(client, paths);
  const events = createEventSource(client, paths);
  const reconciler = new Reconciler(client, paths, cache, launcher, log);
  const rendezvous = new Rendezvous(client, paths, cache, log);
  const facts = createClusterFacts(client, config.name, chosen);
  return {
    name: config.name,
    server: config.server,
    namespace: chosen,
    facts,
    checkup: createCheckup({ client, facts, server: config.server, namespace: chosen, outage: () => cache.outage }),
    store: cache,
    launcher,
    submissions: createSubmissionSource(client, paths),
    events,
    volumes: createVolumeStore(client, paths, chosen),
    logs: createLogSource(client, paths),
    firstLines: createFirstLines(client, paths),
    lastLines,
    connections: createPodConnections(config, paths),
    run: async (signal) => {
      await Promise.all([cache.run(signal), rendezvous.run(signal)]);
    },
    tidy: (archive, spans, signal) => reconciler.run({ archive, lastLines, events, ...spans }, signal),
    namespaceKey: async (signal) => {
      for (;;) {
        try {
          const path = `/api/v1/namespaces/${chosen}`;
          return (await client.request<RawObject>({ method: 'GET', path, signal })).body.metadata.uid;
        } catch (error) {
          if (hasCode(error, 404)) return undefined;
          if (hasCode(error, 403))
            return createHash('sha256').update(`${config.server}/${chosen}`).digest('hex').slice(0, 32);
          if (!(await pause(ASK_AGAIN_MS, signal))) throw error;
        }
      }
    },
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
