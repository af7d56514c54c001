import { type Condition, type KubeObject, timed, timestamp } from '../store/object.js';
import type { Terminated } from './termination.js';

/** One of the three, as in `state` and `lastState` of a container status. */
export interface ContainerState {
  waiting?: { reason: string; message?: string };
  running?: { startedAt: string };
  terminated?: Terminated;
}

/** What the node knows of a container of a pod, as it is in `containerStatuses`. */
export interface ContainerStatus {
  name: string;
  image: string;
  imageID: '';
  containerID?: string;
  state: ContainerState;
  lastState: ContainerState;
  restartCount: number;
  /** These two are the same, as only startup probes are supported: it runs, and its probe has succeeded if it has one. */
  ready: boolean;
  started: boolean;
}

/** What the node knows of a pod. */
export interface PodRecord {
  containers: readonly ContainerStatus[];
  /** Whether the pod is set up so far that containers can be started in it. */
  sandboxReady: boolean;
  /** Whether the pod is being ended for good, so that nothing in it is started again. */
  ending: boolean;
  /** Why the node failed the pod, whatever its containers did. */
  failure?: { reason: string; message: string } | undefined;
  podIp?: string | undefined;
}

type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

/** The address that pods see as their node's. */
export const hostIp = '127.0.0.1';

/** Writes what the node knows into the pod's status, keeping the time of conditions that did not change. */
export function applyPodStatus(pod: KubeObject, record: PodRecord, now: Date): void {
  const phase = podPhase(pod, record);
  const previous: KubeObject['status'] = pod.status ?? {};
  const status: KubeObject['status'] = {
    ...previous,
    phase,
    observedGeneration: pod.metadata.generation,
    conditions: conditions(pod, record, phase).map((condition) => timed(pod, condition, now)),
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    startTime: previous.startTime ?? timestamp(now),
    containerStatuses: record.containers,
  };
  if (record.podIp !== undefined) Object.assign(status, { podIP: record.podIp, podIPs: [{ ip: record.podIp }] });
  if (record.failure !== undefined) Object.assign(status, record.failure);
  pod.status = status;
}

/** The phase that follows from the containers' states, as the kubelet derives it. */
export function podPhase(pod: KubeObject, record: PodRecord): Phase {
  const { containers } = record;
  const { restartPolicy } = pod.spec;
  const isRunning = ({ state }: ContainerStatus): boolean => state.running !== undefined;
  if (record.failure !== undefined) return containers.some(isRunning) ? 'Running' : 'Failed';
  if (containers.some(({ state, lastState }) => state.waiting !== undefined && lastState.terminated === undefined)) {
    return record.ending && !containers.some(isRunning) ? 'Failed' : 'Pending';
  }
  if (!containers.every(({ state }) => state.terminated !== undefined)) return 'Running';
  if (containers.some(({ state }) => state.terminated?.exitCode !== 0)) {
    return restartPolicy === 'Never' || record.ending ? 'Failed' : 'Running';
  }
  return restartPolicy === 'Always' && !record.ending ? 'Running' : 'Succeeded';
}

function conditions(pod: KubeObject, record: PodRecord, phase: Phase): Condition[] {
  const unready = record.containers.filter(({ ready }) => !ready).map(({ name }) => name);
  const over = phase === 'Succeeded' ? 'PodCompleted' : phase === 'Failed' ? 'PodFailed' : undefined;
  const ready: Omit<Condition, 'type'> =
    over !== undefined
      ? { status: 'False', reason: over }
      : unready.length === 0
        ? { status: 'True' }
        : {
            status: 'False',
            reason: 'ContainersNotReady',
            message: `containers with unready status: [${unready.join(' ')}]`,
          };
  const { generation } = pod.metadata;
  return [
    { type: 'PodReadyToStartContainers', status: record.sandboxReady && over === undefined ? 'True' : 'False' },
    { type: 'Initialized', status: 'True', ...(phase === 'Succeeded' ? { reason: 'PodCompleted' } : {}) },
    { type: 'Ready', ...ready },
    { type: 'ContainersReady', ...ready },
    { type: 'PodScheduled', status: 'True' },
  ].map((condition) => ({ ...condition, ...(generation === undefined ? {} : { observedGeneration: generation }) }));
}
