/** Events of nodes that wait while their own objects do not say why. */

import type { EventsByUid, EventSource } from '../ports.js';
import type { TaskNode, TaskView } from '../task.js';
import { explainingUid } from './aggregate.js';

/** At most so many nodes are asked about: they tend to wait for the same reason. */
const ASKED_NODES = 3;

/** Reasons behind which an event may tell more. */
const NEEDS_EVENTS = new Set([
  'WaitingForPod',
  'ContainerCreating',
  'PodInitializing',
  'Scheduled',
  'WaitingForScheduler',
]);

/** Whether a node waits and has no reason of its own, as it is seen without events. */
export function isSilent({ state, reason }: TaskNode): boolean {
  return state === 'PENDING' && NEEDS_EVENTS.has(reason);
}

/** Uids of the objects whose events may tell why nodes wait that have no reason of their own; `nodes` are those of the view. */
export function silentUids({ nodes: views }: TaskView, nodes: readonly TaskNode[]): readonly string[] {
  return nodes
    .filter(isSilent)
    .slice(0, ASKED_NODES)
    .flatMap(({ index }) => {
      const view = views[index];
      const uid = view ? explainingUid(view) : '';
      return uid === '' ? [] : [uid];
    });
}

/** What the cluster says about each of some objects. */
export async function eventsOfAll(
  source: EventSource,
  uids: readonly string[],
  signal: AbortSignal,
): Promise<EventsByUid> {
  const events = await Promise.all(uids.map(async (uid) => [uid, await source.eventsOf(uid, signal)] as const));
  return new Map(events);
}
