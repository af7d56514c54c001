/** One node's part of a task's log. */

import type { Domain } from '../context.js';
import type { LogEvent } from '../ports.js';
import { nodeState } from '../status/node-state.js';
import { hasEnded, mayRetry, retryOf } from '../status/retry.js';
import { mayHaveLog, type TaskNode, type TaskView } from '../task.js';
import { goneGap } from './gap.js';
import { isLost } from './loss.js';
import { NodeLog, type NodeStart } from './node-log.js';
import { endNotice, type Notice, WaitNotices } from './notices.js';
import type { Sight } from './sight.js';

/** What of a node is read. */
export interface NodeReading {
  readonly node: number;
  readonly request: {
    readonly follow: boolean;
    readonly tail: number | undefined;
    readonly sinceMs: number | undefined;
  };
  readonly start: NodeStart;
}

/** Something of a node's log, or about the node. */
export type NodeEvent =
  | { readonly node: number; readonly event: LogEvent }
  | { readonly node: number; readonly notice: Notice };

/** One node: waits for its pod and says why it waits, reads it and whatever replaces it, and says how the node ended. */
export async function* readNode(
  domain: Pick<Domain, 'logs' | 'archive' | 'clock'>,
  sight: Sight,
  reading: NodeReading,
  signal: AbortSignal,
): AsyncGenerator<NodeEvent, void, undefined> {
  const { node, request } = reading;
  const waiting = new WaitNotices(sight, domain.clock);
  const log = new NodeLog(domain, sight.view.record, node, request, reading.start);
  const told = async function* (events: AsyncIterable<LogEvent>): AsyncGenerator<NodeEvent, void, undefined> {
    for await (const event of events) yield { node, event };
  };
  const present = (): string | undefined => sight.view.nodes[node]?.pod?.uid;
  yield* told(log.left(present(), sight, signal));
  if (signal.aborted) return;
  yield* told(log.kept(present(), signal));
  /** The last attempt whose end was told here. */
  let toldOf = -1;
  /** Whether the cluster was asked for a pod that is missing. */
  let searched = false;
  while (!signal.aborted) {
    const { view } = sight;
    const pod = view.nodes[node]?.pod;
    if (pod && !log.has(pod.uid) && mayHaveLog(pod)) {
      // Of an attempt before, which ended while something else was read.
      if (log.any) yield* told(log.kept(pod.uid, signal));
      yield* told(log.pod(pod, signal));
      continue;
    }
    const state = stateOf(view, node);
    if (request.follow && hasEnded(state) && mayGoOn(view)) {
      // Of one that gave its machine back it is said why it waits.
      const ran = view.record.halt?.retryMs === undefined;
      if (ran && state.state !== 'COMPLETED' && toldOf < view.record.attempt) {
        toldOf = view.record.attempt;
        yield { node, notice: endNotice(state) };
      }
      const again = await waiting.next(node);
      if (again) yield { node, notice: again };
      await sight.next(node, view);
      continue;
    }
    if (!request.follow || hasEnded(state)) {
      if (!pod) yield* told(log.kept(undefined, signal));
      if (isLost({ state, view: view.nodes[node], record: view.record, read: log.any })) {
        if (!searched) {
          searched = true;
          await sight.findPods();
          continue;
        }
        yield { node, event: goneGap(log.lastNs) };
      }
      if (request.follow && (state.state === 'FAILED' || state.state === 'STOPPED'))
        yield { node, notice: endNotice(state) };
      return;
    }
    const notice = state.state === 'PENDING' ? await waiting.next(node) : undefined;
    if (notice) yield { node, notice };
    await sight.next(node, view);
  }
}

function stateOf(view: TaskView, node: number): TaskNode {
  const nodeView = view.nodes[node] ?? {
    index: node,
    jobName: '',
    job: undefined,
    pod: undefined,
    livePods: 0,
    gone: undefined,
  };
  return nodeState(nodeView, view.record);
}

/** Whether a node that has ended may run again, in another attempt of its task. */
function mayGoOn(view: TaskView): boolean {
  const { record } = view;
  if (!mayRetry(record)) return false;
  const nodes = view.nodes.map((node) => nodeState(node, record));
  return !nodes.every(hasEnded) || retryOf(record, nodes) !== undefined;
}
