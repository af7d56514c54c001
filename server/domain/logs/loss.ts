/** Whether a node has a log that nobody can read any more. */

import type { NodeView, TaskNode, TaskRecord } from '../task.js';

/** What is known of a node that has ended, or is read without following. */
export interface Ended {
  readonly state: TaskNode;
  /** Undefined where the cluster shows nothing of it. */
  readonly view: NodeView | undefined;
  readonly record: Pick<TaskRecord, 'halt'>;
  /** Whether any pod of it was read, from the cluster or from what is kept. */
  readonly read: boolean;
}

/** The first row that fits says whether the log is lost. */
const ROWS: readonly (readonly [fits: (node: Ended) => boolean, lost: boolean])[] = [
  [({ read }) => read, false],
  // What can be read of it was read, or it has written nothing yet.
  [({ view }) => view?.pod !== undefined, false],
  // It ended while it waited for its first word of the other nodes, before which nothing is written.
  [({ view }) => view?.gone?.silent === true && view.gone.container.state === 'terminated', false],
  [({ state }) => state.startedAtMs !== undefined, true],
  // The server gave up waiting for its start.
  [
    ({ state, record: { halt } }) =>
      halt !== undefined && halt.reason !== '' && halt.blamed.includes(state.index) && state.state === 'FAILED',
    false,
  ],
  // Who ended by itself has run, even where nobody saw its pod in time to note when.
  [({ state: { state } }) => state === 'COMPLETED' || state === 'FAILED', true],
];

/** Whether the node has written a log, or may have, and neither a pod nor the archive has it. */
export function isLost(node: Ended): boolean {
  return ROWS.find(([fits]) => fits(node))?.[1] ?? false;
}
