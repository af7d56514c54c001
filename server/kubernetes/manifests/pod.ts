/** The pod of one node: what the task needs, and what the task file merges into it. */

import type { Json, JsonObject, KubernetesConfig, TaskSpec } from '../../../taskfile/task-spec.js';
import type { NodeTerm } from '../../domain/placement/choose.js';
import { CONTAINER, hostName, loginName, newClaimName, recordName, secretName } from '../names.js';
import { environment } from './environment.js';
import { merged, type PodSpec } from './pod-config.js';
import { scaledQuantity } from './quantity.js';
import { PEERS_FOLDER, peersVolume, readyFile, readyProbe } from './rendezvous.js';
import { shellCommand } from './shell.js';
import type { LaunchedTask } from './task.js';

/** Image of tasks that name none. */
export const DEFAULT_IMAGE = 'python:3.13-slim';
/** Group that volumes are writable for, so that images which do not run as root can use them. */
const VOLUME_GROUP = 1000;

interface Mounted {
  readonly volumes: readonly object[];
  readonly mounts: readonly object[];
}

/** Whether the task names an image, or gets that of tasks which do not. */
export function namesImage({ resources, kubernetes }: TaskSpec): boolean {
  return (resources.image ?? containerOf(kubernetes)?.['image']) !== undefined;
}

/** The spec of a node's pod. `site` is the name of the cluster. */
export function podSpec(task: LaunchedTask, index: number, site: string): object {
  const { spec, placement } = task;
  const several = spec.numNodes > 1;
  const parts = [sharedMemory(spec), claims(task), managedFiles(task), ...(several ? [peers()] : [])];
  const volumes = parts.flatMap((part) => part.volumes);
  const mounts = parts.flatMap((part) => part.mounts);
  const own: PodSpec = {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...(several ? { hostname: hostName(index), subdomain: recordName(task.id) } : {}),
    ...(spec.hasRegistryLogin ? { imagePullSecrets: [{ name: loginName(task.id) }] } : {}),
    ...(spec.kubernetes.serviceAccount === undefined ? {} : { serviceAccountName: spec.kubernetes.serviceAccount }),
    ...(placement.priorityClass === undefined ? {} : { priorityClassName: placement.priorityClass }),
    ...(spec.volumes.length === 0
      ? {}
      : { securityContext: { fsGroup: VOLUME_GROUP, fsGroupChangePolicy: 'OnRootMismatch' } }),
    containers: [
      {
        name: CONTAINER,
        image: spec.resources.image ?? DEFAULT_IMAGE,
        command: shellCommand(spec.setup ?? '', spec.run, several ? readyFile(task.id, index) : undefined),
        ...(spec.workdir === undefined ? {} : { workingDir: spec.workdir }),
        ...(spec.secretNames.length === 0 ? {} : { envFrom: [{ secretRef: { name: secretName(task.id) } }] }),
        env: environment(task, index, site),
        resources: resources(spec),
        terminationMessagePolicy: 'FallbackToLogsOnError',
        // Started means that setup is done: this is how the server gets to know of it.
        ...(several && spec.setup !== undefined ? { startupProbe: readyProbe(task.id, index) } : {}),
        volumeMounts: mounts,
      },
    ],
    volumes,
  };
  const { podConfig } = spec.kubernetes;
  return withNodeTerms(podConfig === undefined ? own : merged(own, podConfig), placement.nodeTerms);
}

/** Programs that share memory need more than the 64 MiB that a container has by default; it counts as their memory. */
function sharedMemory({ resources }: TaskSpec): Mounted {
  const emptyDir = { medium: 'Memory', ...(resources.memory === undefined ? {} : { sizeLimit: resources.memory }) };
  return { volumes: [{ name: 'shm', emptyDir }], mounts: [{ name: 'shm', mountPath: '/dev/shm' }] };
}

