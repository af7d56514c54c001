import type { TaskStatus } from '../../client/index.js';
import { formatTimestamp } from '../../client/timestamp.js';
import { formatTable } from './table.js';
import { reasonSentence, span, statusWord } from './task-words.js';

/** How a list of tasks is shown. */
export interface TaskListView {
  /** Add who, when and the names in Kubernetes. */
  readonly details: boolean;
  /** Add who. */
  readonly allUsers: boolean;
  readonly nowMs: number;
  readonly width: number | undefined;
}

/** Tasks as a table, one line each. */
export function formatTaskList(tasks: readonly TaskStatus[], view: TaskListView): string {
  const { details, allUsers, nowMs } = view;
  const who = details || allUsers;
  const heading = ['ID', 'NAME', 'STATUS', 'NODES', 'AGE'];
  if (who) heading.push('USER');
  if (details) heading.push('DURATION', 'CREATED', 'NAMESPACE', 'JOBS');
  heading.push('REASON');
  const rows = tasks.map((task) => {
    const row = [task.taskId, task.name, statusWord(task), nodeCount(task), span(task.createdAt, undefined, nowMs)];
    if (who) row.push(task.username);
    if (details) {
      row.push(
        span(task.startedAt, task.finishedAt, nowMs) || '-',
        task.createdAt ? formatTimestamp({ ...task.createdAt, nanos: 0 }) : '-',
        task.metadata?.namespace ?? '-',
        jobNames(task.metadata?.nodeJobs ?? []),
      );
    }
    row.push(reasonSentence(task));
    return row;
  });
  // With details nothing is left out: long lines may wrap.
  return formatTable([heading, ...rows], details ? undefined : view.width);
}

/** `2` when all nodes are alike, `1/2` while some have ended well or run and others have not. */
function nodeCount(task: TaskStatus): string {
  const { metadata } = task;
  if (metadata === undefined) return '-';
  const { numNodes, succeededNodes, runningNodes } = metadata;
  const good = statusWord(task) === 'running' ? runningNodes + succeededNodes : succeededNodes;
  return good === 0 || good === numNodes ? String(numNodes) : `${good}/${numNodes}`;
}

function jobNames(jobs: readonly string[]): string {
  return jobs.length > 2 ? `${jobs[0]} … ${jobs.at(-1)}` : jobs.join(',') || '-';
}
