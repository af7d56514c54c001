import type {
  ContainerView,
  JobView,
  NodeResult,
  NodeView,
  PodView,
  TaskRecord,
  TaskView,
} from '../../../server/domain/task.js';

/** When every task of the tests was made, milliseconds since 1970. */
export const T0 = Date.parse('2026-11-23T06:00:00Z');

/** The record of a task of ann's with one node. */
export function record(over: Partial<TaskRecord> = {}): TaskRecord {
  const id = over.id ?? 'abc12345';
  const numNodes = over.numNodes ?? 1;
  return {
    id,
    uid: `record-${id}`,
    user: 'ann',
    name: 'demo',
    numNodes,
    jobNames: Array.from({ length: numNodes }, (_, index) => `demo-${id}-node-${index}`),
    createdAtMs: T0,
    fingerprint: 'print',
    stop: undefined,
    halt: undefined,
    rules: undefined,
    attempt: 0,
    past: [],
    revision: '1',
    results: Array.from({ length: numNodes }, () => undefined),
    launched: true,
    launchNoted: true,
    deleting: false,
    ...over,
  };
}

/** A Job that has not ended. */
export function job(over: Partial<JobView> = {}): JobView {
  const index = over.index ?? 0;
  return {
    name: `demo-abc12345-node-${index}`,
    uid: `job-${index}`,
    taskId: 'abc12345',
    index,
    attempt: 0,
    suspended: false,
    claims: [],
    outcome: undefined,
    outcomeReason: '',
    outcomeMessage: '',
    outcomeAtMs: undefined,
    activeSinceMs: undefined,
    deleting: false,
    createdAtMs: T0,
    stop: undefined,
    user: 'ann',
    taskName: 'demo',
    numNodes: 1,
    ...over,
  };
}

/** A pod whose container waits without saying why. */
export function pod(over: Partial<PodView> = {}): PodView {
  const index = over.index ?? 0;
  return {
    name: `demo-abc12345-node-${index}-xyzzy`,
    uid: `pod-${index}`,
    taskId: 'abc12345',
    index,
    attempt: 0,
    jobName: `demo-abc12345-node-${index}`,
    phase: 'Pending',
    deleting: false,
    deletedAtMs: undefined,
    graceSeconds: 30,
    createdAtMs: T0,
    nodeName: '',
    reason: '',
    message: '',
    unschedulable: undefined,
    scheduledAtMs: undefined,
    containerName: 'task',
    container: { state: 'waiting', reason: '', message: '' },
    disruption: '',
    address: '',
    setUp: true,
    peers: undefined,
    silent: false,
    ...over,
  };
}

/** A container that runs since one second after T0. */
export const RUNNING: ContainerView = { state: 'running', startedAtMs: T0 + 1000 };

/** A container that ran from one second after T0 for `seconds`. */
export function terminated(
  exitCode: number,
  over: { seconds?: number; reason?: string; message?: string } = {},
): ContainerView {
  return {
    state: 'terminated',
    exitCode,
    reason: over.reason ?? (exitCode === 0 ? 'Completed' : 'Error'),
    message: over.message ?? '',
    startedAtMs: T0 + 1000,
    finishedAtMs: T0 + 1000 + (over.seconds ?? 4) * 1000,
  };
}

/** One node; live pods follow from the pod. */
export function node(over: Partial<NodeView> = {}): NodeView {
  const index = over.index ?? over.job?.index ?? over.pod?.index ?? 0;
  const alive = over.pod !== undefined && over.pod.phase !== 'Succeeded' && over.pod.phase !== 'Failed';
  return {
    index,
    jobName: `demo-abc12345-node-${index}`,
    job: 'job' in over ? over.job : job({ index }),
    pod: undefined,
    livePods: alive ? 1 : 0,
    gone: undefined,
    ...over,
  };
}

/** A node that waits for its pod. */
export function waitingNode(index: number): NodeView {
  return node({ index, job: job({ index }) });
}

/** A node whose program runs. */
export function runningNode(index: number): NodeView {
  return node({ index, pod: pod({ index, phase: 'Running', container: RUNNING, nodeName: 'worker' }) });
}

/** A node that has ended with this exit code after so many seconds. */
export function endedNode(index: number, exitCode: number, seconds = 4): NodeView {
  return node({
    index,
    job: job({ index, outcome: exitCode === 0 ? 'complete' : 'failed', outcomeAtMs: T0 + 9000 }),
    pod: pod({
      index,
      phase: exitCode === 0 ? 'Succeeded' : 'Failed',
      container: terminated(exitCode, { seconds }),
      nodeName: 'worker',
    }),
  });
}

/** A task of these nodes. */
export function view(nodes: readonly NodeView[], over: Partial<TaskRecord> = {}): TaskView {
  return { record: record({ numNodes: nodes.length, ...over }), nodes, changedAtMs: T0 + 5000 };
}

/** A result as the record keeps it. */
export function result(over: Partial<NodeResult> = {}): NodeResult {
  return {
    state: 'COMPLETED',
    reason: '',
    message: '',
    exitCode: 0,
    startedAtMs: T0 + 1000,
    finishedAtMs: T0 + 5000,
    podName: 'demo-pod',
    nodeName: 'worker',
    ...over,
  };
}
