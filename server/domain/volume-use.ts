/** Which tasks use which volumes, and which have used them. */

import type { Domain } from './context.js';
import { aggregate } from './status/aggregate.js';
import { isFinal } from './task.js';

/** So many tasks that use a volume are named to people. */
const TOLD_TASKS = 5;

/** Ids of the tasks of anybody that have not ended, by the name of each claim that they mount; newest first. */
export function tasksByClaim({ store, namespace }: Pick<Domain, 'store' | 'namespace'>): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>();
  for (const view of store.list(undefined, undefined)) {
    const claims = new Set(view.nodes.flatMap(({ job }) => job?.claims ?? []));
    if (claims.size === 0 || isFinal(aggregate(view, namespace))) continue;
    for (const claim of claims) found.set(claim, [...(found.get(claim) ?? []), view.record.id]);
  }
  return found;
}

/**
 * Ids of the tasks of anybody of which pods are left that mount a claim, by its name, ended ones too: Kubernetes keeps the claim until
 * those are gone.
 */
export function tasksWithPods({ store }: Pick<Domain, 'store'>): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { record, nodes } of store.list(undefined, undefined)) {
    for (const claim of new Set(nodes.flatMap(({ job, pod }) => (pod?.nodeName && job?.claims) || []))) {
      found.set(claim, [...(found.get(claim) ?? []), record.id]);
    }
  }
  return found;
}

/** `task abc12345`, or `tasks` and the first few of them. */
export function namesOf(taskIds: readonly string[]): string {
  const told = taskIds.slice(0, TOLD_TASKS).join(', ');
  const more = taskIds.length > TOLD_TASKS ? ` and ${taskIds.length - TOLD_TASKS} more` : '';
  return `${taskIds.length === 1 ? 'task' : 'tasks'} ${told}${more}`;
}

/** Until when a deleted volume stays that these tasks have mounted, of which pods are left. */
export function untilGone(taskIds: readonly string[]): string {
  const [have, are] = taskIds.length === 1 ? ['has', 'is'] : ['have', 'are'];
  return `gone when ${namesOf(taskIds)}, which ${have} mounted it, ${are} deleted too (k8s-cli jobs delete ID)`;
}
