/** Kubernetes objects -> the few hundred bytes of each that matter. */

import type { ContainerView, JobView, PodView, StopMark } from '../../domain/task.js';
import { ANNOTATION, CONTAINER, JOB_NAME_LABELS, LABEL, MAX_NODES, recordName } from '../names.js';
import { timeMs, type RawContainerState, type RawContainerStatus, type RawJob, type RawPod } from '../objects.js';
import { PEERS_FIELD } from '../manifests/rendezvous.js';
import { digestOf } from '../peers-digest.js';

/** A Job, and what only the cache asks. */
export interface OwnedJob extends JobView {
  /** Uid of its record, here or on its way; undefined for a Job of another tool, which has none. */
  readonly recordUid: string | undefined;
  /** When the cluster made it; `createdAtMs` is what its maker says. */
  readonly madeAtMs: number;
}

/** A Job of a task; undefined for one whose labels do not make it one. */
export function projectJob(raw: RawJob): OwnedJob | undefined {
  const { metadata } = raw;
  const labels = metadata.labels ?? {};
  const annotations = metadata.annotations ?? {};
  const taskId = labels[LABEL.taskId];
  const index = indexOf(labels[LABEL.nodeIndex]);
  if (!taskId || index === undefined) return undefined;
  const conditions = raw.status?.conditions ?? [];
  const final = conditions.find(({ type, status }) => status === 'True' && (type === 'Complete' || type === 'Failed'));
  return {
    name: metadata.name,
    uid: metadata.uid,
    taskId,
    index,
    attempt: attemptOf(labels),
    suspended: raw.spec?.suspend === true,
    outcome: final === undefined ? undefined : final.type === 'Complete' ? 'complete' : 'failed',
    outcomeReason: final?.reason ?? '',
    outcomeMessage: final?.message ?? '',
    outcomeAtMs: timeMs(final?.lastTransitionTime),
    activeSinceMs: timeMs(raw.status?.startTime),
    deleting: metadata.deletionTimestamp !== undefined,
    createdAtMs: timeMs(annotations[ANNOTATION.createdAt]) ?? timeMs(metadata.creationTimestamp) ?? 0,
    claims: claimsOf(raw),
    stop: stopOf(annotations),
    user: annotations[ANNOTATION.username] ?? labels[LABEL.username] ?? '',
    taskName: annotations[ANNOTATION.taskName] ?? labels[LABEL.taskName] ?? metadata.name,
    numNodes: Math.min(MAX_NODES, Math.max(1, Math.floor(Number(annotations[ANNOTATION.numNodes])) || 1)),
    madeAtMs: timeMs(metadata.creationTimestamp) ?? 0,
    recordUid: metadata.ownerReferences?.find(
      (owner) => owner.kind === 'ConfigMap' && owner.name === recordName(taskId),
    )?.uid,
  };
}

/** A pod, and what only the cache asks. */
export interface OwnedPod extends PodView {
  /** Uid of its Job; undefined for a pod that has none. */
  readonly jobUid: string | undefined;
}

/** What belongs to a node of a task. */
export type Owned = OwnedJob | OwnedPod;

/** Kubernetes' own, which it writes into every pod that has none. */
const DEFAULT_GRACE_SECONDS = 30;
/** Shared by the many Jobs that mount none. */
const NO_CLAIMS: readonly string[] = [];

function claimsOf({ spec }: RawJob): readonly string[] {
  const names = spec?.template?.spec?.volumes?.flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []) ?? [];
  return names.length === 0 ? NO_CLAIMS : names;
}

function stopOf(annotations: Readonly<Record<string, string>>): StopMark | undefined {
  const user = annotations[ANNOTATION.stoppedBy];
  if (user === undefined) return undefined;
  const reason = annotations[ANNOTATION.stopReason] ?? '';
  return { user, timeMs: timeMs(annotations[ANNOTATION.stoppedAt]) ?? 0, reason, startedAtMs: {} };
}

/** A pod of a task; undefined for one whose labels do not make it one. `before` is how it was seen last. */
export function projectPod(raw: RawPod, before?: PodView): OwnedPod | undefined {
  const { metadata, status } = raw;
  const labels = metadata.labels ?? {};
  const taskId = labels[LABEL.taskId];
  const index = indexOf(labels[LABEL.nodeIndex]);
  if (!taskId || index === undefined) return undefined;
  const conditions = status?.conditions ?? [];
  const scheduled = conditions.find(({ type }) => type === 'PodScheduled');
  const disruption = conditions.find(({ type, status }) => type === 'DisruptionTarget' && status === 'True');
  const { containerName, container } = containerOf(raw);
  return {
    name: metadata.name,
    uid: metadata.uid,
    taskId,
    index,
    attempt: attemptOf(labels),
    jobName: JOB_NAME_LABELS.map((name) => labels[name]).find((name) => name !== undefined) ?? '',
    phase: PHASES.find((phase) => phase === status?.phase) ?? 'Unknown',
    deleting: metadata.deletionTimestamp !== undefined,
    deletedAtMs: before?.deletedAtMs ?? deletedAtMsOf(metadata),
    graceSeconds:
      metadata.deletionGracePeriodSeconds ?? raw.spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS,
    createdAtMs: timeMs(metadata.creationTimestamp) ?? 0,
    nodeName: raw.spec?.nodeName ?? '',
    reason: status?.reason ?? '',
    message: status?.message ?? '',
    unschedulable:
      scheduled?.status === 'False'
        ? { reason: scheduled.reason ?? 'Unschedulable', message: scheduled.message ?? '' }
        : undefined,
    scheduledAtMs: scheduled?.status === 'True' ? timeMs(scheduled.lastTransitionTime) : undefined,
    containerName,
    container,
    disruption: disruption?.reason ?? '',
    address: status?.podIP ?? '',
    setUp: isSetUp(raw),
    peers: peersOf(metadata.annotations?.[ANNOTATION.peers]),
    silent: isSilent(raw),
    jobUid: metadata.ownerReferences?.find(({ kind }) => kind === 'Job')?.uid,
  };
}

