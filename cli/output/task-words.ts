import type { NodeStatus, TaskStatus } from '../../client/index.js';
import { taskStateWord } from '../../client/task-state.js';
import { timestampMs } from '../../client/timestamp.js';
import { formatSpan } from './age.js';

/** The documented word of a task, or `stopping`, which only `state` tells. */
export function statusWord(task: TaskStatus): string {
  return taskStateWord(task.state) === 'stopping' ? 'stopping' : task.status;
}

/** The failed node that ended first; undefined when none failed. */
export function firstFailedNode(task: TaskStatus): NodeStatus | undefined {
  const failed = task.nodes.filter((node) => taskStateWord(node.state) === 'failed');
  return failed.toSorted((a, b) => endedAt(a) - endedAt(b) || a.index - b.index)[0];
}

/** Sub-millisecond order matters: nodes of one task often fail together. */
function endedAt({ finishedAt }: NodeStatus): number {
  return finishedAt ? timestampMs(finishedAt) + (finishedAt.nanos % 1e6) / 1e6 : Number.POSITIVE_INFINITY;
}

/** Why a task is as it is, in one sentence; empty when there is nothing to explain. */
export function reasonSentence(task: TaskStatus): string {
  if (task.status === 'stopped' || taskStateWord(task.state) === 'stopping') {
    const { stop } = task;
    return stop ? `stopped by ${stop.username}${stop.reason ? `: ${stop.reason}` : ''}` : '';
  }
  if (task.diagnosis) {
    const { node, cause } = task.diagnosis;
    return node === undefined || cause.startsWith(`node-${node}`) ? cause : `node-${node}: ${cause}`;
  }
  const node = firstFailedNode(task);
  if (node === undefined) return '';
  return `node-${node.index}: ${node.message || (node.exitCode === undefined ? node.reason : `exit code ${node.exitCode}`)}`;
}

/** Time from one timestamp to another, or to now; empty when the first is unset. */
export function span(from: TaskStatus['createdAt'], to: TaskStatus['createdAt'], nowMs: number): string {
  return from ? formatSpan((to ? timestampMs(to) : nowMs) - timestampMs(from)) : '';
}
