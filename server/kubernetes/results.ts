/** How nodes ended, as it is kept in the record. */

import type { LastLines } from '../domain/ports.js';
import { nodeState } from '../domain/status/node-state.js';
import { shortLines } from '../domain/status/why.js';
import type { NodeResult, TaskView } from '../domain/task.js';

/** Of so many failed nodes the last lines are kept; a record has its limits, and the first ones tell. */
const MAX_WITH_LINES = 10;

/** How nodes ended, as far as the record does not say so yet. */
export function resultsOf(view: TaskView): Map<number, NodeResult> {
  const results = new Map<number, NodeResult>();
  for (const node of view.nodes) {
    if (view.record.results[node.index]) continue;
    const { state, reason, message, exitCode, startedAtMs, finishedAtMs, podName, nodeName, lines } = nodeState(
      node,
      view.record,
    );
    if (state !== 'COMPLETED' && state !== 'FAILED' && state !== 'STOPPED') continue;
    results.set(node.index, {
      state,
      reason,
      message,
      exitCode,
      startedAtMs,
      // Nothing in the cluster says when a node ended whose Job was deleted and whose pod was not seen to end, or never started.
      finishedAtMs: finishedAtMs ?? view.changedAtMs,
      podName,
      nodeName,
      ...(lines.length > 0 ? { lines } : {}),
    });
  }
  return results;
}

/** The results with what failed programs wrote last, where their pods do not tell that by themselves. */
export async function withLines(
  { record, nodes }: TaskView,
  results: ReadonlyMap<number, NodeResult>,
  lastLines: LastLines,
): Promise<ReadonlyMap<number, NodeResult>> {
  let room = MAX_WITH_LINES - record.results.filter((result) => result?.lines).length;
  const told = [...results].map(async ([index, { lines, ...result }]): Promise<[number, NodeResult]> => {
    if (result.state !== 'FAILED' || room <= 0) return [index, result];
    room -= 1;
    const pod = nodes[index]?.pod;
    const read =
      lines ?? (pod?.container.state === 'terminated' ? shortLines((await lastLines.linesOf(pod)).join('\n')) : []);
    return [index, read.length === 0 ? result : { ...result, lines: read }];
  });
  return new Map(await Promise.all(told));
}
