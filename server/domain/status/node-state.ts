/**
 * One node's state, from what the cluster shows of it. What the record says of its end is final; before that, a decision
 * table: the first row that fits wins, and every row is a plain condition on the node's Job, its newest pod, the record and the
 * newest events.
 */

import type { ClusterEvent } from '../ports.js';
import type { NodeView, PodView, TaskNode, TaskRecord, TaskState } from '../task.js';
import { signalOf } from './signal.js';

/** What the wrapper around setup and run writes as termination message when setup failed. */
export const SETUP_FAILED_MESSAGE = 'k8s-cli: setup failed';
/** Reason of a node whose run did not start because another node ended before. */
export const PEER_ENDED = 'PeerEnded';
/** What it writes when run did not start, because another node ended before. */
export const PEERS_LOST_MESSAGE = 'k8s-cli: run did not start';

/** The state of a node. `events` are those of its pod, or of its Job while it has no pod; newest first. */
export function nodeState(view: NodeView, record: TaskRecord, events: readonly ClusterEvent[] = []): TaskNode {
  const base = {
    index: view.index,
    jobName: view.jobName,
    podName: view.pod?.name ?? '',
    nodeName: view.pod?.nodeName ?? '',
  };
  const result = record.results[view.index];
  if (result) {
    return inOrder({ ...base, ...result, signal: signalOf(result.exitCode) }, record.createdAtMs);
  }
  const ended = endOf(view);
  const state = decide(view, record, ended);
  const finished = state === 'COMPLETED' || state === 'FAILED';
  const why = finished ? whyEnded(view, state) : whyNot(view, record, state, events);
  const container = view.pod?.container;
  const exitCode = finished && container?.state === 'terminated' ? container.exitCode : undefined;
  const startedAtMs =
    container && container.state !== 'waiting' ? container.startedAtMs : record.stop?.startedAtMs[view.index];
  const finishedAtMs = finished ? ended?.atMs : state === 'STOPPED' ? view.lastEndMs : undefined;
  const { reason, message } = why;
  const signal = signalOf(exitCode);
  return inOrder({ ...base, state, reason, message, exitCode, signal, startedAtMs, finishedAtMs }, record.createdAtMs);
}

/**
 * The node with times in their order: Kubernetes tells whole seconds, and what happened in the second of the submission would
 * seem to have been before it.
 */
function inOrder(node: TaskNode, createdAtMs: number): TaskNode {
  const startedAtMs = notBefore(node.startedAtMs, createdAtMs);
  return { ...node, startedAtMs, finishedAtMs: notBefore(node.finishedAtMs, startedAtMs ?? createdAtMs) };
}

function notBefore(atMs: number | undefined, earlierMs: number): number | undefined {
  // What is further off is a clock that differs, and nothing to be hidden.
  return atMs !== undefined && atMs < earlierMs && earlierMs - atMs < 1000 ? earlierMs : atMs;
}

interface End {
  readonly state: 'COMPLETED' | 'FAILED';
  readonly atMs: number | undefined;
}

/** How the node ended by the Job's final condition: a pod alone never says that a node has failed. */
function endOf(view: NodeView): End | undefined {
  const { job, pod } = view;
  if (!job?.outcome) return undefined;
  // Kubernetes ends a Job after its pods: a pod that seems to run is only known from before, and how it ended comes soon.
  if (pod && view.livePods > 0) return undefined;
  const container = pod?.container;
  const atMs = container?.state === 'terminated' ? container.finishedAtMs : undefined;
  return { state: job.outcome === 'complete' ? 'COMPLETED' : 'FAILED', atMs: atMs ?? job.outcomeAtMs };
}

