/** Many tasks at once, made as the server would make them, without one. */

import { setTimeout as sleep } from 'node:timers/promises';
import { pathsOf } from '../../server/kubernetes/paths.js';
import type { KubeClient } from '../../server/kubernetes/api/client.js';
import { bareSubmitter } from './bare-submitter.js';
import type { BenchCluster } from './cluster.js';
import { callMany } from './load.js';
import { CALLERS } from './sizes.js';

/** So many tasks has each user. */
export const TASKS_OF_A_USER = 20;
const LOOK_AGAIN_MS = 1000;
/** By so little the version of a cluster moves between two looks that has nothing to do but to hear of its nodes. */
const AT_REST = 50;

/** The tasks that there are, of so many users that each has the same few. */
export class ManyTasks {
  readonly #cluster: BenchCluster;
  readonly #client: KubeClient;
  readonly #simulated: boolean;
  #count = 0;

  constructor(cluster: BenchCluster, client: KubeClient, simulated: boolean) {
    this.#cluster = cluster;
    this.#client = client;
    this.#simulated = simulated;
  }

  /** The user of the first tasks. */
  get user(): string {
    return userOf(0);
  }

  /**
   * Makes as many as are missing, and waits until each has its pod, which runs where nodes are simulated, and the cluster has come to
   * rest: controllers write for a while after that.
   */
  async grow(count: number, signal: AbortSignal): Promise<void> {
    const submitter = await bareSubmitter(this.#cluster.config, this.#cluster.served, () => {
      const user = userOf(Math.floor(this.#count / TASKS_OF_A_USER));
      this.#count += 1;
      return { user, withoutGpu: this.#simulated, noted: true };
    });
    try {
      await callMany(count - this.#count, CALLERS, () => submitter.submit(), signal);
    } finally {
      await submitter.close();
    }
    for (let before = 0; ; await sleep(LOOK_AGAIN_MS, undefined, { signal })) {
      const version = await this.#versionOnceThere(signal);
      if (version !== undefined && version - before < AT_REST) return;
      before = version ?? 0;
    }
  }

  /** The version of the cluster; undefined while there are not all pods, or not all run that are to. */
  async #versionOnceThere(signal: AbortSignal): Promise<number | undefined> {
    const { pods: path } = pathsOf(this.#cluster.served);
    const list = async (query: Record<string, string>): Promise<{ count: number; version: number }> => {
      const { body } = await this.#client.request<{
        items: unknown[];
        metadata: { resourceVersion: string; remainingItemCount?: number };
      }>({ method: 'GET', path, query: { limit: '1', ...query }, signal });
      const { resourceVersion, remainingItemCount = 0 } = body.metadata;
      return { count: body.items.length + remainingItemCount, version: Number(resourceVersion) };
    };
    const { count, version } = await list({});
    if (count < this.#count) return undefined;
    if (this.#simulated && (await list({ fieldSelector: 'status.phase!=Running' })).count > 0) return undefined;
    return version;
  }
}

function userOf(index: number): string {
  return `bench-${index}`;
}

/** Whether all nodes of the cluster only pretend to run pods. */
export async function isSimulated(client: KubeClient, signal: AbortSignal): Promise<boolean> {
  const { body } = await client.request<{ items: { metadata: { annotations?: object } }[] }>({
    method: 'GET',
    path: '/api/v1/nodes',
    signal,
  });
  return body.items.every(({ metadata }) => 'kwok.x-k8s.io/node' in (metadata.annotations ?? {}));
}
