import type { TaskStatus } from '../../client/index.js';
import { missingFirst } from './scheduler-words.js';
import { type Column, type Cell, formatTable, type Layout } from './table.js';
import { statePaint } from './style.js';
import { moment, reasonSentence, span, statusWord } from './task-words.js';

/** How a list of tasks is shown. */
export interface TaskListView {
  /** Add who, when and the names in Kubernetes. */
  readonly details: boolean;
  /** Add who. */
  readonly allUsers: boolean;
  readonly nowMs: number;
  readonly layout: Layout;
}

/** Tasks as a table, one line each. */
export function formatTaskList(tasks: readonly TaskStatus[], view: TaskListView): string {
  const columns = columnsOf(view);
  return formatTable(
    columns,
    tasks.map((task) => columns.map((column) => column.cell(task))),
    view.layout,
  );
}

type TaskColumn = Column & { readonly cell: (task: TaskStatus) => Cell };

function columnsOf({ details, allUsers, nowMs, layout }: TaskListView): readonly TaskColumn[] {
  const created: TaskColumn = { heading: 'CREATED', dropRank: 1, cell: ({ createdAt }) => moment(createdAt) };
  return [
    { heading: 'ID', cell: ({ taskId }) => taskId },
    { heading: 'NAME', shrinkTo: 8, cell: ({ name }) => name },
    { heading: 'STATUS', cell: statusCell },
    { heading: 'NODES', dropRank: 3, cell: nodeCount },
    // A program has nothing of an age, a person little of a time of day.
    layout.terminal
      ? { heading: 'AGE', dropRank: 6, cell: ({ createdAt }) => span(createdAt, undefined, nowMs) }
      : created,
    ...(details || allUsers ? [{ heading: 'USER', dropRank: 7, shrinkTo: 8, cell: userOf }] : []),
    ...(details ? detailColumns(nowMs, layout, created) : []),
    // What is cut off in a table is there in full with -o wide, in a pipe and in jobs status.
    {
      heading: 'REASON',
      shrinkTo: 16,
      dropRank: 5,
      cell:
        layout.terminal && layout.width !== undefined ? (task) => missingFirst(reasonSentence(task)) : reasonSentence,
    },
  ];
}

function detailColumns(nowMs: number, { terminal, width }: Layout, created: TaskColumn): readonly TaskColumn[] {
  const short = terminal && width !== undefined;
  return [
    { heading: 'DURATION', dropRank: 4, cell: (task) => span(task.startedAt, task.finishedAt, nowMs) || '-' },
    ...(terminal ? [created] : []),
    { heading: 'NAMESPACE', dropRank: 0, cell: ({ metadata }) => metadata?.namespace ?? '-' },
    { heading: 'JOBS', dropRank: 2, shrinkTo: 16, cell: ({ metadata }) => jobNames(metadata?.nodeJobs ?? [], short) },
  ];
}

function userOf({ username }: TaskStatus): string {
  return username;
}

function statusCell(task: TaskStatus): Cell {
  const word = statusWord(task);
  return { text: word, paint: statePaint(word) };
}

/** `2` when all nodes are alike, `1/2` while some have ended well or run and others have not. */
function nodeCount(task: TaskStatus): string {
  const { metadata } = task;
  if (metadata === undefined) return '-';
  const { numNodes, succeededNodes, runningNodes } = metadata;
  const good = statusWord(task) === 'running' ? runningNodes + succeededNodes : succeededNodes;
  return good === 0 || good === numNodes ? String(numNodes) : `${good}/${numNodes}`;
}

function jobNames(jobs: readonly string[], short: boolean): string {
  return short && jobs.length > 2 ? `${jobs[0]} … ${jobs.at(-1)}` : jobs.join(',') || '-';
}
