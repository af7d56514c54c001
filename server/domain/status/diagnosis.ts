/** Why a task waits or has failed, and what to do about it: one cause, of the node that tells the most. */

import type { EventsByUid } from '../ports.js';
import type { Diagnosis, StatusWord, TaskNode, TaskView } from '../task.js';
import { causeOf, rankOf } from './causes/causes.js';
import { PEER_ENDED } from './why.js';
import { sentenceOfFailure } from './failure.js';

/** The diagnosis of a task that is pending or failed; undefined for all others. */
export function diagnose(
  status: StatusWord,
  nodes: readonly TaskNode[],
  view: TaskView,
  events: EventsByUid,
): Diagnosis | undefined {
  const node = culprit(status, nodes, view);
  if (!node) return undefined;
  const cause = causeOf(node);
  const told = node.message || node.reason;
  const said = cause?.say?.(node) ?? told;
  const several = nodes.length > 1;
  return {
    category: cause?.category ?? 'Unknown',
    cause:
      status === 'failed' && several
        ? sentenceOfFailure(node, said, nodes)
        : several
          ? `node-${node.index}: ${said}`
          : said,
    evidence: [...(said === told ? [] : [told]), ...evidenceOf(node, view, events)],
    fix: cause?.fix ?? '',
    retryable: cause?.retryable ?? true,
    node: several ? node.index : undefined,
  };
}

/** The node that failed first by itself; undefined when none has failed. */
export function firstFailed(nodes: readonly TaskNode[]): TaskNode | undefined {
  return nodes
    .filter((node) => node.state === 'FAILED')
    .toSorted(
      (a, b) =>
        Number(a.reason === PEER_ENDED) - Number(b.reason === PEER_ENDED) ||
        (a.finishedAtMs ?? Infinity) - (b.finishedAtMs ?? Infinity) ||
        // Kubernetes tells whole seconds. Who was killed is rather a victim than the first.
        Number(a.signal !== '') - Number(b.signal !== '') ||
        a.index - b.index,
    )[0];
}

function culprit(status: StatusWord, nodes: readonly TaskNode[], { record }: TaskView): TaskNode | undefined {
  if (status === 'failed') {
    const [blamed] = record.halt?.blamed ?? [];
    return blamed === undefined ? firstFailed(nodes) : nodes[blamed];
  }
  if (status !== 'pending' && status !== 'running') return undefined;
  return nodes
    .filter((node) => node.state === 'PENDING')
    .toSorted((a, b) => rankOf(a) - rankOf(b) || a.index - b.index)[0];
}

function evidenceOf(node: TaskNode, view: TaskView, events: EventsByUid): readonly string[] {
  const nodeView = view.nodes[node.index];
  const pod = nodeView?.pod;
  const lines: string[] = [];
  if (pod?.unschedulable) lines.push(`pod ${pod.name}: PodScheduled=False, ${pod.unschedulable.reason}`);
  if (pod?.container.state === 'waiting' && pod.container.reason) {
    lines.push(`pod ${pod.name}: waiting, ${pod.container.reason}`);
  }
  if (node.state === 'FAILED') lines.push(...node.lines);
  for (const uid of [nodeView?.pod?.uid, nodeView?.job?.uid]) {
    const warning = uid === undefined ? undefined : events.get(uid)?.find((event) => event.warning);
    if (warning) lines.push(`event ${warning.reason}: ${warning.message}`);
  }
  return lines;
}
