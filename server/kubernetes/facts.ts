/** What the cluster has: machines and what is free on them, priority classes, queues. Asked for when a task needs to know. */

import type { Amounts, ClusterFacts, MachineFacts } from '../domain/placement/cluster-facts.js';
import { hasCode, toTaskError } from './api/errors.js';
import { listAll } from './api/list-all.js';
import { amountOf } from './manifests/quantity.js';
import type { KubeClient } from './api/client.js';

/** Many submissions in a row ask once in this time. */
const TTL_MS = 2000;
const STORAGE_CLASSES = '/apis/storage.k8s.io/v1/storageclasses';
/** The annotation of the class of claims that name none. */
export const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';
const GPU = 'nvidia.com/gpu';
const QUEUES = '/apis/kueue.x-k8s.io/v1beta1';

interface RawNode {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: { readonly unschedulable?: boolean };
  readonly status?: { readonly allocatable?: Readonly<Record<string, string>> };
}

interface RawContainer {
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
}

interface RawUser {
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: RawContainer[];
    readonly initContainers?: RawContainer[];
  };
}

interface RawStorageClass {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
}

/** The facts of a cluster of this name; queues are those of the namespace. */
export function createClusterFacts(client: KubeClient, name: string, namespace: string): ClusterFacts {
  let known: { readonly untilMs: number; readonly machines: Promise<readonly MachineFacts[] | 'unknown'> } | undefined;

  async function readMachines(): Promise<readonly MachineFacts[] | 'unknown'> {
    const signal = AbortSignal.timeout(20_000);
    const nodes = await unlessForbidden(() => listAll<RawNode>(client, '/api/v1/nodes', {}, signal));
    if (nodes === 'unknown') return nodes;
    const fieldSelector = 'status.phase!=Succeeded,status.phase!=Failed';
    const pods = await unlessForbidden(() => listAll<RawUser>(client, '/api/v1/pods', { fieldSelector }, signal));
    return nodes.map((node) => machineOf(node, pods));
  }

  async function exists(path: string, signal: AbortSignal): Promise<boolean | 'unknown'> {
    return unlessForbidden(async () => {
      try {
        await client.request({ method: 'GET', path, first: true, signal });
        return true;
      } catch (error) {
        if (hasCode(error, 404)) return false;
        throw error;
      }
    });
  }

  return {
    name,
    amountOf,
    machines: () => {
      const nowMs = Date.now();
      if (known === undefined || known.untilMs <= nowMs) known = { untilMs: nowMs + TTL_MS, machines: readMachines() };
      return known.machines;
    },
    storageClasses: (signal) =>
      unlessForbidden(async () => {
        try {
          const classes = await listAll<RawStorageClass>(client, STORAGE_CLASSES, {}, signal);
          return classes.map(({ metadata: { name: own, annotations } }) => ({
            name: own,
            isDefault: annotations?.[DEFAULT_CLASS] === 'true',
          }));
        } catch (error) {
          if (hasCode(error, 404)) return 'none';
          throw error;
        }
      }),
    hasPriorityClass: (wanted, signal) =>
      exists(`/apis/scheduling.k8s.io/v1/priorityclasses/${encodeURIComponent(wanted)}`, signal),
    hasQueue: async (wanted, signal) => {
      const found = await exists(`${QUEUES}/namespaces/${namespace}/localqueues/${encodeURIComponent(wanted)}`, signal);
      if (found !== false) return found;
      return (await exists(QUEUES, signal)) === false ? 'no-kueue' : false;
    },
  };
}

async function unlessForbidden<T>(ask: () => Promise<T>): Promise<T | 'unknown'> {
  try {
    return await ask();
  } catch (error) {
    if (hasCode(error, 403)) return 'unknown';
    throw toTaskError(error, 'looking at what the cluster has');
  }
}

function machineOf({ metadata, spec, status }: RawNode, pods: readonly RawUser[] | 'unknown'): MachineFacts {
  const { allocatable = {} } = status ?? {};
  const capacity = {
    cpus: amount(allocatable, 'cpu'),
    memory: amount(allocatable, 'memory'),
    gpus: amount(allocatable, GPU),
  };
  const labels = metadata.labels ?? {};
  if (pods === 'unknown') return { labels, capacity, free: undefined };
  const used = pods.filter((pod) => pod.spec.nodeName === metadata.name).map(usedBy);
  const left = (which: keyof Amounts): number =>
    spec?.unschedulable ? 0 : Math.max(0, capacity[which] - used.reduce((sum, one) => sum + one[which], 0));
  return { labels, capacity, free: { cpus: left('cpus'), memory: left('memory'), gpus: left('gpus') } };
}

/** What a pod asks for: all its containers together, or the greediest of those that run before them. */
function usedBy({ spec: { containers, initContainers = [] } }: RawUser): Amounts {
  const of = (name: string): number => {
    const asked = ({ resources }: RawContainer): number =>
      amount({ ...resources?.limits, ...resources?.requests }, name);
    return Math.max(
      containers.reduce((sum, container) => sum + asked(container), 0),
      ...initContainers.map(asked),
    );
  };
  return { cpus: of('cpu'), memory: of('memory'), gpus: of(GPU) };
}

function amount(amounts: Readonly<Record<string, string>>, name: string): number {
  return amountOf(amounts[name] ?? '0');
}
