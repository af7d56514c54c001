/** One task, with the reason for what it does not do yet. */

import type { Caller, Domain } from './context.js';
import { invalidArgument, taskNotFound } from './errors.js';
import { aggregate } from './status/aggregate.js';
import { eventsOfAll, silentUids } from './status/silent.js';
import type { Task, TaskView } from './task.js';

type Uses = Pick<Domain, 'store' | 'events' | 'lastLines' | 'namespace'>;

/** The task of this id, if it is the user's. Throws NOT_FOUND otherwise. */
export async function getTask(domain: Uses, user: string, taskId: string, caller: Caller): Promise<Task> {
  return explain(domain, await ownedView(domain, user, taskId, caller), caller);
}

/** What the cluster shows of the user's task. Throws NOT_FOUND for an unknown id and for somebody else's. */
export async function ownedView(
  domain: Pick<Domain, 'store'>,
  user: string,
  taskId: string,
  caller: Caller,
): Promise<TaskView> {
  const view = domain.store.peek(taskId) ?? (await domain.store.get(taskId, caller.signal));
  if (!view || view.record.user !== user) throw taskNotFound(taskId);
  return view;
}

/** Throws INVALID_ARGUMENT for a node that a task of so many does not have. */
export function checkNode(node: number, count: number): void {
  if (node >= 0 && node < count) return;
  const range = count === 1 ? 'only node 0' : `nodes 0 to ${count - 1}`;
  throw invalidArgument('node', `${node} does not exist; the task has ${range}`);
}

/** The task, with what its own objects do not tell looked up: why nodes wait, and what a failed setup wrote last. */
export async function explain(domain: Uses, view: TaskView, caller: Caller): Promise<Task> {
  return withLastLines(domain, view, await withEvents(domain, view, caller));
}

/** What the node that failed first wrote last is not always in its status. */
async function withLastLines(domain: Uses, view: TaskView, task: Task): Promise<Task> {
  const { diagnosis } = task;
  const index = diagnosis?.node ?? 0;
  const pod = view.nodes[index]?.pod;
  if (!diagnosis || task.nodes[index]?.state !== 'FAILED' || pod?.container.state !== 'terminated') return task;
  if (task.nodes[index].lines.length > 0) return task;
  const lines = await domain.lastLines.linesOf(pod);
  return lines.length === 0 ? task : aggregate(view, domain.namespace, undefined, new Map([[index, lines]]));
}

async function withEvents(domain: Uses, view: TaskView, caller: Caller): Promise<Task> {
  const task = aggregate(view, domain.namespace);
  const uids = silentUids(view, task.nodes);
  if (uids.length === 0) return task;
  const events = await eventsOfAll(domain.events, uids, caller.signal);
  return aggregate(view, domain.namespace, events);
}
