import type { NodeStatus, PastAttempt, TaskStatus } from '../../client/index.js';
import { taskStateWord } from '../../client/task-state.js';
import { nodePaint, statePaint } from './style.js';
import { type Column, type Cell, formatFields, formatTable, type Layout } from './table.js';
import { fixSentence, moment, reasonSentence, span, statusWord } from './task-words.js';

/** Everything about a task: what is wrong with it first, then what it is, then its nodes. */
export function formatTaskStatus(task: TaskStatus, nowMs: number, layout: Layout): string {
  const { diagnosis, metadata } = task;
  const word = statusWord(task);
  const when = (time: TaskStatus['createdAt']): string =>
    time && layout.terminal ? `${span(time, undefined, nowMs)} ago (${moment(time)})` : time ? moment(time) : '';
  const fields = formatFields(
    [
      ['Task', task.taskId],
      ['Status', { text: word, paint: statePaint(word) }],
      ['Reason', { text: reasonSentence(task), paint: word === 'failed' ? 'bold' : undefined }],
      ['Fix', fixSentence(task)],
      ...(diagnosis?.evidence ?? []).map((line) => ['Evidence', line] as const),
      ...attemptLines(task.pastAttempts).map((line) => ['Attempt', line] as const),
      ...(task.attempt > 0 ? [['Attempt', `${task.attempt}: this one`] as const] : []),
      ['Name', task.name],
      ['User', task.username],
      ['Nodes', metadata ? nodeCounts(metadata) : ''],
      ['Created', when(task.createdAt)],
      ['Started', when(task.startedAt)],
      ['Finished', when(task.finishedAt)],
      ['Duration', span(task.startedAt, task.finishedAt, nowMs)],
      ['Stopped', when(task.stop?.time)],
      ['Namespace', metadata?.namespace ?? ''],
    ],
    layout,
  );
  return task.nodes.length === 0 ? fields : `${fields}\n${formatNodes(task.nodes, nowMs, layout)}`;
}

/** Of very many lines about attempts the last ones are shown. */
const SHOWN_ATTEMPTS = 10;

/** `0: node-1: exit code 3, at 2026-11-23T06:45:23Z`; of several in a row that came to the same, `0 to 4` and the time of the last. */
function attemptLines(past: readonly PastAttempt[]): readonly string[] {
  const runs: { readonly first: PastAttempt; last: PastAttempt }[] = [];
  for (const attempt of past) {
    const run = runs.at(-1);
    if (run && whatCameOf(run.last) === whatCameOf(attempt)) run.last = attempt;
    else runs.push({ first: attempt, last: attempt });
  }
  return runs.slice(-SHOWN_ATTEMPTS).map(({ first, last }) => {
    const which = first === last ? `${first.attempt}` : `${first.attempt} to ${last.attempt}`;
    return `${which}: ${whatCameOf(last)}, at ${moment(last.finishedAt)}`;
  });
}

function whatCameOf({ node, message, reason }: PastAttempt): string {
  return `node-${node}: ${message || reason}`;
}

const NODE_COLUMNS: readonly Column[] = [
  { heading: 'NODE' },
  { heading: 'STATUS' },
  { heading: 'EXIT', dropRank: 4 },
  { heading: 'DURATION', dropRank: 3 },
  { heading: 'REASON', shrinkTo: 16, dropRank: 5 },
  { heading: 'ON', dropRank: 2, shrinkTo: 12 },
  { heading: 'POD', dropRank: 1, spare: true },
  { heading: 'JOB', dropRank: 0, spare: true },
];

function formatNodes(nodes: readonly NodeStatus[], nowMs: number, layout: Layout): string {
  const rows = nodes.map((node): Cell[] => {
    const state = taskStateWord(node.state);
    return [
      { text: `node-${node.index}`, paint: nodePaint(node.index) },
      { text: state, paint: statePaint(state) },
      node.exitCode === undefined ? '-' : `${node.exitCode}${node.signal && ` (${node.signal})`}`,
      span(node.startedAt, node.finishedAt, nowMs) || '-',
      node.message ? `${node.reason && `${node.reason}: `}${node.message}` : node.reason,
      node.nodeName || '-',
      node.podName || '-',
      node.jobName || '-',
    ];
  });
  return formatTable(NODE_COLUMNS, rows, layout);
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
