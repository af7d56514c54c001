import type { NodeStatus, TaskStatus } from '../../client/index.js';
import { taskStateWord } from '../../client/task-state.js';
import { formatTimestamp } from '../../client/timestamp.js';
import { formatFields, formatTable } from './table.js';
import { reasonSentence, span, statusWord } from './task-words.js';

/** Everything about a task: what is wrong with it first, then what it is, then its nodes. */
export function formatTaskStatus(task: TaskStatus, nowMs: number): string {
  const { diagnosis, metadata } = task;
  const fields = formatFields([
    ['Task', task.taskId],
    ['Status', statusWord(task)],
    ['Reason', reasonSentence(task)],
    ['Fix', diagnosis?.fix ?? ''],
    ...(diagnosis?.evidence ?? []).map((line) => ['Evidence', line] as const),
    ['Name', task.name],
    ['User', task.username],
    ['Nodes', metadata ? nodeCounts(metadata) : ''],
    ['Created', when(task.createdAt, nowMs)],
    ['Started', when(task.startedAt, nowMs)],
    ['Finished', when(task.finishedAt, nowMs)],
    ['Duration', span(task.startedAt, task.finishedAt, nowMs)],
    ['Stopped', when(task.stop?.time, nowMs)],
    ['Namespace', metadata?.namespace ?? ''],
  ]);
  return task.nodes.length === 0 ? fields : `${fields}\n${formatNodes(task.nodes, nowMs)}`;
}

function formatNodes(nodes: readonly NodeStatus[], nowMs: number): string {
  const heading = ['NODE', 'STATUS', 'EXIT', 'DURATION', 'JOB', 'POD', 'ON', 'REASON'];
  const rows = nodes.map((node) => [
    `node-${node.index}`,
    taskStateWord(node.state),
    node.exitCode === undefined ? '-' : `${node.exitCode}${node.signal && ` (${node.signal})`}`,
    span(node.startedAt, node.finishedAt, nowMs) || '-',
    node.jobName || '-',
    node.podName || '-',
    node.nodeName || '-',
    node.message ? `${node.reason && `${node.reason}: `}${node.message}` : node.reason,
  ]);
  return formatTable([heading, ...rows]);
}

function nodeCounts(metadata: NonNullable<TaskStatus['metadata']>): string {
  const counts: readonly (readonly [count: number, word: string])[] = [
    [metadata.succeededNodes, 'succeeded'],
    [metadata.failedNodes, 'failed'],
    [metadata.runningNodes, 'running'],
    [metadata.pendingNodes, 'pending'],
    [metadata.stoppedNodes, 'stopped'],
  ];
  const shown = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return shown.length === 0 ? `${metadata.numNodes}` : `${metadata.numNodes} (${shown.join(', ')})`;
}

function when(time: TaskStatus['createdAt'], nowMs: number): string {
  return time ? `${formatTimestamp({ ...time, nanos: 0 })} (${span(time, undefined, nowMs)} ago)` : '';
}
