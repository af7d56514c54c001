/** How far the nodes of a task have come in finding each other. */

import type { NodeView, TaskView } from '../task.js';
import { nodeState } from './node-state.js';

/**
 * What the nodes are told. `wait`: not all addresses are known; `setup`: they are; `run`: setup is done everywhere; `lost`: a node
 * has ended before that, so that run will never start.
 */
export interface Meeting {
  readonly phase: 'wait' | 'setup' | 'run' | 'lost';
  /** By node index; empty while one is missing. */
  readonly addresses: readonly string[];
  /** Who is waited for, in words. */
  readonly missing: string;
}

const MAX_NAMED = 10;

/** The meeting of a task with several nodes; undefined for any other, and for one that is over. */
export function meetingOf(view: TaskView): Meeting | undefined {
  const { record, nodes } = view;
  if (record.uid === undefined || record.numNodes < 2 || record.stop || record.deleting) return undefined;
  // Nobody has ended: they give their machines back, and meet in the next attempt.
  if (record.halt?.retryMs !== undefined) return undefined;
  if (nodes.every(({ pod }) => pod === undefined)) return undefined;
  const began = nodes.some(({ pod }) => pod?.peers?.phase === 'run');
  const ended = nodes.filter((node) => hasEnded(node, view));
  if (ended.length === nodes.length) return undefined;
  if (!began && ended.length > 0) return { phase: 'lost', addresses: [], missing: `${namesOf(ended)} ended before it` };
  const withoutAddress = nodes.filter(({ pod }) => (pod?.address ?? '') === '');
  if (withoutAddress.length > 0) {
    // Some were told to run already; of those who ended since and are gone nobody can be told the address any more.
    const gone = withoutAddress.filter((node) => ended.includes(node));
    if (gone.length > 0) return { phase: 'lost', addresses: [], missing: `${namesOf(gone)} ended before it` };
    return { phase: 'wait', addresses: [], missing: `${namesOf(withoutAddress)} to start` };
  }
  const addresses = nodes.map(({ pod }) => pod?.address ?? '');
  const settingUp = nodes.filter(({ pod }) => pod?.setUp === false);
  if (began || settingUp.length === 0) return { phase: 'run', addresses, missing: '' };
  return { phase: 'setup', addresses, missing: `setup of ${namesOf(settingUp)}` };
}

function hasEnded(node: NodeView, { record }: TaskView): boolean {
  const { phase, deleting } = node.pod ?? {};
  // One that is being deleted ends for the sake of that, and another may come.
  if (!deleting && (phase === 'Failed' || phase === 'Succeeded')) return true;
  const { state } = nodeState(node, record);
  return state === 'FAILED' || state === 'COMPLETED' || state === 'STOPPED';
}

function namesOf(nodes: readonly NodeView[]): string {
  const names = nodes.slice(0, MAX_NAMED).map(({ index }) => `node-${index}`);
  const more = nodes.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}
