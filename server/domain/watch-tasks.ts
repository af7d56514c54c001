/** A user's tasks, or everybody's, as they change. */

import { createHash } from 'node:crypto';
import type { Domain } from './context.js';
import { checkStatus } from './list.js';
import { aggregate } from './status/aggregate.js';
import type { Outage } from './ports.js';
import type { Task, TaskView } from './task.js';
import { stateText } from './watch.js';

/** Which tasks to watch; an empty text stands for all. */
export interface WatchFilter {
  readonly allUsers: boolean;
  readonly status: string;
  readonly name: string;
}

/**
 * What is told of tasks. `synced`: all that fit have been told. `removed`: one that was told does not fit any more. `cluster`: an outage
 * has begun, or is over.
 */
export type TasksEvent =
  | { readonly kind: 'task'; readonly task: Task }
  | { readonly kind: 'removed'; readonly taskId: string; readonly deleted: boolean }
  | { readonly kind: 'synced' }
  | { readonly kind: 'cluster'; readonly outage: Outage | undefined };

/**
 * The tasks that fit as they are, newest first, then `synced`, then every change until the signal is aborted. What changes while
 * the reader is busy is told once, as it is when the reader asks. Throws INVALID_ARGUMENT for a bad status.
 */
export async function* watchTasks(
  domain: Pick<Domain, 'store' | 'namespace'>,
  user: string,
  filter: WatchFilter,
  signal: AbortSignal,
): AsyncGenerator<TasksEvent, void, undefined> {
  checkStatus(filter.status);
  const { store, namespace } = domain;
  /** What was told last, by id. Hashes, because there may be very many tasks. */
  const told = new Map<string, string>();
  const changed = new Set<string>();
  let wake = (): void => {};
  const ended = new AbortController();
  const over = AbortSignal.any([signal, ended.signal]);

  const mayFit = ({ record }: TaskView): boolean =>
    (filter.allUsers || record.user === user) && (filter.name === '' || record.name === filter.name);
  const note = (taskId: string): void => {
    const view = store.peek(taskId);
    // Of a task that came and went unseen nothing is kept: a reader that sleeps must not make this grow.
    if (told.has(taskId) || (view && mayFit(view))) changed.add(taskId);
    else changed.delete(taskId);
    wake();
  };
  const lookAt = (taskId: string): TasksEvent | undefined => {
    const view = store.peek(taskId);
    const task = view && mayFit(view) ? aggregate(view, namespace) : undefined;
    if (!task || (filter.status !== '' && task.status !== filter.status)) {
      return told.delete(taskId) ? { kind: 'removed', taskId, deleted: view === undefined } : undefined;
    }
    const state = createHash('sha256').update(stateText(task)).digest('base64');
    if (told.get(taskId) === state) return undefined;
    told.set(taskId, state);
    return { kind: 'task', task };
  };

  let isAway = false;
  const lookAtCluster = (): TasksEvent | undefined => {
    const { outage } = store;
    if ((outage !== undefined) === isAway) return undefined;
    isAway = outage !== undefined;
    return { kind: 'cluster', outage };
  };

  store.onAnyChange(note, over);
  store.onOutage(() => wake(), over);
  over.addEventListener('abort', () => wake(), { once: true });
  try {
    const away = lookAtCluster();
    if (away) yield away;
    const present = Array.from(store.list(filter.allUsers ? undefined : user, undefined), ({ record }) => record.id);
    for (const taskId of present) {
      if (signal.aborted) return;
      const event = lookAt(taskId);
      if (event) yield event;
    }
    yield { kind: 'synced' };
    while (!signal.aborted) {
      const contact = lookAtCluster();
      if (contact) yield contact;
      for (const taskId of changed) {
        changed.delete(taskId);
        const event = lookAt(taskId);
        if (event) yield event;
        if (signal.aborted) return;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (changed.size > 0 || (store.outage !== undefined) !== isAway || signal.aborted) resolve();
      });
    }
  } finally {
    ended.abort();
  }
}
