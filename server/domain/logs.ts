/** A task's log: all its nodes as they come, resumable, with a summary at its end. */

import type { Domain } from './context.js';
import { invalidArgument } from './errors.js';
import { checkNode, explain, ownedView } from './get.js';
import { merge } from './logs/merge.js';
import type { Notice } from './logs/notices.js';
import { readNode } from './logs/read-node.js';
import { parseResumeToken, type Reached, resumeToken } from './logs/resume.js';
import { Sight } from './logs/sight.js';
import type { LogPiece, Outage } from './ports.js';
import { mayHaveLog, type Task, type TaskView } from './task.js';

type Uses = Pick<Domain, 'store' | 'events' | 'lastLines' | 'logs' | 'archive' | 'clock' | 'namespace'>;

/** A message that holds so much is sent: who loses the connection in it has to be sent all of it again. */
const MAX_MESSAGE_BYTES = 64 * 1024;
/** What a line costs besides its bytes: its time, node and flags. */
const LINE_BYTES = 32;
/** Why a log is not complete that was taken up again behind lines that are missing. */
const MISSED_BEFORE = 'lines were missing before it was taken up again';
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

/** What a stream, and those that it takes up, sent of one node. */
export interface NodeSummary {
  readonly node: number;
  readonly lines: number;
  readonly incompleteReason: string;
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
  const reached = new Map<number, Reached>(resume?.nodes);
  const begun = resume?.begun ?? (isSelective(request) ? begunPods(view, selected) : new Map<number, string>());
  const tokenOf = (complete: boolean): string => resumeToken({ nodes: reached, begun, complete });
  const missed = selected.filter((node) => reached.get(node)?.incomplete);
  const incomplete = new Map<number, string>(missed.map((node) => [node, MISSED_BEFORE]));
  const ended = new AbortController();
  const inner = AbortSignal.any([signal, ended.signal]);
  const sight = new Sight(domain, view, inner);
  const sources = selected.map((node) => {
    const start = { position: reached.get(node)?.position, begun: begun.get(node), resumed: resume !== undefined };
    // A signal for each: Node warns of a leak when one has many listeners.
    return readNode(domain, sight, { node, request, start }, AbortSignal.any([inner]));
  });
  try {
    // Of whatever begins from now on everything is wanted, also by a reader that loses the connection before there is a line.
    if (!resume && request.follow && isSelective(request))
      yield { kind: 'entries', entries: [], resumeToken: tokenOf(false) };
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
          const known = reached.get(item.node);
          if (known && known.position.bytes > 0) {
            const { position, lines } = known;
            // The rest of the line is missing as well: what follows is another one.
            const end = { timeNs: position.timeNs, bytes: new Uint8Array(), partial: false, newline: true };
            yield { kind: 'entries', entries: [{ node: item.node, pieces: [end] }], resumeToken: '' };
            const behind = { ...position, count: position.count + 1, bytes: 0 };
            reached.set(item.node, { position: behind, lines: lines + 1, incomplete: true });
          }
          incomplete.set(item.node, item.event.reason);
          const { afterNs, beforeNs, reason } = item.event;
          yield { kind: 'gap', node: item.node, afterNs, beforeNs, reason };
        } else {
          const { pieces, position } = item.event;
          const lines = (reached.get(item.node)?.lines ?? 0) + pieces.filter((piece) => !piece.partial).length;
          reached.set(item.node, { position, lines, incomplete: incomplete.has(item.node) });
          entries.push({ node: item.node, pieces });
          bytes += sizeOf(pieces);
          if (bytes < MAX_MESSAGE_BYTES) continue;
          yield { kind: 'entries', entries: entries.splice(0), resumeToken: tokenOf(false) };
          bytes = 0;
        }
      }
      if (entries.length > 0) yield { kind: 'entries', entries, resumeToken: tokenOf(false) };
    }
    if (signal.aborted) return;
    const task = await explain(domain, await ownedView(domain, user, taskId, { signal }), { signal });
    const nodes = selected.map((node) => ({
      node,
      lines: reached.get(node)?.lines ?? 0,
      incompleteReason: incomplete.get(node) ?? '',
    }));
    yield { kind: 'summary', task, nodes, resumeToken: tokenOf(request.follow) };
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