function decide(view: NodeView, record: TaskRecord, ended: End | undefined): TaskState {
  const { job, pod, livePods } = view;
  const stop = record.stop;
  // Kubernetes' times have whole seconds: an end in the second of the stop counts as the program's own.
  if (ended && (!stop || (ended.atMs !== undefined && ended.atMs <= stop.timeMs))) return ended.state;
  if (stop) {
    if (livePods > 0) return 'STOPPING';
    return !job || job.suspended || ended ? 'STOPPED' : 'STOPPING';
  }
  if (!job && record.launched) return livePods > 0 ? 'RUNNING' : 'FAILED';
  const started = pod !== undefined && pod.container.state !== 'waiting';
  if (started && (!pod.deleting || job?.outcome)) return 'RUNNING';
  return 'PENDING';
}

interface Why {
  readonly reason: string;
  readonly message: string;
}

const NOTHING: Why = { reason: '', message: '' };

function whyEnded(view: NodeView, state: TaskState): Why {
  if (state === 'COMPLETED') return NOTHING;
  const { job, pod } = view;
  if (!job) {
    return { reason: 'JobDeleted', message: `Job ${view.jobName} was deleted before the node ended` };
  }
  // The pod then only tells by which signal it was ended.
  if (job.outcomeReason === 'DeadlineExceeded') return { reason: job.outcomeReason, message: job.outcomeMessage };
  if (pod?.reason) return { reason: pod.reason, message: pod.message };
  if (pod?.disruption) return { reason: pod.disruption, message: `pod ${pod.name} was disrupted: ${pod.disruption}` };
  const container = pod?.container;
  if (container?.state === 'terminated') {
    if (container.message.startsWith(SETUP_FAILED_MESSAGE)) {
      return { reason: 'SetupFailed', message: `setup failed with ${howItEnded(container.exitCode)}` };
    }
    if (container.message.startsWith(PEERS_LOST_MESSAGE)) {
      return { reason: PEER_ENDED, message: container.message.slice('k8s-cli: '.length).trim() };
    }
    const reason = container.reason || 'Error';
    const detail = reason === 'Error' ? '' : `${reason}: `;
    return { reason, message: `${detail}${howItEnded(container.exitCode)}` };
  }
  return { reason: job.outcomeReason || 'JobFailed', message: job.outcomeMessage || 'the Job failed' };
}

/** `exit code 3`, `exit code 143 (SIGTERM)`. */
function howItEnded(exitCode: number): string {
  const signal = signalOf(exitCode);
  return signal ? `exit code ${exitCode} (${signal})` : `exit code ${exitCode}`;
}

function whyNot(view: NodeView, record: TaskRecord, state: TaskState, events: readonly ClusterEvent[]): Why {
  if (state === 'RUNNING') return NOTHING;
  if (state === 'STOPPING' || state === 'STOPPED') {
    const by = record.stop ? `stopped by ${record.stop.user}` : 'stopped';
    return { reason: 'Stopped', message: record.stop?.reason ? `${by}: ${record.stop.reason}` : by };
  }
  const warning = events.find((event) => event.warning);
  const { job, pod } = view;
  if (pod) return whyPodWaits(pod, warning);
  if (!job) return { reason: 'Submitting', message: 'the Job is being created' };
  if (job.suspended) return { reason: 'Suspended', message: 'the Job is suspended' };
  if (warning) return { reason: warning.reason, message: warning.message };
  return { reason: 'WaitingForPod', message: 'waiting for the Job controller to create the pod' };
}

function whyPodWaits(pod: PodView, warning: ClusterEvent | undefined): Why {
  if (pod.unschedulable) return { reason: pod.unschedulable.reason, message: pod.unschedulable.message };
  const container = pod.container;
  if (container.state === 'waiting') {
    const starting =
      container.reason === '' || container.reason === 'ContainerCreating' || container.reason === 'PodInitializing';
    if (starting && warning) return { reason: warning.reason, message: warning.message };
    if (container.reason) {
      return { reason: container.reason, message: container.message || waitingText(container.reason) };
    }
  }
  return pod.nodeName
    ? { reason: 'Scheduled', message: `scheduled to node ${pod.nodeName}` }
    : { reason: 'WaitingForScheduler', message: 'waiting to be scheduled' };
}

function waitingText(reason: string): string {
  return reason === 'ContainerCreating' || reason === 'PodInitializing' ? 'the container is being created' : reason;
}
