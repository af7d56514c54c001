/** Log streams of the domain <-> messages of StreamTaskLogs. */

import { StreamTaskLogsResponse, type StreamTaskLogsRequest } from '../../gen/k8scli/v1/task_service.js';
import type { LogMessage, LogRequest } from '../domain/logs.js';
import { duration, durationMs, outageMessage, stateMessage, taskMessage, timestamp, timestampNs } from './mapping.js';
import { PieceEntry } from './piece-entry.js';

/** What both log methods ask for. */
export function logRequest(
  request: Pick<StreamTaskLogsRequest, 'follow' | 'tail' | 'since' | 'node' | 'resumeToken'>,
): LogRequest {
  return {
    follow: request.follow ?? true,
    tail: request.tail,
    sinceMs: durationMs(request.since),
    nodes: request.node,
    resumeToken: request.resumeToken,
  };
}

/** One message of the stream. It takes the pieces out of what it is made of, and lets them go once it is written. */
export function logMessage(message: LogMessage): StreamTaskLogsResponse & Partial<Disposable> {
  switch (message.kind) {
    case 'entries': {
      const { resumeToken } = message;
      const entries = message.entries.flatMap(({ node, pieces }) =>
        pieces.splice(0).map((piece) => new PieceEntry(node, piece)),
      );
      const letGo = (): void => {
        entries.length = 0;
      };
      return { ...EMPTY, entries, resumeToken, [Symbol.dispose]: letGo };
    }
    case 'gap': {
      const { node, afterNs, beforeNs, reason } = message;
      return { ...EMPTY, gap: { node, after: timestampNs(afterNs), before: timestampNs(beforeNs), reason } };
    }
    case 'notice': {
      const { node, state, message: text, waitedMs, fix } = message;
      return { ...EMPTY, notice: { node, state: stateMessage(state), message: text, waited: duration(waitedMs), fix } };
    }
    case 'heartbeat': {
      const { timeMs, outage } = message;
      return { ...EMPTY, heartbeat: { time: timestamp(timeMs), outage: outageMessage(outage) } };
    }
    case 'summary': {
      const nodes = message.nodes.map(({ node, lines, incompleteReason }) => ({
        node,
        lines: BigInt(lines),
        incompleteReason,
      }));
      return { ...EMPTY, resumeToken: message.resumeToken, summary: { task: taskMessage(message.task), nodes } };
    }
  }
}

const EMPTY = StreamTaskLogsResponse.fromPartial({});
