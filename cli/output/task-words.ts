import type { NodeStatus, TaskStatus } from '../../client/index.js';
import { taskStateWord } from '../../client/task-state.js';
import { formatTimestamp, timestampMs } from '../../client/timestamp.js';
import { formatSpan } from './age.js';

/** The documented words for how a task stands. */
export const STATUS_WORDS = ['pending', 'running', 'completed', 'failed', 'stopped'] as const;

/** The documented word of a task, or `stopping`, which only `state` tells. */
export function statusWord(task: TaskStatus): string {
  return taskStateWord(task.state) === 'stopping' ? 'stopping' : task.status;
}

/** The failed node that ended first, not for another one's sake; undefined when none failed. */
export function firstFailedNode(task: TaskStatus): NodeStatus | undefined {
  const told = task.diagnosis?.node === undefined ? undefined : task.nodes[task.diagnosis.node];
  if (told && taskStateWord(told.state) === 'failed') return told;
  const failed = task.nodes.filter((node) => taskStateWord(node.state) === 'failed');
  // One whose run never started says nothing of the reason.
  const byItself = failed.filter(({ reason }) => reason !== 'PeerEnded');
  return (byItself.length > 0 ? byItself : failed).toSorted(byEnd)[0];
}

/** By the nanosecond: nodes of one task often fail together. A node without an end comes last. */
function byEnd({ finishedAt: a, index: i }: NodeStatus, { finishedAt: b, index: j }: NodeStatus): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined) || i - j;
  return Number(a.seconds - b.seconds) || a.nanos - b.nanos || i - j;
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
  // Ends come in whole seconds, beginnings not always: between two times that are shown it is what one reads off them.
  return from ? formatSpan(to ? Number(to.seconds - from.seconds) * 1000 : nowMs - timestampMs(from)) : '';
}

/** A time to the second, RFC 3339 in UTC; `-` when it is unset. */
export function moment(time: TaskStatus['createdAt']): string {
  return time ? formatTimestamp({ ...time, nanos: 0 }) : '-';
}

const SEE_LOG = 'see the log of the node';

/** Whether all that can be done about what is wrong is to read a log. */
export function isSeeLog({ diagnosis }: TaskStatus): boolean {
  return diagnosis?.fix.startsWith(SEE_LOG) ?? false;
}

/** What to do about what is wrong; where that is to read a log, with the command that prints it. */
export function fixSentence({ taskId, diagnosis }: TaskStatus): string {
  const { fix = '', node } = diagnosis ?? {};
  const command = `k8s-cli jobs logs ${taskId}${node === undefined ? '' : ` --node ${node}`}`;
  return fix.replace(SEE_LOG, `${SEE_LOG} (${command})`);
}