/**
 * Kubernetes tells by when a pod has to be gone: its grace is over then. A kubelet moves that once the pod has ended, so that only what was
 * seen first tells when the deletion was asked for.
 */
function deletedAtMsOf({ deletionTimestamp, deletionGracePeriodSeconds = 0 }: RawPod['metadata']): number | undefined {
  const goneMs = timeMs(deletionTimestamp);
  return goneMs === undefined ? undefined : goneMs - deletionGracePeriodSeconds * 1000;
}

/** What waits to be told of the other nodes, and was not, has not written anything. */
function isSilent({ metadata, spec }: RawPod): boolean {
  if (metadata.annotations?.[ANNOTATION.peers] !== undefined) return false;
  return (spec?.volumes ?? []).some(({ downwardAPI }) =>
    downwardAPI?.items?.some(({ fieldRef }) => fieldRef?.fieldPath === PEERS_FIELD),
  );
}

/** Nodes that wait for each other's setup have a startup probe, which succeeds when it is done. */
function isSetUp({ spec, status }: RawPod): boolean {
  if (!spec?.containers?.some(({ name, startupProbe }) => name === CONTAINER && startupProbe !== undefined))
    return true;
  return status?.containerStatuses?.some(({ name, started }) => name === CONTAINER && started === true) ?? false;
}

function peersOf(text: string | undefined): PodView['peers'] {
  return text === undefined ? undefined : { phase: text.split('\n', 1)[0] ?? '', digest: digestOf(text) };
}

const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed'] as const;

function containerOf(raw: RawPod): Pick<PodView, 'containerName' | 'container'> {
  const status = statusOf(raw);
  const containerName = status?.name ?? CONTAINER;
  const { terminated } = status?.state ?? {};
  // The kubelet calls it terminated, with an exit code of its own making; it has waited until its pod ended.
  if (status && terminated && wasNeverMade(status)) {
    const { reason = '', message = '' } = terminated;
    return { containerName, container: { state: 'waiting', reason, message } };
  }
  return { containerName, container: stateOf(status?.state) };
}

/** Whether the pod has ended before its container was made, as one that is deleted early: nothing was ever written in it. */
export function hasNeverRun(raw: RawPod): boolean {
  const status = statusOf(raw);
  const over = raw.status?.phase === 'Failed' || raw.status?.phase === 'Succeeded';
  return over && status !== undefined && wasNeverMade(status);
}

function statusOf(raw: RawPod): RawContainerStatus | undefined {
  const statuses = raw.status?.containerStatuses ?? [];
  // Sidecars that a webhook added are not the task; other tools name their one container as they like.
  return statuses.find(({ name }) => name === CONTAINER) ?? statuses[0];
}

/** What has been made has an id, or an earlier state; of the rest the kubelet does not know how it ended. */
function wasNeverMade({ state, lastState, containerID = '' }: RawContainerStatus): boolean {
  if (containerID !== '' || lastState?.terminated || state?.running) return false;
  return !state?.terminated || state.terminated.reason === 'ContainerStatusUnknown';
}

function stateOf(state: RawContainerState | undefined): ContainerView {
  if (state?.terminated) {
    const { exitCode, signal, reason = '', message = '', startedAt, finishedAt } = state.terminated;
    return {
      state: 'terminated',
      exitCode: exitCode === 0 && signal ? 128 + signal : exitCode,
      reason,
      message,
      startedAtMs: timeMs(startedAt),
      finishedAtMs: timeMs(finishedAt),
    };
  }
  if (state?.running) return { state: 'running', startedAtMs: timeMs(state.running.startedAt) };
  return { state: 'waiting', reason: state?.waiting?.reason ?? '', message: state?.waiting?.message ?? '' };
}

function attemptOf(labels: Readonly<Record<string, string>>): number {
  const attempt = Number(labels[LABEL.attempt] ?? 0);
  return Number.isSafeInteger(attempt) && attempt > 0 ? attempt : 0;
}

/** The index of a node, 0 where none is given; undefined for one that no task has. */
function indexOf(text: string | undefined): number | undefined {
  const index = Number(text ?? 0);
  return Number.isSafeInteger(index) && index >= 0 && index < MAX_NODES ? index : undefined;
}
