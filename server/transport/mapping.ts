/** Domain values <-> messages of the API. */

import type { Duration } from '../../gen/google/protobuf/duration.js';
import type { Timestamp } from '../../gen/google/protobuf/timestamp.js';
import {
  type ClusterOutage,
  Diagnosis as DiagnosisMessage,
  type NodeStatus,
  TaskState as TaskStateMessage,
  type TaskSpec as TaskSpecMessage,
  TaskStatus,
} from '../../gen/k8scli/v1/task.js';
import { type TaskOverrides, WatchTasksResponse } from '../../gen/k8scli/v1/task_service.js';
import type { VolumeStatus } from '../../gen/k8scli/v1/volume_service.js';
import type { Overrides } from '../../taskfile/task-spec.js';
import type { Outage } from '../domain/ports.js';
import type { Diagnosis, Task, TaskNode, TaskState } from '../domain/task.js';
import type { TasksEvent } from '../domain/watch-tasks.js';
import type { UsedVolume } from '../domain/volume.js';

/** The messages of tasks, which never change; nor may these. */
const MESSAGES = new WeakMap<Task, TaskStatus>();

/** The message of a task. */
export function taskMessage(task: Task): TaskStatus {
  const known = MESSAGES.get(task);
  if (known) return known;
  const message = newTaskMessage(task);
  MESSAGES.set(task, message);
  return message;
}

function newTaskMessage(task: Task): TaskStatus {
  const { record, nodes } = task;
  const count = (...states: TaskState[]): number => nodes.filter((node) => states.includes(node.state)).length;
  return TaskStatus.fromPartial({
    taskId: record.id,
    name: record.name,
    status: task.status,
    createdAt: timestamp(record.createdAtMs),
    updatedAt: timestamp(task.updatedAtMs),
    username: record.user,
    metadata: {
      jobName: nodes[0]?.jobName ?? '',
      namespace: task.namespace,
      numNodes: record.numNodes,
      nodeJobs: nodes.map((node) => node.jobName),
      succeededNodes: count('COMPLETED'),
      failedNodes: count('FAILED'),
      runningNodes: nodes.filter(isRunning).length,
      pendingNodes: count('PENDING'),
      stoppedNodes: count('STOPPED'),
    },
    state: TaskStateMessage[task.state],
    nodes: nodes.map((node) => nodeMessage(node, record.attempt)),
    diagnosis: task.diagnosis && diagnosisMessage(task.diagnosis),
    startedAt: timestamp(task.startedAtMs),
    finishedAt: timestamp(task.finishedAtMs),
    attempt: record.attempt,
    pastAttempts: record.past.map(({ startedAtMs, finishedAtMs, node, reason, message, exitCode }, at) => ({
      attempt: record.attempt - record.past.length + at,
      node,
      reason,
      message,
      exitCode,
      startedAt: timestamp(startedAtMs),
      finishedAt: timestamp(finishedAtMs),
    })),
    stop: record.stop && {
      username: record.stop.user,
      time: timestamp(record.stop.timeMs),
      reason: record.stop.reason,
    },
  });
}

/** The same, with the outage that may have made it old. */
export function taskMessageIn(outage: Outage | undefined, task: Task): TaskStatus {
  return outage ? { ...taskMessage(task), outage: outageMessage(outage) } : taskMessage(task);
}

/** The message of an outage; undefined for none. */
export function outageMessage(outage: Outage | undefined): ClusterOutage | undefined {
  return outage && { since: timestamp(outage.sinceMs), message: outage.message };
}

/** The message of what is told of watched tasks. */
export function tasksMessage(event: TasksEvent): WatchTasksResponse {
  if (event.kind === 'task') return WatchTasksResponse.fromPartial({ task: taskMessage(event.task) });
  if (event.kind === 'synced') return WatchTasksResponse.fromPartial({ synced: true });
  if (event.kind === 'cluster')
    return WatchTasksResponse.fromPartial({ cluster: { outage: outageMessage(event.outage) } });
  return WatchTasksResponse.fromPartial({ removed: { taskId: event.taskId, deleted: event.deleted } });
}

