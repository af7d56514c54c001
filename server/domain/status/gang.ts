/**
 * A task of which some nodes hold machines while others find none: what it holds is of no use to it or to anybody else, and two such
 * tasks can wait for each other for ever.
 */

import type { NodeView, TaskNode, TaskView } from '../task.js';

/** Why an attempt is given up whose nodes did not all find a machine; the word is Kueue's. */
export const GANG_TIMEOUT = 'PodsReadyTimeout';

/** Delays before the next attempt are this part of the patience, and twice as long each time, up to a limit. */
const FIRST_DELAY = 1 / 20;
const MAX_DELAY_MS = 5 * 60_000;
/** Of tasks that hold machines some give them up earlier than others, so that not all do at the same time. */
const SPREAD = 0.5;

/** When a task is to give up the machines that it holds. */
export interface GangHalt {
  readonly atMs: number;
  /** Nodes without a machine. */
  readonly missing: readonly TaskNode[];
  /** How long the next attempt is to wait after that. */
  readonly retryMs: number;
}

/**
 * When a task of which some nodes hold machines has held them for longer than `podsReadyMs`; undefined for any other. Nothing of the
 * user's has run then: nodes wait for each other before their setup.
 */
export function gangHalt(
  { record, nodes: views }: TaskView,
  nodes: readonly TaskNode[],
  podsReadyMs: number,
): GangHalt | undefined {
  if (record.numNodes < 2 || views.some(({ pod }) => pod?.peers?.phase === 'setup' || pod?.peers?.phase === 'run'))
    return undefined;
  const held = views.flatMap(({ pod }) => (pod && holds(pod) ? [pod.scheduledAtMs] : []));
  const missing = nodes.filter((node) => node.state === 'PENDING' && isMissing(views[node.index]));
  if (held.length === 0 || missing.length === 0 || held.length + missing.length < nodes.length) return undefined;
  const times = record.past.filter(({ reason }) => reason === GANG_TIMEOUT).length;
  return {
    // Each machine that is found is progress.
    atMs: Math.max(...held) + podsReadyMs * (1 + SPREAD * fractionOf(`${record.id}.${record.attempt}`)),
    missing,
    retryMs: Math.min(MAX_DELAY_MS, podsReadyMs * FIRST_DELAY * 2 ** Math.min(times, 20)),
  };
}

type Placed = NonNullable<NodeView['pod']> & { readonly scheduledAtMs: number };

function holds(pod: NonNullable<NodeView['pod']>): pod is Placed {
  return pod.scheduledAtMs !== undefined && !pod.deleting && pod.container.state !== 'terminated';
}

function isMissing(view: NodeView | undefined): boolean {
  return view?.job !== undefined && !view.job.suspended && !view.job.outcome && view.pod?.scheduledAtMs === undefined;
}

/** The same number from 0 to 1 for the same text, on every server. */
function fractionOf(text: string): number {
  let hash = 7;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return hash / 9973;
}
