import type { RawConfigMap, RawJob, RawPod } from '../../../server/kubernetes/objects.js';

const CREATED = '2026-11-23T06:00:00.000Z';

interface RawOptions {
  readonly id: string;
  readonly user?: string;
  readonly name?: string;
  readonly index?: number;
  readonly nodes?: number;
  readonly revision?: number;
  readonly createdAt?: string;
}

function labels({ id, user = 'ann', name = 'demo' }: RawOptions, index?: number): Record<string, string> {
  const node = index === undefined ? {} : { 'node-idx': String(index) };
  return { 'skypilot-task': 'true', 'task-id': id, 'task-name': name, username: user, ...node };
}

/** A record as the API shows it. */
export function rawRecord(options: RawOptions & { readonly data?: Readonly<Record<string, string>> }): RawConfigMap {
  const { id, user = 'ann', name = 'demo', nodes = 1, revision = 10, createdAt = CREATED, data } = options;
  return {
    metadata: {
      name: `task-${id}`,
      uid: `record-${id}`,
      resourceVersion: String(revision),
      creationTimestamp: createdAt,
      labels: labels(options),
    },
    data: { owner: user, name, nodes: String(nodes), fingerprint: 'print', 'created-at': createdAt, ...data },
  };
}

/** A Job of a node as the API shows it. */
export function rawJob(
  options: RawOptions & {
    readonly owned?: boolean;
    readonly suspend?: boolean;
    readonly condition?: 'Complete' | 'Failed';
  },
): RawJob {
  const { id, index = 0, nodes = 1, revision = 10, createdAt = CREATED, owned = true, condition } = options;
  return {
    metadata: {
      name: `demo-${id}${nodes > 1 ? `-node-${index}` : ''}`,
      uid: `job-${id}-${index}`,
      resourceVersion: String(revision),
      creationTimestamp: createdAt,
      labels: labels(options, index),
      annotations: { 'num-nodes': String(nodes), 'created-at': createdAt },
      ...(owned ? { ownerReferences: [{ kind: 'ConfigMap', name: `task-${id}`, uid: `record-${id}` }] } : {}),
    },
    spec: { suspend: options.suspend ?? false },
    status: condition ? { conditions: [{ type: condition, status: 'True', lastTransitionTime: createdAt }] } : {},
  };
}

/** A pod of a node as the API shows it. */
export function rawPod(
  options: RawOptions & { readonly uid?: string; readonly phase?: string; readonly deleting?: boolean },
): RawPod {
  const { id, index = 0, revision = 10, createdAt = CREATED, uid = `pod-${id}-${index}`, phase = 'Pending' } = options;
  return {
    metadata: {
      name: `demo-${id}-${uid}`,
      uid,
      resourceVersion: String(revision),
      creationTimestamp: createdAt,
      ...(options.deleting ? { deletionTimestamp: createdAt } : {}),
      labels: labels(options, index),
    },
    status: {
      phase,
      containerStatuses: phase === 'Running' ? [{ name: 'task', state: { running: { startedAt: createdAt } } }] : [],
    },
  };
}
