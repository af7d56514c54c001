/**
 * One node's state, from what the cluster shows of it. What the record says of its end is final; before that, a decision
 * table: the first row that fits wins, and every row is a plain condition on the node's Job, its newest pod, the record and the
 * newest events.
 */

import type { ClusterEvent } from '../ports.js';
import type { NodeView, TaskNode, TaskRecord, TaskState } from '../task.js';
import { signalOf } from './signal.js';
import { linesOf, whyEnded, whyNot, whyStopped } from './why.js';

/** The state of a node. `events` are those of its pod, or of its Job while it has no pod; newest first. */
export function nodeState(view: NodeView, record: TaskRecord, events: readonly ClusterEvent[] = []): TaskNode {
  const node = stateOf(view, record, events);
  return isCalledOff(record) ? calledOff(node, record) : node;
}

/** Whether a task was stopped instead of being run again after not all of its nodes had found a machine. */
export function isCalledOff({ halt, stop }: TaskRecord): boolean {
  return stop !== undefined && halt?.retryMs !== undefined;
}

/** Nothing of the user's has run in the attempt that was given up: whatever came of the node, it was the stop that ended it. */
function calledOff(node: TaskNode, { stop }: TaskRecord): TaskNode {
  const state = node.state === 'STOPPING' ? 'STOPPING' : 'STOPPED';
  return { ...node, state, ...whyStopped(stop), exitCode: undefined, signal: '', lines: NO_LINES };
}

function stateOf(view: NodeView, record: TaskRecord, events: readonly ClusterEvent[]): TaskNode {
  const { index, jobName } = view;
  const result = record.results[index];
  if (result) return inOrder(index, jobName, result, result.lines ?? NO_LINES, record.createdAtMs);
  const { state, own } = decide(view, record);
  // Of a node that has ended its last pod tells, whether it is there any more or not.
  const over = own !== undefined || state === 'STOPPED' || state === 'FAILED';
  const pod = view.pod ?? (over ? view.gone : undefined);
  const { reason, message } = own ? whyEnded(view, record, pod, state) : whyNot(view, record, state, events);
  const container = pod?.container;
  const exitCode = own && container?.state === 'terminated' ? container.exitCode : undefined;
  const mark = record.halt ?? record.stop;
  const startedAtMs = container && container.state !== 'waiting' ? container.startedAtMs : mark?.startedAtMs[index];
  const endedAtMs = container?.state === 'terminated' ? container.finishedAtMs : undefined;
  // A Job that was deleted does not tell when its node ended.
  const finishedAtMs = own?.atMs ?? (over ? endedAtMs : undefined);
  const { name: podName = '', nodeName = '' } = pod ?? {};
  const known = { podName, nodeName, state, reason, message, exitCode, startedAtMs, finishedAtMs };
  const lines = own && state === 'FAILED' ? linesOf(pod) : NO_LINES;
  return inOrder(index, jobName, known, lines, record.createdAtMs);
}

const NO_LINES: readonly string[] = [];

/**
 * The node with times in their order: Kubernetes tells whole seconds, and what happened in the second of the submission would
 * seem to have been before it. Written out, not spread: all tasks are judged again and again, and copies would be most of the work.
 */
function inOrder(
  index: number,
  jobName: string,
  known: Omit<TaskNode, 'index' | 'jobName' | 'signal' | 'lines'>,
  lines: readonly string[],
  createdAtMs: number,
): TaskNode {
  const startedAtMs = notBefore(known.startedAtMs, createdAtMs);
  return {
    index,
    state: known.state,
    reason: known.reason,
    message: known.message,
    exitCode: known.exitCode,
    signal: signalOf(known.exitCode),
    startedAtMs,
    finishedAtMs: notBefore(known.finishedAtMs, startedAtMs ?? createdAtMs),
    jobName,
    podName: known.podName,
    nodeName: known.nodeName,
    lines,
  };
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

/** The state; `own` is the end that the node came to by itself. */
interface Decision {
  readonly state: TaskState;
  readonly own: End | undefined;
}

function decide(view: NodeView, record: TaskRecord): Decision {
  const { job, pod, livePods } = view;
  const { halt, stop } = record;
  const ended = endOf(view);
  if (ended && isOwn(ended, view, record)) return { state: ended.state, own: ended };
  if (halt ?? stop) {
    // What ended before its Job was suspended is still to be counted, and ends the node then.
    const uncounted = pod !== undefined && !pod.deleting && !job?.outcome && job !== undefined;
    if (livePods > 0 || uncounted || (job && !job.suspended && !ended)) return { state: 'STOPPING', own: undefined };
    return { state: halt?.blamed.includes(view.index) ? 'FAILED' : 'STOPPED', own: undefined };
  }
  if (!job && record.launched) {
    return livePods > 0
      ? { state: 'RUNNING', own: undefined }
      : { state: 'FAILED', own: { state: 'FAILED', atMs: undefined } };
  }
  const started = pod !== undefined && pod.container.state !== 'waiting';
  return { state: started && (!pod.deleting || job?.outcome) ? 'RUNNING' : 'PENDING', own: undefined };
}

/** Whether the end was the node's own, not that of a stop. */
function isOwn({ state, atMs }: End, { job, index, pod, gone }: NodeView, { halt, stop }: TaskRecord): boolean {
  if (halt) {
    // A Job that was suspended for the sake of the others may count its pod as failed, which was only ended.
    return state === 'COMPLETED' || !job?.suspended || (halt.reason === '' && halt.blamed.includes(index));
  }
  if (!stop) return true;
  // Kubernetes' times have whole seconds: an end in the second of the stop is the program's own, unless its pod was to end then.
  const deleted = (pod ?? gone)?.deleting === true;
  return atMs !== undefined && atMs <= stop.timeMs - (deleted ? 1000 : 0);
}
