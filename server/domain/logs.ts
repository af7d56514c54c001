/** A task's log: all its nodes as they come, resumable, with a summary at its end. */

import type { Domain } from './context.js';
import { invalidArgument } from './errors.js';
import { checkNode, explain, ownedView } from './get.js';
import { merge } from './logs/merge.js';
import type { Notice } from './logs/notices.js';
import { readNode } from './logs/read-node.js';
import { parseResumeToken } from './logs/resume.js';
import { Sight } from './logs/sight.js';
import { type NodeSummary, Told } from './logs/told.js';
import type { LogPiece, Outage } from './ports.js';
import { mayHaveLog, type Task, type TaskView } from './task.js';

type Uses = Pick<Domain, 'store' | 'events' | 'lastLines' | 'logs' | 'archive' | 'clock' | 'namespace'>;

/** A message that holds so much is sent: who loses the connection in it has to be sent all of it again. */
const MAX_MESSAGE_BYTES = 64 * 1024;
/** What a line costs besides its bytes: its time, node and flags. */
const LINE_BYTES = 32;
/** A quiet stream shows that it lives. */
const HEARTBEAT_MS = 15_000;

/** What to read. */
export interface LogRequest {
  readonly follow: boolean;
  readonly tail: number | undefined;
  readonly sinceMs: number | undefined;
  /** Empty: all nodes. */
  readonly nodes: readonly number[];
  readonly resumeToken: string;
}

/** One message of a log stream. */
export type LogMessage =
  | { readonly kind: 'entries'; readonly entries: readonly NodePieces[]; readonly resumeToken: string }
  | {
      readonly kind: 'gap';
      readonly node: number;
      readonly afterNs: bigint | undefined;
      readonly beforeNs: bigint | undefined;
      readonly reason: string;
    }
  | ({ readonly kind: 'notice'; readonly node: number } & Notice)
  | { readonly kind: 'heartbeat'; readonly timeMs: number; readonly outage: Outage | undefined }
  | {
      readonly kind: 'summary';
      readonly task: Task;
      readonly nodes: readonly NodeSummary[];
      readonly resumeToken: string;
    };

/** Pieces of one node, in order. */
export interface NodePieces {
  readonly node: number;
  /** As in {@link LogEvent}: taken out by whoever has made something of them. */
  readonly pieces: LogPiece[];
}

/**
 * Streams the log of the user's task. The last message is the summary; a stream that ends without it was cut. A token of a
 * finished stream gives an empty stream. Throws NOT_FOUND, or INVALID_ARGUMENT for a bad token or selection.
 */
export async function* streamLogs(
  domain: Uses,
  user: string,
  taskId: string,
  request: LogRequest,
  signal: AbortSignal,
): AsyncGenerator<LogMessage, void, undefined> {
  const view = await ownedView(domain, user, taskId, { signal });
  const selected = selectNodes(request.nodes, view.record.numNodes);
  if (request.tail !== undefined && request.tail < 0) throw invalidArgument('tail', 'must not be negative');
  if (request.sinceMs !== undefined && request.sinceMs <= 0) throw invalidArgument('since', 'must be longer than zero');
  const resume = parseResumeToken(request.resumeToken);
  if (resume?.complete) return;
  const told = new Told(resume, isSelective(request) ? begunPods(view, selected) : new Map<number, string>());
  const ended = new AbortController();
  const inner = AbortSignal.any([signal, ended.signal]);
  const sight = new Sight(domain, view, inner);
  const sources = selected.map((node) => {
    // A signal for each: Node warns of a leak when one has many listeners.
    return readNode(domain, sight, { node, request, start: told.startOf(node) }, AbortSignal.any([inner]));
  });
  try {
    // Of whatever begins from now on everything is wanted, also by a reader that loses the connection before there is a line.
    if (!resume && request.follow && isSelective(request))
      yield { kind: 'entries', entries: [], resumeToken: told.token(false) };
    for await (const batch of merge(sources, { ms: HEARTBEAT_MS, clock: domain.clock })) {
      if (batch.length === 0 && !signal.aborted) {
        yield { kind: 'heartbeat', timeMs: domain.clock.now(), outage: domain.store.outage };
      }
      const entries: NodePieces[] = [];
      let bytes = 0;
      for (const item of batch) {
        if ('notice' in item) {
          yield { kind: 'notice', node: item.node, ...item.notice };
        } else if (item.event.kind === 'gap') {
          const { afterNs, beforeNs, reason } = item.event;
          const end = told.gap(item.node, reason);
          if (end) {
            // The token is behind all that came in this batch as well.
            entries.push({ node: item.node, pieces: [end] });
            yield { kind: 'entries', entries: entries.splice(0), resumeToken: told.token(false) };
            bytes = 0;
          }
          yield { kind: 'gap', node: item.node, afterNs, beforeNs, reason };
        } else {
          const { pieces, position } = item.event;
          told.lines(item.node, pieces, position);
          entries.push({ node: item.node, pieces });
          bytes += sizeOf(pieces);
          if (bytes < MAX_MESSAGE_BYTES) continue;
          yield { kind: 'entries', entries: entries.splice(0), resumeToken: told.token(false) };
          bytes = 0;
        }
      }
      if (entries.length > 0) yield { kind: 'entries', entries, resumeToken: told.token(false) };
    }
    if (signal.aborted) return;
    const task = await explain(domain, await ownedView(domain, user, taskId, { signal }), { signal });
    const nodes = selected.map((node) => told.summaryOf(node));
    yield { kind: 'summary', task, nodes, resumeToken: told.token(request.follow) };
  } finally {
    ended.abort();
  }
}

/** Whether a request leaves out lines that there are already. */
function isSelective({ tail, sinceMs }: LogRequest): boolean {
  return tail !== undefined || sinceMs !== undefined;
}

/** The pods of these nodes whose logs have begun. */
function begunPods({ nodes }: TaskView, selected: readonly number[]): ReadonlyMap<number, string> {
  const begun = new Map<number, string>();
  for (const node of selected) {
    const pod = nodes[node]?.pod;
    if (pod && mayHaveLog(pod)) begun.set(node, pod.uid);
  }
  return begun;
}

function sizeOf(pieces: readonly LogPiece[]): number {
  return pieces.reduce((sum, { bytes }) => sum + bytes.length + LINE_BYTES, 0);
}

function selectNodes(nodes: readonly number[], count: number): readonly number[] {
  if (nodes.length === 0) return Array.from({ length: count }, (_, index) => index);
  for (const node of nodes) checkNode(node, count);
  return [...new Set(nodes)].toSorted((a, b) => a - b);
}
