import { join } from 'node:path';
import { deleteObject } from '../store/deletion.js';
import { type KubeObject, isOver } from '../store/object.js';
import type { Store } from '../store/store.js';
import { nodeName } from './context.js';
import { dropWorkingFiles } from './pod-files.js';
import { type ContainerStatus, applyPodStatus } from './pod-status.js';
import { lostWithNode } from './termination.js';

const message = 'The node stopped while the pod was running, and its processes were ended.';

/**
 * Fails the pods that were running when this node ended the last time without a chance to end them: nothing of them
 * runs any more. Pods that it had not begun with are left to be run. Of what was being deleted nothing is left to wait for.
 */
export function markLost(store: Store, podsDirectory: string): void {
  for (const pod of store.list('pods')) {
    const { uid, deletionTimestamp } = pod.metadata;
    const begun = pod.status?.startTime !== undefined;
    if (pod.spec.nodeName !== nodeName || !begun) continue;
    if (!isOver(pod)) {
      store.update(pod, fail);
      // Nobody waits for it: what was mounted is given back slowly, and of hundreds of pods one after the other.
      void dropWorkingFiles(join(podsDirectory, uid));
    }
    if (deletionTimestamp !== undefined) deleteObject(store, pod, { gracePeriodSeconds: 0 });
  }
}

function fail(pod: KubeObject): void {
  const now = new Date();
  const statuses: ContainerStatus[] = pod.status?.containerStatuses ?? [];
  applyPodStatus(
    pod,
    {
      containers: statuses.map((status) => lost(status, now)),
      sandboxReady: false,
      ending: true,
      failure: { reason: 'NodeLost', message },
      podIp: pod.status?.podIP,
    },
    now,
  );
}

function lost(status: ContainerStatus, now: Date): ContainerStatus {
  const { terminated, running } = status.state;
  const state = { terminated: terminated ?? lostWithNode(running?.startedAt, now) };
  return { ...status, state, ready: false, started: false };
}
