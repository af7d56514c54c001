/** A task's state from the states of its nodes. */

import type { EventsByUid } from '../ports.js';
import type { StatusWord, Task, TaskNode, TaskState, TaskView } from '../task.js';
import { diagnose } from './diagnosis.js';
import { nodeState } from './node-state.js';

const NO_EVENTS: EventsByUid = new Map();

/** The task as callers see it. Without events the reason of a node that waits may be less exact. */
export function aggregate(view: TaskView, namespace: string, events: EventsByUid = NO_EVENTS): Task {
  const { record } = view;
  const nodes = view.nodes
    .map((node) => nodeState(node, record, events.get(explainingUid(node)) ?? []))
    .map((node) => (isFreshlyStopped(node) ? { ...node, finishedAtMs: view.changedAtMs } : node));
  const ended = nodes.every(hasEnded);
  const status = statusWord(nodes, ended);
  const starts = nodes.flatMap((node) => node.startedAtMs ?? []);
  const ends = nodes.flatMap((node) => node.finishedAtMs ?? []);
  return {
    record,
    status,
    state: nodes.some((node) => node.state === 'STOPPING') ? 'STOPPING' : STATE_OF[status],
    nodes,
    diagnosis: diagnose(status, nodes, view, events),
    startedAtMs: starts.length > 0 ? Math.min(...starts) : undefined,
    finishedAtMs: ended && ends.length > 0 ? Math.max(...ends) : undefined,
    updatedAtMs: view.changedAtMs,
    namespace,
  };
}

/** Whether the node's last pod has just gone: when that was is not in the record yet. */
function isFreshlyStopped(node: TaskNode): boolean {
  return node.state === 'STOPPED' && node.finishedAtMs === undefined;
}

/** Uid of the object whose events tell why the node waits: its pod, or its Job while there is no pod. */
export function explainingUid(node: TaskView['nodes'][number]): string {
  return node.pod?.uid ?? node.job?.uid ?? '';
}

function hasEnded(node: TaskNode): boolean {
  return node.state === 'COMPLETED' || node.state === 'FAILED' || node.state === 'STOPPED';
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
