/** The cluster that is measured with, from a kubeconfig or an embedded one of its own, and two namespaces in it. */

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClusterConfig, loadClusterConfig } from '../../server/kubernetes/api/credentials.js';
import { hasCode } from '../../server/kubernetes/api/errors.js';
import { TASK_SELECTOR } from '../../server/kubernetes/names.js';
import { pathsOf } from '../../server/kubernetes/paths.js';
import { createKubeClient, type KubeClient } from '../../server/kubernetes/api/client.js';
import { built, type Program, startNode } from './program.js';

const NAMESPACES = '/api/v1/namespaces';
const LOOK_AGAIN_MS = 100;

/** Which kind of cluster: each has a section of the report. */
export type ClusterKind = 'embedded' | 'kubernetes';

/** A cluster with empty namespaces. */
export interface BenchCluster {
  readonly kind: ClusterKind;
  /** For the report. */
  readonly description: string;
  readonly kubeconfig: string;
  readonly config: ClusterConfig;
  /** The namespace that servers serve. */
  readonly served: string;
  /** One that no server watches: what the baseline does costs the server nothing. */
  readonly bare: string;
  /** Directory for files of this run, removed with the cluster. */
  readonly directory: string;
  /** Deletes all tasks, and waits until their Jobs and pods are gone, but not longer than `waitMs`. */
  clear(waitMs: number, signal: AbortSignal): Promise<void>;
  /** Removes everything. What is still there after `waitMs` is told, and left to the cluster to remove. */
  end(waitMs: number): Promise<void>;
}

/** Opens the cluster of a kubeconfig, or starts an embedded one. */
export async function openCluster(kubeconfig: string | undefined, signal: AbortSignal): Promise<BenchCluster> {
  const directory = mkdtempSync(join(tmpdir(), 'k8s-cli-bench-'));
  const own = kubeconfig === undefined ? await startEmbedded(directory, signal) : undefined;
  const path = kubeconfig ?? own?.says ?? '';
  let client: KubeClient | undefined;
  const close = async (): Promise<void> => {
    await client?.close();
    await own?.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const config = loadClusterConfig({ kind: 'kubeconfig', path, context: undefined });
    client = createKubeClient(config);
    const using = client;
    const served = `k8s-cli-bench-${randomBytes(3).toString('hex')}`;
    const bare = `${served}-bare`;
    for (const name of [served, bare]) await createNamespace(using, name, signal);
    return {
      kind: own ? 'embedded' : 'kubernetes',
      description: own ? 'embedded cluster on the same machine' : await versionOf(using, config.server, signal),
      kubeconfig: path,
      config,
      served,
      bare,
      directory,
      clear: (waitMs, signal) => clear(using, [served, bare], waitMs, signal),
      end: async (waitMs) => {
        try {
          await deleteNamespaces(using, [served, bare], waitMs);
        } finally {
          await close();
        }
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startEmbedded(directory: string, signal: AbortSignal): Promise<Program> {
  try {
    return await startNode([built('cluster'), '--data-dir', join(directory, 'cluster')], /^ready (.+)$/, signal);
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

async function createNamespace(client: KubeClient, name: string, signal: AbortSignal): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  await client.request({ method: 'POST', path: NAMESPACES, body, signal });
}

async function versionOf(client: KubeClient, server: string, signal: AbortSignal): Promise<string> {
  const { body } = await client.request<{ gitVersion: string }>({ method: 'GET', path: '/version', signal });
  const { hostname } = new URL(server);
  return `Kubernetes ${body.gitVersion}, ${hostname === '127.0.0.1' ? 'on the same machine' : 'over the network'}`;
}

async function clear(
  client: KubeClient,
  namespaces: readonly string[],
  waitMs: number,
  signal: AbortSignal,
): Promise<void> {
  const all = namespaces.map(pathsOf);
  const query = { labelSelector: TASK_SELECTOR, propagationPolicy: 'Background' };
  for (const { configMaps } of all) await client.request({ method: 'DELETE', path: configMaps, query, signal });
  const untilMs = performance.now() + waitMs;
  const isLeft = async (path: string): Promise<boolean> => {
    const request = { method: 'GET', path, query: { limit: 1 }, signal } as const;
    return (await client.request<{ items: unknown[] }>(request)).body.items.length > 0;
  };
  const paths = all.flatMap(({ jobs, pods }) => [jobs, pods]);
  while ((await Promise.all(paths.map(isLeft))).includes(true) && performance.now() < untilMs) {
    await sleep(LOOK_AGAIN_MS, undefined, { signal });
  }
}

async function deleteNamespaces(client: KubeClient, names: readonly string[], waitMs: number): Promise<void> {
  // Not the signal of the run: after Ctrl+C the cluster is to be left clean all the same.
  for (const name of names) await client.request({ method: 'DELETE', path: `${NAMESPACES}/${name}` });
  const untilMs = performance.now() + waitMs;
  for (let left = names; ; await sleep(LOOK_AGAIN_MS)) {
    const there = await Promise.all(left.map((name) => exists(client, name)));
    left = left.filter((_, index) => there[index]);
    if (left.length === 0) return;
    if (performance.now() < untilMs) continue;
    process.stderr.write(`the cluster still deletes the namespaces ${left.join(' and ')}\n`);
    return;
  }
}

async function exists(client: KubeClient, name: string): Promise<boolean> {
  try {
    await client.request({ method: 'GET', path: `${NAMESPACES}/${name}` });
    return true;
  } catch (error) {
    if (hasCode(error, 404)) return false;
    throw error;
  }
}
