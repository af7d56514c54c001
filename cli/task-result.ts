import type { NodeStatus, TaskStatus } from '../client/index.js';
import { taskStateWord } from '../client/task-state.js';
import { EXIT, type ResultCodes, SKY_EXIT } from './exit-codes.js';
import { statePaint, type Style } from './output/style.js';
import { printable } from './output/table.js';
import { firstFailedNode, fixSentence, isSeeLog, reasonSentence, span, statusWord } from './output/task-words.js';

/**
 * Exit code that tells how a task ended: 0 completed, the exit code of the node that failed first (1 if it has none, 124 if it
 * was given no more time), 122 stopped; or SkyPilot's for the same. Undefined while the task has not ended.
 */
export function taskExitCode(task: TaskStatus, codes: ResultCodes): number | undefined {
  const sky = codes === 'sky';
  switch (taskStateWord(task.state)) {
    case 'completed':
      return EXIT.ok;
    case 'failed':
      return sky ? SKY_EXIT.failed : failedExitCode(firstFailedNode(task));
    case 'stopped':
    case 'stopping':
      return sky ? SKY_EXIT.cancelled : EXIT.stopped;
    case 'pending':
    case 'running':
    case 'unknown':
      break;
  }
  return undefined;
}

function failedExitCode(node: NodeStatus | undefined): number {
  // Kubernetes' word; the program's own code then only tells by which signal it was ended.
  return node?.reason === 'DeadlineExceeded' ? EXIT.timedOut : node?.exitCode || EXIT.failure;
}

/**
 * How a task ended, or how far it is, in one line; then what to do about a failure, if that is known. Whoever has just `read` all
 * of the log is not sent there.
 */
export function describeResult(task: TaskStatus, nowMs: number, style: Style, read = false): string {
  const duration = span(task.startedAt, task.finishedAt, nowMs);
  const word = statusWord(task);
  const reason = printable(reasonSentence(task));
  const why = word === 'stopped' ? reason.replace(/^stopped/, '') : reason && `: ${reason}`;
  const line = `Task ${task.taskId} ${style(statePaint(word), word)}${duration && ` after ${duration}`}${why}`;
  const fix = read && isSeeLog(task) ? '' : fixSentence(task);
  return fix ? `${line}\n  ${printable(fix)}\n` : `${line}\n`;
}
