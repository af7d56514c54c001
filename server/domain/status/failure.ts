/** How the failure of a task with several nodes is told: who failed first, when, and whom it took along. */

import type { TaskNode } from '../task.js';
import { STOPPED_FOR_PEER } from './why.js';

const MAX_NAMED = 10;

/** `node-2 exited 1 at 12:00:03; nodes 0, 1 and 3 were stopped because of it`. `said` is how the node failed; times are UTC. */
export function sentenceOfFailure(node: TaskNode, said: string, nodes: readonly TaskNode[]): string {
  const signal = node.signal === '' ? '' : ` (${node.signal})`;
  const how =
    node.reason === 'Error' && node.exitCode !== undefined
      ? `node-${node.index} exited ${node.exitCode}${signal}`
      : `node-${node.index}: ${said}`;
  const when = node.finishedAtMs === undefined ? '' : ` at ${new Date(node.finishedAtMs).toISOString().slice(11, 19)}`;
  const stopped = nodes.filter(({ reason }) => reason === STOPPED_FOR_PEER).map(({ index }) => index);
  return `${how}${when}${stopped.length === 0 ? '' : `; ${listOf(stopped)} stopped because of it`}`;
}

/** `node 0 was`, `nodes 0, 1 and 3 were`, `12 others were`. */
function listOf(indexes: readonly number[]): string {
  if (indexes.length > MAX_NAMED) return `${indexes.length} other nodes were`;
  const last = indexes.at(-1);
  return indexes.length === 1 ? `node ${last} was` : `nodes ${indexes.slice(0, -1).join(', ')} and ${last} were`;
}
