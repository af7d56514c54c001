/** A task's state from the states of its nodes. */

import type { EventsByUid } from '../ports.js';
import type { StatusWord, Task, TaskNode, TaskState, TaskView } from '../task.js';
import { diagnose } from './diagnosis.js';
import { isCalledOff, nodeState } from './node-state.js';
import { hasEnded, restarting, retryOf } from './retry.js';

const NO_EVENTS: EventsByUid = new Map();
const NO_LINES: ReadonlyMap<number, readonly string[]> = new Map();

/** What came of each view without events and lines: views never change, and both lists and single tasks are asked for again and again. */
const KNOWN = new WeakMap<TaskView, Task>();

/**
 * The task as callers see it. Without events the reason of a node that waits may be less exact; `lines` are what failed nodes wrote
 * last, where their status does not tell it.
 */
export function aggregate(
  view: TaskView,
  namespace: string,
  events: EventsByUid = NO_EVENTS,
  lines: ReadonlyMap<number, readonly string[]> = NO_LINES,
): Task {
  if (events !== NO_EVENTS || lines !== NO_LINES) return explained(view, namespace, events, lines);
  const known = KNOWN.get(view);
  if (known?.namespace === namespace) return known;
  const task = explained(view, namespace, events, lines);
  KNOWN.set(view, task);
  return task;
}

function explained(
  view: TaskView,
  namespace: string,
  events: EventsByUid,
  lines: ReadonlyMap<number, readonly string[]>,
): Task {
  const { record } = view;
  const own = view.nodes
    .map((node) => nodeState(node, record, events.get(explainingUid(node)) ?? []))
    .map((node) => (lines.has(node.index) ? { ...node, lines: lines.get(node.index) ?? [] } : node))
    .map((node) => (isFreshlyEnded(node) ? { ...node, finishedAtMs: view.changedAtMs } : node));
  const again = retryOf(record, own);
  const nodes = again ? own.map((node) => (hasEnded(node) ? restarting(node, record, again) : node)) : own;
  const ended = nodes.every(hasEnded);
  const halted = record.halt !== undefined && !again && !isCalledOff(record);
  const status = halted ? 'failed' : statusWord(nodes, ended);
  const starts = [...record.past, ...nodes].flatMap(({ startedAtMs }) => startedAtMs ?? []);
  const ends = nodes.flatMap((node) => node.finishedAtMs ?? []);
  return {
    record,
    status,
    // What the server ends by itself has failed, and is not being stopped by anybody.
    state: !halted && !again && nodes.some((node) => node.state === 'STOPPING') ? 'STOPPING' : STATE_OF[status],
    nodes,
    diagnosis: diagnose(status, nodes, view, events),
    startedAtMs: starts.length > 0 ? Math.min(...starts) : undefined,
    finishedAtMs: ended && ends.length > 0 ? Math.max(...ends) : undefined,
    updatedAtMs: view.changedAtMs,
    namespace,
  };
}

/** Whether a node has just ended, and nothing but its record will say when. */
function isFreshlyEnded(node: TaskNode): boolean {
  return hasEnded(node) && node.finishedAtMs === undefined;
}

/** Uid of the object whose events tell why the node waits: its pod, or its Job while there is no pod. */
export function explainingUid(node: TaskView['nodes'][number]): string {
  return node.pod?.uid ?? node.job?.uid ?? '';
}

/** The documented order: stopped, failed (any node), completed (all nodes), running (any node), pending. */
function statusWord(nodes: readonly TaskNode[], ended: boolean): StatusWord {
  const any = (...states: TaskState[]): boolean => nodes.some((node) => states.includes(node.state));
  if (ended && any('STOPPED')) return 'stopped';
  if (any('FAILED')) return 'failed';
  if (nodes.every((node) => node.state === 'COMPLETED')) return 'completed';
  // A node that is being stopped counts as what it was: running if its program had started.
  if (any('RUNNING') || nodes.some((node) => node.state === 'STOPPING' && node.startedAtMs !== undefined))
    return 'running';
  return 'pending';
}

const STATE_OF: Readonly<Record<StatusWord, TaskState>> = {
  pending: 'PENDING',
  running: 'RUNNING',
  completed: 'COMPLETED',
  failed: 'FAILED',
  stopped: 'STOPPED',
};