function claims(task: LaunchedTask): Mounted {
  const made = task.spec.volumes.flatMap((mount, at) =>
    'created' in mount ? [{ mountPath: mount.mountPath, claimName: newClaimName(task.id, at) }] : [],
  );
  const all = [...task.mounts, ...made];
  // One volume a claim, however often it is mounted: a pod that names a claim twice may never start.
  const names = [...new Set(all.map(({ claimName }) => claimName))];
  const nameOf = (claimName: string): string => `volume-${names.indexOf(claimName)}`;
  return {
    volumes: names.map((claimName) => ({ name: nameOf(claimName), persistentVolumeClaim: { claimName } })),
    mounts: all.map(({ claimName, ...mount }) => ({ name: nameOf(claimName), ...mount })),
  };
}

/**
 * Files of secrets belong to root. ssh refuses a key of its own user that others may read, so root gets it alone; another user can
 * read it only if everybody may, and is not its owner, to which ssh has no objection. Who runs the image is known where the task
 * says so.
 */
function secretFileMode(config: KubernetesConfig): number {
  const context = { ...securityContext(config.podConfig), ...securityContext(containerOf(config)) };
  const { runAsUser, runAsNonRoot = false } = context;
  return (runAsUser === undefined ? runAsNonRoot : runAsUser !== 0) ? 0o444 : 0o400;
}

/** What the task file merges into the container. */
function containerOf({ podConfig }: KubernetesConfig): JsonObject | undefined {
  const [container] = Array.isArray(podConfig?.['containers']) ? (podConfig['containers'] as JsonObject[]) : [];
  return container;
}

function securityContext(spec: JsonObject | undefined): { runAsUser?: Json; runAsNonRoot?: Json } {
  return (spec?.['securityContext'] ?? {}) as JsonObject;
}

function managedFiles({ placement, spec }: LaunchedTask): Mounted {
  const defaultMode = secretFileMode(spec.kubernetes);
  const files = placement.managedSecrets.filter(({ mountPath }) => mountPath !== undefined);
  return {
    volumes: files.map(({ secret, key }, at) => ({
      name: `secret-${at}`,
      secret: { secretName: secret, items: [{ key, path: 'value' }], defaultMode },
    })),
    mounts: files.map(({ mountPath }, at) => ({ name: `secret-${at}`, mountPath, subPath: 'value', readOnly: true })),
  };
}

function peers(): Mounted {
  return { volumes: [peersVolume('peers')], mounts: [{ name: 'peers', mountPath: PEERS_FOLDER, readOnly: true }] };
}

function resources({ resources: { cpus, memory, gpus }, kubernetes: { limitFactor } }: TaskSpec): object {
  const requests = { ...(cpus === undefined ? {} : { cpu: cpus }), ...(memory === undefined ? {} : { memory }) };
  const limited = limitFactor === 0 ? [] : Object.entries(requests);
  const limits = Object.fromEntries(limited.map(([name, amount]) => [name, scaledQuantity(amount, limitFactor)]));
  return { requests, limits: { ...limits, ...(gpus === 0 ? {} : { 'nvidia.com/gpu': String(gpus) }) } };
}

/** Restricts the pod to machines that fit one of the terms, and what the spec itself requires too. */
function withNodeTerms(spec: PodSpec, terms: readonly NodeTerm[]): PodSpec {
  if (terms.length === 0) return spec;
  const ours = terms.map((term) => term.map(({ key, values }) => ({ key, operator: 'In', values })));
  const affinity = (spec['affinity'] ?? {}) as { nodeAffinity?: { [REQUIRED]?: { nodeSelectorTerms?: Term[] } } };
  const theirs = affinity.nodeAffinity?.[REQUIRED]?.nodeSelectorTerms ?? [{}];
  // Terms are alternatives of each other: what both sides require is every pair.
  const nodeSelectorTerms = theirs.flatMap((term) =>
    ours.map((expressions) => ({ ...term, matchExpressions: [...(term.matchExpressions ?? []), ...expressions] })),
  );
  const nodeAffinity = { ...affinity.nodeAffinity, [REQUIRED]: { nodeSelectorTerms } };
  return { ...spec, affinity: { ...affinity, nodeAffinity } };
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
interface Term {
  readonly matchExpressions?: readonly object[];
}
