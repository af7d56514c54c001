/** What has to be done for a task that nobody asks for, and when. */

import { doubtAtMs, haltOf } from '../../domain/status/halt.js';
import { nodeState } from '../../domain/status/node-state.js';
import { hasEnded, mayRetry, type Retry, retryOf } from '../../domain/status/retry.js';
import type { TaskView } from '../../domain/task.js';
import { resultsOf } from '../results.js';

/** Who submits or stops is given this long to finish by itself. */
const PATIENCE_MS = 10_000;
/** That all Jobs exist is written down after this time, or with the first result. */
const LAUNCHED_AFTER_MS = 5000;
/** Results are written soon, and several of one task together. */
const RESULT_AFTER_MS = 500;
/** A result without its pod says little: the pod may only not have been seen yet. */
const PODLESS_RESULT_AFTER_MS = 5000;

/** What has to be done for a task, and how long after it was noticed. */
export interface Chore {
  readonly kind: 'complete' | 'suspend' | 'note' | 'halt' | 'restart' | 'remove';
  readonly afterMs: number;
}

/** How long tasks have for what. */
export interface Spans {
  /** How long a task is kept after its end; undefined means until somebody deletes it. */
  readonly retainMs: number | undefined;
  /** How long a task may hold machines for some of its nodes while others find none; undefined means for ever. */
  readonly podsReadyMs: number | undefined;
}

/** The next chore of a task; undefined when there is none. */
export function choreOf(view: TaskView, nowMs: number, { retainMs, podsReadyMs }: Spans): Chore | undefined {
  const { record } = view;
  if (record.uid === undefined || record.deleting) return undefined;
  if (record.stop ?? record.halt) {
    const loose = view.nodes.some(({ job }) => job && !job.outcome && !job.suspended);
    if (loose) return { kind: 'suspend', afterMs: PATIENCE_MS };
  } else if (!record.launched) {
    return { kind: 'complete', afterMs: PATIENCE_MS };
  }
  const notes = noteOf(view);
  const chores = [...notes, ...haltChore(haltOf(view, podsReadyMs)?.atMs, nowMs)];
  if (notes.length === 0) {
    // Another attempt begins, or the task goes, when this one is written down. Looks at a node in doubt may come to nothing for ever:
    // what came of the others must not wait for that.
    chores.push(
      ...haltChore(doubtAtMs(view), nowMs),
      ...restartChore(view, nowMs),
      ...removeChore(view, nowMs, retainMs),
    );
  }
  return chores.toSorted((x, y) => x.afterMs - y.afterMs)[0];
}

/** Whether a chore has its own time. */
export function isTimed(kind: Chore['kind']): boolean {
  return kind === 'halt' || kind === 'restart' || kind === 'remove';
}

/** Whether a chore is done once for all servers: the cluster refuses it where its object has changed since it was read. */
export function isDoneOnce(kind: Chore['kind']): boolean {
  return kind === 'note' || isTimed(kind);
}

function restartChore(view: TaskView, nowMs: number): readonly Chore[] {
  const atMs = retryOfView(view)?.atMs;
  return atMs === undefined ? [] : [{ kind: 'restart', afterMs: Math.max(0, atMs - nowMs) }];
}

/** The next attempt of a task; undefined when there is none to come. */
export function retryOfView({ record, nodes }: TaskView): Retry | undefined {
  if (!mayRetry(record)) return undefined;
  return retryOf(
    record,
    nodes.map((node) => nodeState(node, record)),
  );
}

function removeChore(view: TaskView, nowMs: number, retainMs: number | undefined): readonly Chore[] {
  if (retainMs === undefined || retryOfView(view)) return [];
  const nodes = view.nodes.map((node) => nodeState(node, view.record));
  if (!nodes.every(hasEnded)) return [];
  // Of an end that a record does not tell, it is rather too late than too early.
  const endsMs = nodes.map(({ finishedAtMs = view.changedAtMs }) => finishedAtMs);
  const endMs = Math.max(view.record.createdAtMs, ...endsMs);
  return [{ kind: 'remove', afterMs: Math.max(0, endMs + retainMs - nowMs) }];
}

function noteOf(view: TaskView): readonly Chore[] {
  const { record } = view;
  const results = [...resultsOf(view).values()];
  if (results.length > 0) {
    const sure = results.every(({ state, podName }) => podName !== '' || state === 'STOPPED' || record.halt);
    return [{ kind: 'note', afterMs: sure ? RESULT_AFTER_MS : PODLESS_RESULT_AFTER_MS }];
  }
  return record.launched && !record.launchNoted ? [{ kind: 'note', afterMs: LAUNCHED_AFTER_MS }] : [];
}

function haltChore(atMs: number | undefined, nowMs: number): readonly Chore[] {
  return atMs === undefined ? [] : [{ kind: 'halt', afterMs: Math.max(0, atMs - nowMs) }];
}
