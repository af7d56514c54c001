/** A task as it changes. */

import { changesOf } from './changes.js';
import type { Domain } from './context.js';
import { explain, ownedView } from './get.js';
import { isFinal, type Task } from './task.js';

type Uses = Pick<Domain, 'store' | 'events' | 'lastLines' | 'clock' | 'namespace'>;

/** How often the reason of a waiting task is looked up again, as events do not come by themselves. */
const EXPLAIN_EVERY_MS = 2000;
/** How often a running task is looked at without being told of a change. */
const LOOK_EVERY_MS = 60_000;

/** The task as it is, then after every change, and when an outage of the cluster begins or ends; ends after the final state. Throws NOT_FOUND, also when it is deleted. */
export async function* watchTask(
  domain: Uses,
  user: string,
  taskId: string,
  signal: AbortSignal,
): AsyncGenerator<Task, void, undefined> {
  const ended = new AbortController();
  const changes = changesOf(domain.store, domain.clock, taskId, AbortSignal.any([signal, ended.signal]));
  try {
    let last = '';
    while (!signal.aborted) {
      const task = await explain(domain, await ownedView(domain, user, taskId, { signal }), { signal });
      const state = `${stateText(task)} ${domain.store.outage !== undefined}`;
      if (state !== last) yield task;
      last = state;
      if (isFinal(task)) return;
      await changes.next(task.status === 'pending' ? EXPLAIN_EVERY_MS : LOOK_EVERY_MS);
    }
  } finally {
    ended.abort();
  }
}

/** Everything of a task that callers are told the change of, as text. */
export function stateText({ record, state, nodes, diagnosis }: Task): string {
  return JSON.stringify([record, state, nodes, diagnosis]);
}