function isRunning(node: TaskNode): boolean {
  return node.state === 'RUNNING' || node.state === 'STOPPING';
}

function nodeMessage(node: TaskNode, attempt: number): NodeStatus {
  return {
    index: node.index,
    state: TaskStateMessage[node.state],
    reason: node.reason,
    message: node.message,
    exitCode: node.exitCode,
    signal: node.signal,
    startedAt: timestamp(node.startedAtMs),
    finishedAt: timestamp(node.finishedAtMs),
    jobName: node.jobName,
    podName: node.podName,
    nodeName: node.nodeName,
    restarts: attempt,
  };
}

function diagnosisMessage(diagnosis: Diagnosis): DiagnosisMessage {
  return DiagnosisMessage.fromPartial({ ...diagnosis, evidence: [...diagnosis.evidence] });
}

/** The message of a volume. */
export function volumeMessage(volume: UsedVolume): VolumeStatus {
  return {
    volumeId: volume.id,
    name: volume.name,
    size: volume.size,
    storageClass: volume.storageClass,
    accessModes: [...volume.accessModes],
    status: volume.status,
    createdAt: timestamp(volume.createdAtMs),
    username: volume.user,
    metadata: { pvcName: volume.claimName, namespace: volume.namespace },
    deletedAt: timestamp(volume.deletedAtMs),
    taskIds: [...volume.taskIds],
    reason: volume.reason,
  };
}

/** Enum value of a task's state. */
export function stateMessage(state: TaskState): TaskStateMessage {
  return TaskStateMessage[state];
}

/** The overrides of a submission. */
export function overridesOf(message: TaskOverrides | undefined): Overrides {
  if (message === undefined) return {};
  const { envs, secrets, name, numNodes, cpus, memory, accelerators, imageId } = message;
  const set = (text: string): string | undefined => (text === '' ? undefined : text);
  return {
    envs,
    secrets,
    name: set(name),
    numNodes,
    cpus: set(cpus),
    memory: set(memory),
    accelerators: set(accelerators),
    image: set(imageId),
  };
}

/** The task as the mapping that a task.yaml would hold: fields that were not set are not there. */
export function taskFileValue(spec: TaskSpecMessage): Record<string, unknown> {
  const { resources } = spec;
  return present({
    name: spec.name,
    num_nodes: spec.numNodes,
    workdir: spec.workdir,
    resources:
      resources &&
      present({
        cpus: resources.cpus,
        memory: resources.memory,
        accelerators: resources.accelerators,
        image_id: resources.imageId,
        instance_type: resources.instanceType,
        use_spot: resources.useSpot,
        disk_size: resources.diskSize,
        ports: resources.ports,
      }),
    envs: spec.envs,
    ...(Object.keys(spec.secrets).length === 0 ? {} : { secrets: spec.secrets }),
    volumes: spec.volumes,
    timeout: spec.timeout,
    fail_fast: spec.failFast,
    setup: spec.setup,
    run: spec.run,
  });
}

function present(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''));
}

/** The protobuf time of milliseconds since 1970; undefined for none. */
export function timestamp(ms: number | undefined): Timestamp | undefined {
  return ms === undefined ? undefined : timestampNs(BigInt(Math.round(ms)) * 1_000_000n);
}

/** The protobuf time of nanoseconds since 1970; undefined for none. */
export function timestampNs<T extends bigint | undefined>(ns: T): T extends bigint ? Timestamp : Timestamp | undefined;
export function timestampNs(ns: bigint | undefined): Timestamp | undefined {
  if (ns === undefined) return undefined;
  return { seconds: ns / 1_000_000_000n, nanos: Number(ns % 1_000_000_000n) };
}

/** A span of milliseconds as a message. */
export function duration(ms: number | undefined): Duration | undefined {
  if (ms === undefined) return undefined;
  return { seconds: BigInt(Math.trunc(ms / 1000)), nanos: Math.trunc(ms % 1000) * 1_000_000 };
}

/** Milliseconds of a protobuf duration; undefined for none. */
export function durationMs(duration: Duration | undefined): number | undefined {
  return duration === undefined ? undefined : Number(duration.seconds) * 1000 + duration.nanos / 1_000_000;
}
