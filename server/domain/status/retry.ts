/** Whether a task that has failed is run again, as `job_recovery` says, or because not all of its nodes found a machine. */

import type { PastAttempt, TaskNode, TaskRecord } from '../task.js';
import { causeOf } from './causes/causes.js';
import { firstFailed } from './diagnosis.js';

/** Another attempt of a task, and what the present one came to. */
export interface Retry {
  /** When it may begin, once every node has ended; undefined before. */
  readonly atMs: number | undefined;
  readonly past: PastAttempt;
}

/** Names of Jobs have room for so many. */
export const MAX_ATTEMPTS = 999;
const FIRST_DELAY_MS = 1000;
const MAX_DELAY_MS = 5 * 60_000;
/** What the cluster did to the task, not its program: it does not count. */
const NOT_ITS_FAULT = new Set(['Evicted', 'NodeLost', 'PodLost']);

/** The next attempt of a task of which a node has failed; undefined when there is none to come. */
export function retryOf(record: TaskRecord, nodes: readonly TaskNode[]): Retry | undefined {
  const { halt, attempt, past } = record;
  if (!mayRetry(record) || attempt >= MAX_ATTEMPTS) return undefined;
  const first = halt ? nodes[halt.blamed[0] ?? 0] : firstFailed(nodes);
  if (!first || !isRetried(first, record)) return undefined;
  const starts = nodes.flatMap(({ startedAtMs }) => startedAtMs ?? []);
  const ends = nodes.flatMap(({ finishedAtMs }) => finishedAtMs ?? []);
  const ended = nodes.every(hasEnded);
  const endMs = Math.max(...ends);
  const delayMs = halt?.retryMs ?? Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(past.length, 20));
  return {
    atMs: ended ? (ends.length === 0 ? 0 : endMs) + delayMs : undefined,
    past: {
      node: first.index,
      reason: first.reason,
      message: first.message,
      exitCode: first.exitCode,
      counts:
        halt?.retryMs === undefined && !NOT_ITS_FAULT.has(causeOf(first)?.category ?? '') && !isNamed(first, record),
      startedAtMs: starts.length === 0 ? undefined : Math.min(...starts),
      finishedAtMs: ends.length === 0 ? undefined : endMs,
    },
  };
}

/** Whether the task may be run again at all. */
export function mayRetry({ rules, halt, stop, deleting }: TaskRecord): boolean {
  return (rules?.recovery !== undefined || halt?.retryMs !== undefined) && !stop && !deleting;
}

function isRetried(node: TaskNode, record: TaskRecord): boolean {
  if (record.halt?.retryMs !== undefined || isNamed(node, record)) return true;
  const cause = causeOf(node);
  if (NOT_ITS_FAULT.has(cause?.category ?? '')) return true;
  // A program that never ran, or ran too long, would do so again.
  if (node.exitCode === undefined) return false;
  const restarts = record.past.filter(({ counts }) => counts).length;
  return restarts < (record.rules?.recovery?.maxRestartsOnErrors ?? 0);
}

/** Whether the task names the exit code as one after which it is run again in any case. */
function isNamed({ exitCode }: TaskNode, { rules }: TaskRecord): boolean {
  return exitCode !== undefined && (rules?.recovery?.recoverOnExitCodes.includes(exitCode) ?? false);
}

/** A node of a task that is run again, when this attempt of it has ended. */
export function restarting(node: TaskNode, { attempt }: TaskRecord, { past }: Retry): TaskNode {
  const who = past.reason === 'Error' ? `node-${past.node} exited ${past.exitCode}` : past.message || past.reason;
  const message = `attempt ${attempt + 1} begins soon, because ${who}`;
  return {
    ...node,
    state: 'PENDING',
    reason: 'Restarting',
    message,
    exitCode: undefined,
    signal: '',
    finishedAtMs: undefined,
  };
}

/** Whether a node of this attempt has come to its end. */
export function hasEnded({ state }: TaskNode): boolean {
  return state === 'COMPLETED' || state === 'FAILED' || state === 'STOPPED';
}
